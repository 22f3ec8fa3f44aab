"""How our staff's answers leave: as plain mail from the publication, in the thread that they answer."""

import re
from email.utils import formataddr, make_msgid, parseaddr
from smtplib import SMTPException
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from broadsheet.contact.models.message import Kind, Message
from broadsheet.contact.threads import address_of
from broadsheet.delivery.addresses import domain_of
from broadsheet.delivery.letters import RecordedLetter
from broadsheet.editorial.models import Publication
from broadsheet.editorial.zones import zone_of
from broadsheet.people.models import Person

if TYPE_CHECKING:
    from broadsheet.contact.models.conversation import Conversation

ANSWERS_TO = re.compile(r"^\s*(?:re|aw|sv|vs|antw|r[ée]f?)\s*(?:\[\d+\])?\s*:\s*", re.IGNORECASE)
MOST_REFERENCES = 10
LONGEST_QUOTE = 20_000


class NotSent(Exception):
    """Nobody took the answer to send it; trying again may help."""


def answer_letter(conversation: "Conversation", text: str, by: Person) -> RecordedLetter:
    """`text`, with what it answers quoted beneath; an answer to it comes back into `conversation`."""
    publication = Publication.load()
    last = conversation.messages.filter(kind=Kind.RECEIVED).order_by("-at", "-pk").first()
    sender = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    back = address_of(conversation.pk) or publication.contact_email
    with translation.override(conversation.edition), timezone.override(zone_of(conversation.edition)):
        body = f"{text.strip()}\n\n{_quoted(last, conversation)}" if last else f"{text.strip()}\n"
        letter = RecordedLetter(
            subject_of_answer(conversation.subject),
            body,
            from_email=formataddr((publication.name, sender)),
            to=[conversation.email],
            reply_to=[back] if back else None,
        )
    letter.on_record = _("Answer in %s") % conversation.number
    letter.extra_headers = {
        "Message-ID": make_msgid(domain=domain_of(sender)),
        **_thread(conversation, last),
    }
    return letter


def hand_over(letter: RecordedLetter) -> None:
    """Raises NotSent."""
    try:
        letter.send()
    except (OSError, SMTPException) as error:
        raise NotSent(str(error)) from error


def subject_of_answer(subject: str) -> str:
    return f"Re: {' '.join(ANSWERS_TO.sub('', subject).split())}"


def _thread(conversation: "Conversation", last: Message | None) -> dict[str, str]:
    """By which mail programs put an answer beneath what it answers."""
    mails = conversation.messages.exclude(message_id="").order_by("at", "pk")
    known = list(mails.values_list("message_id", flat=True))
    if not known:
        return {}
    answered = last.message_id if last and last.message_id else known[-1]
    # Each on a line of its own, which no header field may outgrow.
    references = [one for one in known if one != answered][-MOST_REFERENCES:]
    return {"In-Reply-To": answered, "References": " ".join([*references, answered])}


def _quoted(message: Message, conversation: "Conversation") -> str:
    day = date_format(timezone.localtime(message.at), "DATETIME_FORMAT")
    lead = _("On %(day)s, %(name)s wrote:") % {
        "day": day,
        "name": message.name or message.email or conversation.correspondent,
    }
    lines = message.text[:LONGEST_QUOTE].splitlines()
    return "\n".join([lead, "", *(f"> {line}".rstrip() for line in lines)]) + "\n"
