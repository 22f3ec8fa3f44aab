"""Sends as a room above would have frozen them, for tests of what becomes of them."""

from datetime import datetime

from broadsheet.delivery import keys
from broadsheet.delivery.message import return_path
from broadsheet.delivery.models import Addressee, Batch, Recipient, Send
from broadsheet.platform import clock

SOURCE = "tests"
DOMAIN = "meridian.example"


def freeze(*addresses: str, key: str = "2026-11-24", subject: str = "The Morning Meridian") -> Send:
    """Begun, with a message for each of `addresses`, none of which was sent yet."""
    send, _new = Send.objects.freeze(SOURCE, key, subject=subject, sender=f"letters@{DOMAIN}")
    cohort = send.cohorts.create(message=b"")
    cohort.materialise(Addressee(address, address) for address in addresses)
    send.begin()
    return send


def submitted(address: str, key: str = "2026-11-24", at: datetime | None = None) -> Recipient:
    """The one recipient of a send that is over, who was submitted."""
    send = freeze(address, key=key)
    became(send, Recipient.State.SUBMITTED, "250 2.0.0 OK", at)
    return send.recipients.get()


def became(send: Send, state: str, words: str = "", at: datetime | None = None) -> None:
    """All of `send` is over, with this outcome for everyone."""
    send.recipients.update(state=state, words=words, answered_at=at or clock.now(), tries=1)
    send.batches.update(state=Batch.State.DONE)
    Send.objects.finish()


def path_of(recipient: Recipient) -> str:
    return return_path(keys.secret(), recipient.pk, DOMAIN)
