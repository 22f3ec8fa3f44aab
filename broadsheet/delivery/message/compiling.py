"""A finished message, cut into segments."""

import re
import secrets
from collections.abc import Collection
from datetime import datetime
from email.message import EmailMessage, MIMEPart
from email.policy import SMTP
from email.utils import format_datetime

from broadsheet.delivery.message.dkim import relaxed
from broadsheet.delivery.message.headers import (
    Unjoinable,
    addresses,
    identified,
    locations,
    unstructured,
)
from broadsheet.delivery.message.quoted import SOFT_BREAK, quoted
from broadsheet.delivery.message.segments import Place, Segment

OURS = {"message-id", "mime-version", "bcc", "return-path", "received", "dkim-signature"}
"""Fields that each message gets anew, or must not have."""
ONCE = {"subject", "date", "list-id", "list-unsubscribe", "list-unsubscribe-post"}
PEOPLE = {"from", "sender", "reply-to", "to", "cc"}
LOCATIONS = {
    "list-unsubscribe",
    "list-subscribe",
    "list-help",
    "list-post",
    "list-owner",
    "list-archive",
}
LONGEST_TOKEN = 200
"""Bytes of an attachment that may be nothing but a token."""
FIELDS = SMTP.clone(max_line_length=76, cte_type="7bit")


