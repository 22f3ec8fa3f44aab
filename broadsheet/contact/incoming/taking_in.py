"""What comes in becomes a message, in the conversation that it answers or in a new one."""

from datetime import timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from broadsheet.contact.incoming.reading import Arrived, NotFromAPerson, read
from broadsheet.contact.models import Conversation, Kind, Message, State
from broadsheet.contact.threads import conversation_of, is_ours
from broadsheet.delivery.arriving import NotNow
from broadsheet.people.models import Person
from broadsheet.platform import clock

MOST_AN_HOUR = 30
"""Mails of one sender: more are a loop. They wait at the mail server, where nothing is lost."""


def is_for_us(to: str) -> bool:
    return is_ours(to)


def take_in(raw: bytes, to: str) -> str:
    """Says what became of it; raises NotNow, for the mail server to try again."""
    try:
        arrived = read(raw, to)
    except NotFromAPerson as error:
        return f"Passed over: {error}"
    if Message.objects.filter(identity=arrived.identity).exists():
        return "It was taken in before."
    _require_few(arrived)
    try:
        return f"Taken in: {_keep(arrived).number}"
    except IntegrityError:
        return "It is being taken in by another process."


@transaction.atomic
def _keep(arrived: Arrived) -> Conversation:
    """Raises IntegrityError where another process keeps it at the same time."""
    conversation = _thread_of(arrived) or _begin(arrived)
    conversation.receive(
        arrived.text,
        attachments=arrived.attachments,
        email=arrived.email,
        name=arrived.name,
        message_id=arrived.message_id,
        references=" ".join(reversed(arrived.references)),
        identity=arrived.identity,
    )
    return conversation


def _require_few(arrived: Arrived) -> None:
    since = clock.now() - timedelta(hours=1)
    received = Message.objects.filter(kind=Kind.RECEIVED, email=arrived.email, at__gt=since)
    if received.count() >= MOST_AN_HOUR:
        raise NotNow("Too many messages came from this address within an hour.")


def _thread_of(arrived: Arrived) -> Conversation | None:
    """By the signed address that it came to, else by the messages that it says it answers."""
    numbers = [number for address in arrived.to if (number := conversation_of(address))]
    found = Conversation.objects.filter(pk__in=numbers).first()
    if found is None and arrived.references:
        order = {message_id: place for place, message_id in enumerate(arrived.references)}
        answered = Message.objects.filter(message_id__in=order).select_related("conversation")
        nearest = min(answered, key=lambda message: order[message.message_id], default=None)
        found = nearest.conversation if nearest else None
    while found and found.merged_into:
        found = found.merged_into
    return found


def _begin(arrived: Arrived) -> Conversation:
    person = Person.objects.filter(email=arrived.email).first()
    now = clock.now()
    state = {"state": State.SPAM, "closed_at": now} if arrived.is_spam else {"waiting_since": now}
    conversation: Conversation = Conversation.objects.create(
        subject=arrived.subject or _("No subject"),
        email=arrived.email,
        name=arrived.name or (person.get_full_name() if person else ""),
        edition=settings.LANGUAGE_CODE,
        **state,
    )
    return conversation
