"""A mailer for development, and for the demo: each message becomes an .eml file that a page can show."""

import uuid
from collections.abc import Sequence
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from broadsheet.platform import clock


class MailboxBackend(BaseEmailBackend):
    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        for message in email_messages:
            write_message(settings.MAILBOX_DIR, message.message().as_bytes())
        return len(email_messages)


def write_message(folder: Path, message: bytes) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    name = f"{clock.now():%Y%m%dT%H%M%S%f}-{uuid.uuid4().hex[:8]}.eml"
    # Written aside and renamed, so that the page never reads half a message.
    unfinished = folder / f".{name}"
    unfinished.write_bytes(message)
    unfinished.rename(folder / name)