class Compilation:
    def __init__(self, tokens: Collection[str]) -> None:
        self.segments: list[Segment] = []
        self.is_plain = True
        names = "|".join(re.escape(name) for name in sorted(tokens, key=len, reverse=True))
        # Without names it matches nowhere.
        self._token = re.compile(rf"\{{\{{({names})\}}\}}" if names else r"(?!)()")

    def add(self, message: EmailMessage, date: datetime) -> None:
        known: set[str] = set()
        for name, value in message.items():
            lower = name.lower()
            if lower in PEOPLE:
                if lower not in known:
                    self._add_people(name, message)
            elif lower not in OURS and not lower.startswith("content-") and lower not in ONCE & known:
                self._add_field(name, str(value))
            known.add(lower)
        if "from" not in known:
            raise Unjoinable("a message without From")
        if "to" not in known:
            self.segments.append(Segment(Place.TO))
        if "date" not in known:
            self._add_fixed(f"Date: {format_datetime(date)}\r\n".encode())
        if "auto-submitted" not in known:
            self._add_fixed(b"Auto-Submitted: auto-generated\r\n")
        self.segments.append(Segment(Place.MESSAGE_ID))
        self._add_fixed(b"MIME-Version: 1.0\r\n")
        self._add_part(message)

    # Headers

    def _add_people(self, name: str, message: EmailMessage) -> None:
        headers = message.get_all(name, [])
        if any(self._token.search(str(header)) for header in headers):
            raise Unjoinable(f"a token stands in {name}")
        if people := [one for header in headers for one in header.addresses]:
            self._add_fixed(addresses(name, people))

    def _add_field(self, name: str, value: str) -> None:
        values = self._token.split(value)
        is_urls = name.lower() in LOCATIONS
        if len(values) > 1:
            self.segments.append(Segment(Place.LOCATIONS if is_urls else Place.HEADER, (name, *values)))
        elif is_urls:
            self._add_fixed(locations(name, value))
        elif found := re.fullmatch(r"(.*)<([^<>]+)>", value) if name.lower() == "list-id" else None:
            self._add_fixed(identified(name, found[1], found[2]))
        else:
            self._add_fixed(unstructured(name, value))

    # The body: each part brings its fields, and ends its last line

    def _add_part(self, part: MIMEPart) -> None:
        kind, subtype = part.get_content_maintype(), part.get_content_subtype()
        if kind == "multipart" and subtype not in {"signed", "encrypted"}:
            self._add_parts(part)
        elif kind == "text" and (text := _text_of(part)) is not None:
            self._add_text(part, text)
        elif name := self._file_in(part):
            self._add_fixed(_fields_of(part) + b"Content-Transfer-Encoding: base64\r\n\r\n")
            self.segments.append(Segment(Place.FILE, (name,)))
        else:
            self._add_as_it_is(part)

    def _add_parts(self, part: MIMEPart) -> None:
        # “=_” stands neither in quoted-printable nor in base64.
        boundary = f"=_{secrets.token_hex(12)}"
        self._add_fixed(_fields_of(part, boundary=boundary) + b"\r\n")
        self._add_fixed(f"--{boundary}".encode())
        for inner in part.iter_parts():
            self._add_fixed(b"\r\n")
            self._add_part(inner)
            # The line end before it is the boundary's, and not the part's.
            self._add_fixed(f"\r\n--{boundary}".encode())
        self._add_fixed(b"--\r\n")

    def _add_text(self, part: MIMEPart, text: str) -> None:
        fields = _fields_of(part, charset="utf-8")
        self._add_fixed(fields + b"Content-Transfer-Encoding: quoted-printable\r\n\r\n")
        place = Place.HTML if part.get_content_subtype() == "html" else Place.TEXT
        pieces = [text] if part.is_attachment() else self._token.split(text)
        for position, piece in enumerate(pieces):
            if position % 2:
                self.segments.append(Segment(place, (piece,)))
                continue
            # A token has lines of its own, so that its length moves no other's end.
            before = SOFT_BREAK if position and not piece.startswith("\n") else b""
            *_, last = lines = piece.split("\n")
            after = SOFT_BREAK if last and position < len(pieces) - 1 else b""
            self._add_fixed(before + b"\r\n".join(map(quoted, lines)) + after)

    def _file_in(self, part: MIMEPart) -> str:
        """The token that is all of an attachment; empty where it is another file."""
        content = part.get_content() if part.is_attachment() else None
        if not isinstance(content, bytes) or len(content) > LONGEST_TOKEN:
            return ""
        found = self._token.fullmatch(content.decode("ascii", "replace"))
        return found[1] if found else ""

    def _add_as_it_is(self, part: MIMEPart) -> None:
        """What is not text, and what somebody has signed."""
        _head, _, body = part.as_bytes(policy=FIELDS).partition(b"\r\n\r\n")
        body = body if body.endswith(b"\r\n") else body + b"\r\n"
        self.is_plain = self.is_plain and b"\n." not in body and relaxed(body) == body
        encoding = part.get("Content-Transfer-Encoding")
        self._add_fixed(
            _fields_of(part) + (f"Content-Transfer-Encoding: {encoding}\r\n" if encoding else "").encode()
        )
        self._add_fixed(b"\r\n" + body)

    def _add_fixed(self, data: bytes) -> None:
        text = data.decode()
        if self.segments and self.segments[-1].place is Place.FIXED:
            text = self.segments.pop().values[0] + text
        self.segments.append(Segment(Place.FIXED, (text,)))


def _text_of(part: MIMEPart) -> str | None:
    """With ``\\n`` at the end of each line; None where its charset is not known."""
    try:
        text = part.get_content()
    except LookupError:
        return None
    return "\n".join(text.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n").split("\n")) + "\n"


def _fields_of(part: MIMEPart, **parameters: str) -> bytes:
    """Those that say what a part is, but for its encoding; `parameters` take the place of its own."""
    written = []
    for name, value in part.items():
        if name.lower() == "content-type":
            given = dict(value.params) | parameters
            words = [part.get_content_type(), *(f'{key}="{given[key]}"' for key in given)]
            written.append(FIELDS.fold(name, FIELDS.header_factory(name, "; ".join(words))))
        elif name.lower().startswith("content-") and name.lower() != "content-transfer-encoding":
            written.append(FIELDS.fold(name, value))
    if "content-type" not in part:
        written.append('Content-Type: text/plain; charset="utf-8"\r\n')
    return "".join(written).encode()
