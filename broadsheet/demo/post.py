"""The mails that would have been delivered: what delivery's MailboxBackend laid down."""

import re
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from django.conf import settings

NAME = re.compile(r"\d{8}T\d{12}-[0-9a-f]{8}\.eml")


@dataclass(frozen=True, slots=True)
class Letter:
    name: str
    to: str
    subject: str
    sent_at: datetime | None
    text: str


def letters(most: int = 50) -> list[Letter]:
    """The newest first."""
    folder: Path = settings.MAILBOX_DIR
    found = [path for path in folder.glob("*.eml") if NAME.fullmatch(path.name)] if folder.exists() else []
    return [_read(path) for path in sorted(found, reverse=True)[:most]]


def letter(name: str) -> Letter | None:
    path = settings.MAILBOX_DIR / name
    return _read(path) if NAME.fullmatch(name) and path.exists() else None


def _read(path: Path) -> Letter:
    message = message_from_bytes(path.read_bytes(), _class=EmailMessage, policy=policy.default)
    body = message.get_body(("plain",))
    date = message["date"]
    return Letter(
        name=path.name,
        to=str(message["to"]),
        subject=str(message["subject"]),
        sent_at=date.datetime if date else None,
        text=body.get_content() if body else "",
    )
