"""A message with tokens, two keys to sign it with, and DNS that knows them."""

from collections.abc import Collection
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage

import dkim
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from broadsheet.delivery.message import Listing, Segments, Signer

FROZEN_AT = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
IDENTITY = "<0123456789abcdef@magazine.example>"
LEAVE = "https://magazine.example/leave/abc-DEF_123"
TOKENS = ("name", "leave")


def briefing(
    subject: str = "Good morning, {{name}}",
    text: str = "Dear {{name}},\n\nthe news.\n\nLeave: {{leave}}\n",
    html: str = '<p lang="en">Dear {{name}}, <b>the news</b>.</p>\n<a href="{{leave}}">Leave</a>\n',
) -> EmailMessage:
    message = EmailMessage()
    message["From"] = "The Meridian <letters@magazine.example>"
    message["Reply-To"] = "desk@magazine.example"
    message["Subject"] = subject
    Listing(
        "briefing.magazine.example", "The Morning Briefing", "{{leave}}", "2026-11-24:briefing:issue:meridian"
    ).mark(message)
    message.set_content(text)
    if html:
        message.add_alternative(html, subtype="html")
    return message


def frozen(message: EmailMessage, tokens: Collection[str] = TOKENS) -> Segments:
    """As a worker on another host finds it."""
    return Segments.thawed(Segments.compile(message, tokens, FROZEN_AT).frozen())


def joined(message: EmailMessage, name: str = "Ada", leave: str = LEAVE, **others: str) -> bytes:
    tokens = {"name": name, "leave": leave} | others
    return frozen(message, tokens).join("ada@reader.example", IDENTITY, tokens)


def parsed(message: bytes) -> EmailMessage:
    """By the standard library, which finds nothing wrong with it."""
    found = message_from_bytes(message, policy=policy.default)
    assert not [defect for part in found.walk() for defect in part.defects]
    assert not [defect for value in found.values() for defect in value.defects]
    return found


def text_of(message: bytes, kind: str = "plain") -> str:
    body = parsed(message).get_body([kind])
    assert body
    return str(body.get_content()).replace("\r\n", "\n")


def is_verified(message: bytes, *signers: Signer) -> bool:
    """By dkimpy, which asks DNS for the keys of `signers` and finds no others."""
    records = {f"{signer.selector}._domainkey.{signer.domain}.": signer.record for signer in signers}

    def ask(name: bytes, timeout: int = 5) -> bytes | None:
        record = records.get(name.decode())
        return record.encode() if record else None

    return bool(dkim.verify(message, dnsfunc=ask))


def pem() -> bytes:
    key = rsa.generate_private_key(65537, 2048)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


@pytest.fixture(scope="session")
def signer() -> Signer:
    return Signer.of("magazine.example", "autumn", pem())


@pytest.fixture(scope="session")
def next_signer() -> Signer:
    return Signer.of("magazine.example", "winter", pem())
