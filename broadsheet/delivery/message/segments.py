import json
import re
from base64 import encodebytes
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from enum import StrEnum
from functools import cached_property
from html import escape
from itertools import batched

from broadsheet.delivery.message.headers import (
    Unjoinable,
    addresses,
    cleaned,
    locations,
    unstructured,
    url_part,
)
from broadsheet.delivery.message.quoted import quoted

PLAIN_ADDRESS = re.compile(r"[A-Za-z0-9_+-]+(?:\.[A-Za-z0-9_+-]+)*@[A-Za-z0-9.-]{1,190}")


type FileOf = Callable[[str], bytes]
"""What a token that stands for a file says → that file."""


class TokenMissing(Unjoinable):
    """A reader's tokens lack one that stands in the message."""


class Place(StrEnum):
    FIXED = "fixed"
    """The same for everyone: its bytes, all of which are UTF-8."""
    TEXT = "text"
    HTML = "html"
    """Both: the name of a token."""
    FILE = "file"
    """The name of a token, which says what file comes here."""
    HEADER = "header"
    LOCATIONS = "locations"
    """Both: the name of a field, then text and names of tokens by turns. The second is one of URLs."""
    TO = "to"
    MESSAGE_ID = "message-id"


def place_of_token(name: str) -> str:
    """What stands in a message where each reader's token of that name comes."""
    return f"{{{{{name}}}}}"


@dataclass(frozen=True, slots=True)
class Segment:
    place: Place
    values: tuple[str, ...] = ()


@dataclass(frozen=True)
class Segments:
    """A finished message, cut where one reader's differs from another's.

    A token stands in the message as ``{{name}}``: in a header that is text or URLs, in the text, in the HTML.
    It becomes whatever text it is given, and stays text: in HTML it is escaped, in a header it ends no line.
    An attachment that is nothing but a token becomes the file that the token names: too large to be kept with
    each reader, and made for them when their message leaves.
    """

    segments: tuple[Segment, ...]
    is_plain: bool
    """No line begins with a dot, and the body is what DKIM's relaxed form makes of it."""

    @classmethod
    def compile(cls, message: EmailMessage, tokens: Collection[str], date: datetime) -> "Segments":
        """From `message`, in which `tokens` may stand; braces around anything else stay as they are.

        It becomes mail by a machine (Auto-Submitted) unless it says otherwise, and of `date` unless it bears
        one. Without a To it names each reader's own address there. Message-ID, Bcc and signatures that it
        brings are left out. Raises Unjoinable where From is missing, or a token stands where none may.
        """
        from broadsheet.delivery.message.compiling import Compilation

        compilation = Compilation(tokens)
        compilation.add(message, date)
        return cls(tuple(compilation.segments), compilation.is_plain)

    def join(
        self, address: str, message_id: str, tokens: Mapping[str, str], file_of: FileOf | None = None
    ) -> bytes:
        """The message to `address`, its lines ended by CRLF; raises Unjoinable, and so TokenMissing.

        `file_of` is asked for attached files, and may raise what it likes.
        """
        fixed, own = self._sorted
        joined = fixed.copy()
        try:
            for position, place, values in own:
                if place is Place.TEXT:
                    joined[position] = quoted(cleaned(tokens[values[0]]))
                elif place is Place.HTML:
                    joined[position] = quoted(escape(cleaned(tokens[values[0]])))
                elif place is Place.FILE:
                    joined[position] = _attached(tokens[values[0]], file_of)
                elif place is Place.HEADER:
                    joined[position] = unstructured(values[0], _filled(values[1:], tokens))
                elif place is Place.LOCATIONS:
                    escaped = {name: url_part(tokens[name]) for name in values[2::2]}
                    joined[position] = locations(values[0], _filled(values[1:], escaped))
                elif place is Place.TO:
                    joined[position] = _to(address)
                else:
                    joined[position] = f"Message-ID: {message_id}\r\n".encode()
        except KeyError as missing:
            raise TokenMissing(f"the token {missing} is missing") from None
        return b"".join(joined)

    def frozen(self) -> bytes:
        """For a row to keep."""
        segments = [[segment.place, *segment.values] for segment in self.segments]
        return json.dumps({"plain": self.is_plain, "segments": segments}).encode()

    @classmethod
    def thawed(cls, frozen: bytes) -> "Segments":
        given = json.loads(bytes(frozen))
        segments = (Segment(Place(place), tuple(values)) for place, *values in given["segments"])
        return cls(tuple(segments), given["plain"])

    @cached_property
    def _sorted(self) -> tuple[list[bytes], list[tuple[int, Place, tuple[str, ...]]]]:
        """All segments, those of one reader empty; and these, each with its position."""
        fixed = [
            segment.values[0].encode() if segment.place is Place.FIXED else b"" for segment in self.segments
        ]
        own: list[tuple[int, Place, tuple[str, ...]]] = [
            (position, segment.place, segment.values)
            for position, segment in enumerate(self.segments)
            if segment.place is not Place.FIXED
        ]
        return fixed, own


def _attached(token: str, file_of: FileOf | None) -> bytes:
    if file_of is None:
        raise Unjoinable("nobody knows the file that is attached")
    return encodebytes(file_of(token)).replace(b"\n", b"\r\n")


def _to(address: str) -> bytes:
    if PLAIN_ADDRESS.fullmatch(address):
        return b"To: <%s>\r\n" % address.encode()
    mailbox, _at, domain = address.rpartition("@")
    return addresses("To", [Address("", mailbox, domain)])


def _filled(text_and_tokens: tuple[str, ...], tokens: Mapping[str, str]) -> str:
    # Each name once: what a token says is never looked through for others.
    pairs = batched((*text_and_tokens, ""), 2)
    return "".join(text + (tokens[name] if name else "") for text, name in pairs)
