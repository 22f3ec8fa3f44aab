import re
from collections.abc import Iterator
from dataclasses import dataclass

from broadsheet.delivery.smtp.answer import LONGEST_WORDS, Answer, Result

LINE = re.compile(rb"([2-5][0-9]{2})(?:([ -])(.*))?", re.DOTALL)
ENHANCED = re.compile(r"([245]\.[0-9]{1,3}\.[0-9]{1,3})(?: |$)")
RESULTS = {2: Result.SUBMITTED, 4: Result.DEFERRED, 5: Result.REFUSED}
LONGEST = 64 * 1024
"""Bytes of one reply; RFC 5321 lets a line have 512, and names no number of lines."""


class MalformedReply(ValueError):
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

    def answer(self, result: Result | None = None) -> Answer:
        """As what became of a message; `result` goes by the code, unless given."""
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
        said = " ".join(said.split())[:LONGEST_WORDS]
        return Answer(result or result_of(self.code), self.code, enhanced, said)

    def __str__(self) -> str:
        return str(self.answer())


def result_of(code: int) -> Result:
    """What a reply to the final dot means."""
    return RESULTS.get(code // 100, Result.UNKNOWN)


class ReplyParser:
    """Cuts what comes into replies."""

    def __init__(self) -> None:
        self._rest = b""
        self._code = b""
        self._lines: list[bytes] = []
        self._size = 0

    def read(self, data: bytes) -> Iterator[Reply]:
        """The replies that `data` completes; raises MalformedReply behind those that were good."""
        lines = (self._rest + data).split(b"\n")
        self._rest = lines.pop()
        self._size += len(data)
        for line in lines:
            found = LINE.fullmatch(line.removesuffix(b"\r"))
            if not found or (self._lines and found[1] != self._code):
                raise MalformedReply(line[:100].decode(errors="replace"))
            self._code = found[1]
            self._lines.append(found[3] or b"")
            if found[2] != b"-":
                reply = Reply(int(self._code), tuple(self._lines))
                self._lines = []
                self._size = len(self._rest)
                yield reply
        if self._size > LONGEST:
            raise MalformedReply("a reply without end")

    @property
    def is_between_replies(self) -> bool:
        return not (self._rest or self._lines)
