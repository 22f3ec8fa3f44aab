"""Signatures, as dkimpy finds them."""

import re

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from broadsheet.delivery.message import BadKey, Signer
from broadsheet.delivery.message.dkim import relaxed
from tests.delivery.message.conftest import briefing, is_verified, joined, parsed

PKCS8, PEM = PrivateFormat.PKCS8, Encoding.PEM


def test_a_signed_message_is_verified_and_otherwise_unchanged(signer: Signer) -> None:
    message = joined(briefing(), "Jörg")
    signed = signer.signed(message, is_plain=True)
    assert is_verified(signed, signer)
    assert signed.endswith(message)
    assert parsed(signed)["DKIM-Signature"]
    assert max(map(len, signed.split(b"\r\n"))) <= 76


@pytest.mark.parametrize(
    "message",
    [
        b"From: a@magazine.example\r\nSubject: x\r\n\r\n",
        b"From: a@magazine.example\r\nSubject: x\r\n\r\n\r\n\r\n\r\n",
        b"From: a@magazine.example\r\nSubject: x\r\n\r\ntext",
        b"From: a@magazine.example\r\nSubject: x\r\n\r\n \t \r\ntwo  spaces\t \r\n\r\n \r\n",
        b"From: a@magazine.example\r\nSubject:   x \t y\r\n\tz  \r\nX-Other: 1\r\n\r\ntext\r\n",
        b"FROM: a@magazine.example\r\nsubject:x\r\nTo:\r\n b@reader.example\r\n\r\ntext\r\n",
        b"From: a@magazine.example\r\nList-Id: <1>\r\nList-Id: <2>\r\nList-Id: <3>\r\n\r\ntext\r\n",
    ],
)
def test_any_message_can_be_signed(message: bytes, signer: Signer) -> None:
    signed = signer.signed(message)
    ended = signed if signed.endswith(b"\r\n") else signed + b"\r\n"
    assert is_verified(ended, signer)


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        (b"\r\nAda=", b"\r\nEve="),
        (b"Subject: Good", b"Subject: Bad"),
        (b"From: The Meridian", b"From: The Mirror"),
        (b"List-Unsubscribe: <https://magazine", b"List-Unsubscribe: <https://crime"),
        (b"List-Unsubscribe-Post: List", b"List-Unsubscribe-Post: Lost"),
        (b"Message-ID: <0", b"Message-ID: <1"),
        (b"Feedback-ID: 2026", b"Feedback-ID: 2027"),
        (b"\r\nFrom:", b"\r\nFrom: Eve <eve@crime.example>\r\nFrom:"),
        (b"\r\nSubject:", b"\r\nSubject: Buy\r\nSubject:"),
        (b"\r\nMIME-Version:", b"\r\nReply-To: eve@crime.example\r\nMIME-Version:"),
        (b"\r\nMIME-Version:", b"\r\nList-Unsubscribe: <https://crime.example>\r\nMIME-Version:"),
    ],
)
def test_a_message_that_was_changed_is_not_verified(was: bytes, becomes: bytes, signer: Signer) -> None:
    signed = signer.signed(joined(briefing()), is_plain=True)
    assert was in signed
    assert not is_verified(signed.replace(was, becomes, 1), signer)


def test_both_headers_by_which_a_reader_leaves_are_signed(signer: Signer) -> None:
    signature = str(parsed(signer.signed(joined(briefing())))["DKIM-Signature"])
    names = re.sub(r"\s", "", signature).partition("h=")[2].partition(";")[0].split(":")
    assert {"from", "list-unsubscribe", "list-unsubscribe-post", "feedback-id", "message-id"} <= set(names)
    # Once more than they are there: a second one would break the signature.
    assert names.count("from") == names.count("list-unsubscribe") == 2


def test_the_key_may_change_in_the_middle_of_a_send(signer: Signer, next_signer: Signer) -> None:
    before, after = signer.signed(joined(briefing(), "Ada")), next_signer.signed(joined(briefing(), "Bob"))
    # While both stand in DNS, both messages hold; each names the key that it was signed with.
    assert is_verified(before, signer, next_signer)
    assert is_verified(after, signer, next_signer)
    assert not is_verified(before, next_signer)
    assert not is_verified(after, signer)


def test_dns_is_told_in_one_line(signer: Signer) -> None:
    assert re.fullmatch(r"v=DKIM1; k=rsa; p=[A-Za-z0-9+/]{390,394}={0,2}", signer.record)


@pytest.mark.parametrize(
    ("address", "is_aligned"),
    [
        ("letters@magazine.example", True),
        ("The Meridian <letters@magazine.example>", True),
        ("letters@MAGAZINE.example", True),
        ("letters@news.magazine.example", True),
        ("letters@notmagazine.example", False),
        ("letters@magazine.example.crime.example", False),
        ("letters@example", False),
    ],
)
def test_a_signature_speaks_for_its_domain_and_those_below(
    address: str, is_aligned: bool, signer: Signer
) -> None:
    assert signer.is_aligned(address) == is_aligned


def test_keys_that_are_too_weak_or_none_are_refused() -> None:
    weak = rsa.generate_private_key(65537, 1024)  # noqa: S505 (that it is weak is the point)
    other = ec.generate_private_key(ec.SECP256R1()).private_bytes(PEM, PKCS8, NoEncryption())
    strong = rsa.generate_private_key(65537, 2048)
    locked = strong.private_bytes(PEM, PKCS8, BestAvailableEncryption(b"secret"))
    public = strong.public_key().public_bytes(PEM, PublicFormat.SubjectPublicKeyInfo)
    weak_pem = weak.private_bytes(PEM, PKCS8, NoEncryption())
    for pem in (weak_pem, other, locked, public, b"", b"-----BEGIN PRIVATE KEY-----\nMII\n"):
        with pytest.raises(BadKey):
            Signer.of("magazine.example", "autumn", pem)


@pytest.mark.parametrize(
    ("body", "becomes"),
    [
        # RFC 6376, 3.4.5
        (b" C \r\nD \t E\r\n\r\n\r\n", b" C\r\nD E\r\n"),
        (b"", b""),
        (b"\r\n", b""),
        (b"\r\n\r\n\r\n", b""),
        (b" \r\n\t\r\n", b""),
        (b"a", b"a\r\n"),
        (b"a \t", b"a\r\n"),
        (b"\r\na\r\n", b"\r\na\r\n"),
    ],
)
def test_the_relaxed_form_of_a_body(body: bytes, becomes: bytes) -> None:
    assert relaxed(body) == becomes


def test_a_domain_beyond_ascii_is_signed_for_as_dns_knows_it(signer: Signer) -> None:
    key = signer.key.private_bytes(PEM, PKCS8, NoEncryption())
    assert Signer.of("zürich.example", "autumn", key).domain == "xn--zrich-kva.example"
    with pytest.raises(BadKey, match="its domain can’t be one"):
        Signer.of("\N{BALLOON}-\N{ZERO WIDTH SPACE}", "autumn", key)
