import re
from collections.abc import Iterator
from dataclasses import dataclass

from broadsheet.delivery.smtp.answer import LONGEST_WORDS, Answer, Kind

LINE = re.compile(rb"([2-5][0-9]{2})(?:([ -])(.*))?", re.DOTALL)
ENHANCED = re.compile(r"([245]\.[0-9]{1,3}\.[0-9]{1,3})(?: |$)")
KINDS = {2: Kind.SUBMITTED, 4: Kind.DEFERRED, 5: Kind.REFUSED}
LONGEST = 64 * 1024
"""Bytes of one reply; RFC 5321 lets a line have 512, and names no number of lines."""


class Garbled(ValueError):
    """What came is not a reply of SMTP."""


@dataclass(frozen=True, slots=True)
class Reply:
    code: int
    lines: tuple[bytes, ...]
    """Without their codes and line ends."""

    @property
    def is_good(self) -> bool:
        return 200 <= self.code < 300

    @property
    def is_refusal(self) -> bool:
        return self.code >= 400

    def answer(self, kind: Kind | None = None) -> Answer:
        """As what became of a message; `kind` goes by the code, unless given."""
        enhanced, words = "", []
        for line in self.lines:
            text = line.decode(errors="replace")
            if found := ENHANCED.match(text):
                enhanced = found[1]
                text = text[found.end() :]
            words.append(text)
        said = " ".join(words)
        if not said.isprintable():
            said = "".join(letter if letter.isprintable() else " " for letter in said)
        return Answer(kind or kind_of(self.code), self.code, enhanced, " ".join(said.split())[:LONGEST_WORDS])

    def __str__(self) -> str:
        return str(self.answer())


def kind_of(code: int) -> Kind:
    """What a reply to the final dot means."""
    return KINDS.get(code // 100, Kind.UNKNOWN)


class Reader:
    """Cuts what comes into replies."""

    def __init__(self) -> None:
        self._rest = b""
        self._code = b""
        self._lines: list[bytes] = []
        self._size = 0

    def read(self, data: bytes) -> Iterator[Reply]:
        """The replies that `data` completes; raises Garbled behind those that were good."""
        lines = (self._rest + data).split(b"\n")
        self._rest = lines.pop()
        self._size += len(data)
        for line in lines:
            found = LINE.fullmatch(line.removesuffix(b"\r"))
            if not found or (self._lines and found[1] != self._code):
                raise Garbled(line[:100].decode(errors="replace"))
            self._code = found[1]
            self._lines.append(found[3] or b"")
            if found[2] != b"-":
                reply = Reply(int(self._code), tuple(self._lines))
                self._lines = []
                self._size = len(self._rest)
                yield reply
        if self._size > LONGEST:
            raise Garbled("a reply without end")

    @property
    def is_between_replies(self) -> bool:
        return not (self._rest or self._lines)
