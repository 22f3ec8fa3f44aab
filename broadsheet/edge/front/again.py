"""Heads that were parsed before. Whoever sends the same bytes again is answered without a parser.

A wave of readers comes from one link with few kinds of browsers, so that most of what they send differs in
nothing but the address, which a proxy names. All that is taken without a parser, a parser has taken before,
byte for byte: the target, the address, and all that is around them.
"""

from typing import NamedTuple

from broadsheet.edge.front.asked import Told

FIRST, VERSION, LINE, END = b"GET ", b" HTTP/1.1\r\n", b"\r\n", b"\r\n\r\n"
FORWARDED_FOR = b"\r\nX-Forwarded-For: "
"""At the beginning of a line. Where a proxy writes it otherwise, heads are told apart by address."""
LONGEST_TARGET = 300
LONGEST = 2_048
"""Bytes of a head that is remembered, besides those two."""
MOST = 4_096


class Parts(NamedTuple):
    target: bytes
    forwarded_for: bytes
    rest: bytes
    """All else, with the names of headers and where each begins."""


def parts_of(data: bytes) -> Parts | None:
    """Of what may be one whole request without a body; None where it is none that is remembered."""
    target_end = data.find(VERSION, len(FIRST), LONGEST_TARGET)
    if target_end < 0 or not (data.startswith(FIRST) and data.endswith(END)):
        return None
    begin = data.find(FORWARDED_FOR, target_end)
    if begin < 0:
        return Parts(data[len(FIRST) : target_end], b"", data[target_end:])
    begin += len(FORWARDED_FOR)
    end = data.find(LINE, begin)
    return Parts(data[len(FIRST) : target_end], data[begin:end], data[target_end:begin] + data[end:])


class KnownHeads:
    def __init__(self) -> None:
        self._told: dict[bytes, Told] = {}
        self.of = self._told.get
        """What the parser told of a request with this rest."""

    def remember(self, data: bytes, told: Told) -> None:
        """`data` was one whole request, which the parser took, and after which the connection goes on."""
        parts = parts_of(data)
        if (
            parts is None
            or len(parts.rest) > LONGEST
            or not data.startswith(FIRST)
            or data.find(END) + 4 < len(data)
        ):
            return
        if len(self._told) >= MOST:
            self._told.clear()
        self._told[parts.rest] = told

    def forget(self) -> None:
        self._told.clear()
