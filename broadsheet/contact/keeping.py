"""How long what people wrote is kept, and what is done by the clock."""

from datetime import datetime, timedelta

from django.db.models import Q

from broadsheet.contact.models import Conversation, Message, Move, State
from broadsheet.contact.models.inquiry import forget_old as forget_inquiries
from broadsheet.contact.models.move import carry_out_due
from broadsheet.delivery.models import Recipient
from broadsheet.platform.processes.scheduler import DAY, once_every

KEPT, SPAM_KEPT = timedelta(days=730), timedelta(days=30)
"""After a conversation was closed."""


def carry_out(at: datetime, **kwargs: object) -> None:
    carry_out_due(at)


def watch_answers(at: datetime, **kwargs: object) -> None:
    """Shows at its conversation each answer of which the post room knows that it did not arrive."""
    for message in Message.objects.lost().select_related("conversation").distinct():
        recipient = Recipient.objects.filter(send=message.send_id).first()
        words = recipient.words or str(recipient.get_state_display()) if recipient else ""
        message.conversation.say_lost(message, words)


@once_every(DAY, "contact.keeping")
def forget_old(at: datetime) -> None:
    forget_inquiries(at)
    # What was answered and not closed has ended as well, once nobody has written for so long.
    over = Q(state=State.CLOSED, closed_at__lt=at - KEPT) | Q(state=State.ANSWERED, last_at__lt=at - KEPT)
    over |= Q(state=State.SPAM, closed_at__lt=at - SPAM_KEPT)
    Conversation.objects.filter(over).delete()
    Move.objects.filter(ended_at__lt=at - KEPT).delete()
