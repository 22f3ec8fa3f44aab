"""What the reports of several formats have in common: parts, fields, what they are known by."""

import re
from collections.abc import Iterator
from email import message_from_string
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message
from email.utils import parseaddr
from hashlib import sha256

from broadsheet.delivery.message.identity import PREFIX

type Fields = Message[str, str]

OURS = re.compile(rf"{PREFIX}\+\d{{1,19}}-[0-9a-z]+@[^\s<>,;:\"'()]+", re.IGNORECASE)
"""As `delivery.message.return_path` makes them."""
NAMING_US = ("to", "delivered-to", "x-original-to", "envelope-to", "resent-to", "cc")
NAMING_US_IN_THE_ORIGINAL = ("return-path", "sender", "errors-to", "x-envelope-from")


def field(of: Fields, name: str) -> str:
    """In one line and decoded; empty where there is none."""
    found = (value for key, value in of.raw_items() if key.lower() == name)
    return " ".join(decoded(next(found, "")).split())


def sender(of: Fields) -> tuple[str, str]:
    """The name and the address in From; empty where there is none."""
    raw = next((str(value) for key, value in of.raw_items() if key.lower() == "from"), "")
    # Before it is decoded: a name may hold a comma or a bracket.
    name, address = parseaddr(" ".join(raw.split()))
    return decoded(name), address


def decoded(value: str) -> str:
    """The encoded words of RFC 2047 in it as what they stand for."""
    # Bytes beyond ASCII, which RFC 6532 allows, come from the parser as halves of surrogate pairs.
    value = value.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    try:
        return str(make_header(decode_header(value)))
    except (LookupError, ValueError, MessageError):
        return value


def typed_field(of: Fields, name: str) -> str:
    """Of ``rfc822; ada@reader.example`` what stands behind the type."""
    return field(of, name).partition(";")[2].strip().strip("<>")


def part(of: Fields, *kinds: str) -> Fields | None:
    return next((each for each in of.walk() if each.get_content_type() in kinds), None)


def fields_of(status: Fields) -> list[Fields]:
    """The groups of fields in a part of the type message/…: the first is about all of it.

    The standard library cuts message/delivery-status into its groups; of its younger siblings it makes one
    message, whose text holds the other groups.
    """
    payload = status.get_payload()
    if not isinstance(payload, list):
        return _groups(text_of(status))
    groups: list[Fields] = [group for group in payload if isinstance(group, Message)]
    if len(groups) == 1:
        groups += _groups(text_of(groups[0]))
    return [group for group in groups if len(group)]


def _groups(text: str) -> list[Fields]:
    parts = re.split(r"\r?\n\s*\r?\n", text.strip())
    return [message_from_string(group.strip()) for group in parts if group.strip()]


def text_of(one: Fields) -> str:
    """Decoded as well as can be."""
    payload = one.get_payload(decode=True)
    if not isinstance(payload, bytes):
        return ""
    charset = one.get_content_charset("utf-8")
    try:
        return payload.decode(charset, errors="replace")
    except LookupError:
        return payload.decode("utf-8", errors="replace")


def plain_text(of: Fields) -> str:
    """What a person would read of it, without the message that it returns."""
    for each in of.walk():
        if each.get_content_maintype() == "message":
            break
        if each.get_content_type() == "text/plain":
            return text_of(each)
    return ""


def return_paths(of: Fields, envelope_to: str = "", *values: str) -> tuple[str, ...]:
    """Those that look like ours: of whom it is addressed to, of what it returns, and of `values`."""
    texts = [envelope_to, *values, *_named(of, NAMING_US)]
    for original in _originals(of):
        texts += _named(original, NAMING_US_IN_THE_ORIGINAL)
    # In order, and each once.
    return tuple(dict.fromkeys(found for text in texts for found in OURS.findall(text)))


def _named(of: Fields, names: tuple[str, ...]) -> list[str]:
    return [str(value) for name in names for value in of.get_all(name, [])]


def _originals(of: Fields) -> Iterator[Fields]:
    for each in of.walk():
        if each.get_content_type() in {"text/rfc822-headers", "message/global-headers"}:
            yield message_from_string(text_of(each))
        elif each.get_content_type() in {"message/rfc822", "message/global"}:
            payload = each.get_payload()
            yield from (one for one in payload if isinstance(one, Message))


def identity(of: Fields, raw: bytes) -> str:
    """By its own Message-ID; without one by its content, but for what servers on the way put before it."""
    known_by = field(of, "message-id") or f"{field(of, 'date')}\0{raw.partition(_blank_line(raw))[2].hex()}"
    return sha256(f"mail\0{known_by}".encode(errors="replace")).hexdigest()


def _blank_line(raw: bytes) -> bytes:
    return b"\r\n\r\n" if b"\r\n\r\n" in raw else b"\n\n"
