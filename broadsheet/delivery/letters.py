"""Codes, receipts and notices: what one person waits for, in a lane of its own."""

import uuid
from datetime import datetime, timedelta
from email import policy
from email.utils import formataddr, parseaddr

from django.conf import settings
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.db import DatabaseError, transaction

from broadsheet.delivery.models import Addressee, Lane, Send
from broadsheet.platform.processes.scheduler import DAY, once_every
from broadsheet.platform.title import title

SOURCE = "letters"
SEVEN_BITS = policy.SMTP.clone(cte_type="7bit")
KEPT = timedelta(days=30)
"""For so long the desk can tell whether a letter left. What it said is gone as soon as it has."""


class RecordedLetter(EmailMultiAlternatives):
    """A letter of which the desk may know what it was."""

    on_record = ""
    """Its subject, without a code and without a name."""
    kept_as: Send | None = None
    """Once the post room has it: the send by which the ledger says what became of it."""


class NotTakenError(OSError):
    """The letter could not be written down, so that nothing will be sent."""


def sender() -> str:
    """From whom letters come: the magazine, whatever its name is today, at the address of MAIL_FROM."""
    name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    return formataddr((title() or name, address))


def post(message: EmailMessage) -> None:
    """Queues `message` for the post process, with the caller's transaction; raises NotTakenError."""
    # Django lets them bear names: “Ada Brandt <ada@reader.example>”.
    addresses = [parseaddr(written)[1] or written for written in message.recipients()]
    is_ascii = all(address.rpartition("@")[0].isascii() for address in addresses)
    # In seven bits, for the server that takes no more.
    content = message.message(policy=(SEVEN_BITS if is_ascii else policy.SMTPUTF8)).as_bytes()
    try:
        with transaction.atomic():
            subject = message.on_record[:300] if isinstance(message, RecordedLetter) else ""
            send = Send.objects.create(
                source=SOURCE, key=uuid.uuid4().hex, lane=Lane.LETTERS, subject=subject
            )
            cohort = send.cohorts.create(message=content)
            cohort.materialise(Addressee(address, address) for address in addresses)
            send.begin()
            if isinstance(message, RecordedLetter):
                message.kept_as = send
    except DatabaseError as error:
        raise NotTakenError(str(error)) from error


def sender_address() -> str:
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1]


@once_every(DAY, "delivery.letters")
def forget_old(at: datetime) -> None:
    Send.objects.filter(lane=Lane.LETTERS, ended_at__lte=at - KEPT).delete()
