"""The messages that the demo's mail server took, or that were laid down where there is none."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage, MIMEPart
from itertools import islice
from pathlib import Path

from django.conf import settings

from broadsheet.demo.letterbox import RECIPIENT

NAME = re.compile(r"\d{8}T\d{12}-[0-9a-f]{8}\.eml")
LOOKED_THROUGH = 5_000
"""Messages, for those to one recipient: an issue to a whole readership lays down as many as that has."""


@dataclass(frozen=True, slots=True)
class Letter:
    name: str
    to: str
    sender: str
    subject: str
    came_at: datetime
    text: str
    page: str
    """Its HTML; empty where it has none."""


def letters(to: str = "", most: int = 50) -> list[Letter]:
    """The newest first; of those whose recipient holds `to`."""
    found = (letter for letter in _newest() if to.lower() in letter.to.lower())
    return list(islice(found, most))


def letter(name: str) -> Letter | None:
    path = settings.MAILBOX_DIR / name
    return _read(path) if NAME.fullmatch(name) and path.exists() else None


def _newest() -> Iterator[Letter]:
    folder: Path = settings.MAILBOX_DIR
    found = [path for path in folder.glob("*.eml") if NAME.fullmatch(path.name)] if folder.exists() else []
    return map(_read, sorted(found, reverse=True)[:LOOKED_THROUGH])


def _read(path: Path) -> Letter:
    message = message_from_bytes(path.read_bytes(), _class=EmailMessage, policy=policy.default)
    return Letter(
        name=path.name,
        to=str(message[RECIPIENT] or message["to"] or ""),
        sender=str(message["from"] or ""),
        subject=str(message["subject"] or ""),
        came_at=datetime.strptime(path.name.partition("-")[0], "%Y%m%dT%H%M%S%f").replace(tzinfo=UTC),
        text=_content(message, "plain"),
        page=_content(message, "html"),
    )


def _content(message: EmailMessage, subtype: str) -> str:
    body = message.get_body((subtype,))
    return str(body.get_content()) if isinstance(body, MIMEPart) else ""
