"""Mail to the contact address, as a mail server hands it over."""

import io
import sys
from email.message import EmailMessage
from typing import Any

import pytest
from django.core.management import call_command

ADDRESS = "contact@magazine.example"


def mail(
    text: str = "Where is my paper?\n", *, sender: str = "Ada Brandt <ada@reader.example>", **headers: str
) -> EmailMessage:
    message = EmailMessage()
    fields = {
        "From": sender,
        "To": ADDRESS,
        "Subject": "My subscription",
        "Message-ID": "<first@reader.example>",
        "Return-Path": "<ada@reader.example>",
    }
    for name, value in (fields | {name.replace("_", "-"): value for name, value in headers.items()}).items():
        if value:
            message[name] = value
    message.set_content(text)
    return message


def come(message: EmailMessage | bytes, monkeypatch: pytest.MonkeyPatch, to: str = ADDRESS) -> str:
    """What `broadsheet take_in` says of it."""
    raw = message if isinstance(message, bytes) else message.as_bytes()
    said = io.StringIO()
    stdin: Any = io.TextIOWrapper(io.BytesIO(raw))
    monkeypatch.setattr(sys, "stdin", stdin)
    call_command("take_in", to=to, stdout=said)
    return said.getvalue()
