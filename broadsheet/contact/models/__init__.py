"""What people write to the publication, and what our staff answer."""

from broadsheet.contact.models.answering import Overtaken
from broadsheet.contact.models.conversation import Conversation, State, Topic
from broadsheet.contact.models.inquiry import Inquiry
from broadsheet.contact.models.message import Attachment, Kind, Message
from broadsheet.contact.models.move import Move
from broadsheet.contact.models.saved_reply import SavedReply

__all__ = [
    "Attachment",
    "Conversation",
    "Inquiry",
    "Kind",
    "Message",
    "Move",
    "Overtaken",
    "SavedReply",
    "State",
    "Topic",
]
