"""Heads that were parsed before. Whoever sends the same bytes again is answered without a parser.

A wave of readers comes from one link with few kinds of browsers, so that most of what they send differs in
nothing but the address, which a proxy names, and in what they have of ours in cookies. All that is taken
without a parser, a parser has taken before, byte for byte: the target, the address, the cookies, and all that
is around them.
"""

from broadsheet.edge.front.asked import Told

FIRST, VERSION, LINE, END = b"GET ", b" HTTP/1.1\r\n", b"\r\n", b"\r\n\r\n"
FORWARDED_FOR = b"\r\nX-Forwarded-For: ", b"\r\nx-forwarded-for: "
COOKIE = b"\r\nCookie: ", b"\r\ncookie: "
"""At the beginning of a line, as proxies write them. What is written otherwise stays in the rest."""
LONGEST_TARGET = 300
LONGEST = 2_048
"""Bytes of a head that is remembered, besides those three."""
MOST = 4_096


type Rest = tuple[bytes, bytes, bytes]
"""What is before, between and behind the two values that are cut out, with the names of their headers."""
type Parts = tuple[bytes, bytes, bytes, Rest]
"""The target, for whom a proxy speaks, the cookies, and all else. A class with names for them would cost more
than finding one of them."""


def parts_of(data: bytes) -> Parts | None:
    """Of what may be one whole request without a body; None where it is none that is remembered."""
    end = data.find(VERSION, len(FIRST), LONGEST_TARGET)
    if end < 0 or not (data.startswith(FIRST) and data.endswith(END)):
        return None
    spoken, spoken_to = _value(data, FORWARDED_FOR, end)
    cookies, cookies_to = _value(data, COOKIE, end)
    if cookies < spoken:
        rest = data[end:cookies], data[cookies_to:spoken], data[spoken_to:]
    else:
        rest = data[end:spoken], data[spoken_to:cookies], data[cookies_to:]
    return data[len(FIRST) : end], data[spoken:spoken_to], data[cookies:cookies_to], rest


def _value(data: bytes, names: tuple[bytes, bytes], begin: int) -> tuple[int, int]:
    """Where the value of the header of one of `names` begins and ends: both at `begin` where there is none.

    Of two of one name it is the last: the parser's word on such a request is not remembered.
    """
    for name in names:
        at = data.rfind(name, begin)
        if at >= 0:
            at += len(name)
            return at, data.find(LINE, at)
    return begin, begin


class KnownHeads:
    def __init__(self) -> None:
        self._told: dict[Rest, Told] = {}
        self.of = self._told.get
        """What the parser told of a request with this rest."""

    def remember(self, data: bytes, told: Told) -> None:
        """`data` was one whole request, which the parser took, and after which the connection goes on."""
        parts = parts_of(data)
        if parts is None or data.find(END) + len(END) < len(data):
            return
        rest = parts[-1]
        if sum(map(len, rest)) > LONGEST:
            return
        if len(self._told) >= MOST:
            self._told.clear()
        self._told[rest] = told

    def forget(self) -> None:
        self._told.clear()
