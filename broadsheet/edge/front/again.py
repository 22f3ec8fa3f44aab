"""Heads that were parsed before. Whoever sends the same bytes again is answered without a parser.

A wave of readers comes from one link with few kinds of browsers, so that most of what they send differs in
nothing but the address, which a proxy names, and in what they have of ours in cookies. All that is taken
without a parser, a parser has taken before, byte for byte: the target, the address, the cookies, and all that
is around them.
"""

from typing import NamedTuple

from broadsheet.edge.front.asked import Told

FIRST, VERSION, LINE, END = b"GET ", b" HTTP/1.1\r\n", b"\r\n", b"\r\n\r\n"
FORWARDED_FOR = b"\r\nX-Forwarded-For: ", b"\r\nx-forwarded-for: "
COOKIE = b"\r\nCookie: ", b"\r\ncookie: "
"""At the beginning of a line, as proxies write them. What is written otherwise stays in the rest."""
LONGEST_TARGET = 300
LONGEST = 2_048
"""Bytes of a head that is remembered, besides those three."""
MOST = 4_096


class Parts(NamedTuple):
    target: bytes
    forwarded_for: bytes
    cookies: bytes
    rest: bytes
    """All else, with the names of headers and where each begins."""


def parts_of(data: bytes) -> Parts | None:
    """Of what may be one whole request without a body; None where it is none that is remembered."""
    end = data.find(VERSION, len(FIRST), LONGEST_TARGET)
    if end < 0 or not (data.startswith(FIRST) and data.endswith(END)):
        return None
    target, rest = data[len(FIRST) : end], data[end:]
    forwarded_for, rest = _cut(rest, FORWARDED_FOR)
    cookies, rest = _cut(rest, COOKIE)
    return Parts(target, forwarded_for, cookies, rest)


def _cut(rest: bytes, names: tuple[bytes, bytes]) -> tuple[bytes, bytes]:
    """The value of the header of one of `names`, empty where there is none, and `rest` without it."""
    for name in names:
        at = rest.find(name)
        if at >= 0:
            begin = at + len(name)
            end = rest.find(LINE, begin)
            return rest[begin:end], rest[:begin] + rest[end:]
    return b"", rest


class KnownHeads:
    def __init__(self) -> None:
        self._told: dict[bytes, Told] = {}
        self.of = self._told.get
        """What the parser told of a request with this rest."""

    def remember(self, data: bytes, told: Told) -> None:
        """`data` was one whole request, which the parser took, and after which the connection goes on."""
        parts = parts_of(data)
        if parts is None or len(parts.rest) > LONGEST or data.find(END) + len(END) < len(data):
            return
        if len(self._told) >= MOST:
            self._told.clear()
        self._told[parts.rest] = told

    def forget(self) -> None:
        self._told.clear()
