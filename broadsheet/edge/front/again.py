"""Heads that were parsed before. Whoever sends the same bytes again is answered without a parser.

A wave of readers comes from one link with few kinds of browsers, so that most of what they send differs in
nothing but the address, which a proxy names, and in what they have of ours in cookies. All that is taken
without a parser, a parser has taken before, byte for byte: the target, the address, the cookies, and all that
is around them.
"""

from typing import NamedTuple

from broadsheet.edge.front.asked import Told
from broadsheet.edge.front.looking import Form

FIRST, VERSION, LINE, END = b"GET ", b" HTTP/1.1\r\n", b"\r\n", b"\r\n\r\n"
FORWARDED_FOR, COOKIE = b"\r\nX-Forwarded-For: ", b"\r\nCookie: "
"""At the beginning of a line, as proxies write them. What is written otherwise stays in the rest."""
OTHER_FORWARDED_FOR, OTHER_COOKIE = FORWARDED_FOR.lower(), COOKIE.lower()
TO_TARGET, TO_ADDRESS, TO_COOKIES = len(FIRST), len(FORWARDED_FOR), len(COOKIE)
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
    end = data.find(VERSION, TO_TARGET, LONGEST_TARGET)
    if end < 0 or not (data.startswith(FIRST) and data.endswith(END)):
        return None
    # Of two of one name the last is found: the parser's word on such a request is not remembered.
    # What isn't there is empty, and stands at the end of the first line.
    spoken = data.rfind(FORWARDED_FOR, end)
    if spoken < 0:
        spoken = data.rfind(OTHER_FORWARDED_FOR, end)
    if spoken < 0:
        spoken = spoken_to = end
    else:
        spoken += TO_ADDRESS
        spoken_to = data.find(LINE, spoken)
    cookies = data.rfind(COOKIE, end)
    if cookies < 0:
        cookies = data.rfind(OTHER_COOKIE, end)
    if cookies < 0:
        cookies = cookies_to = end
    else:
        cookies += TO_COOKIES
        cookies_to = data.find(LINE, cookies)
    if cookies < spoken:
        rest = data[end:cookies], data[cookies_to:spoken], data[spoken_to:]
    else:
        rest = data[end:spoken], data[spoken_to:cookies], data[cookies_to:]
    return data[TO_TARGET:end], data[spoken:spoken_to], data[cookies:cookies_to], rest


class Known(NamedTuple):
    """What the parser said of a request."""

    cookies: bytes
    scheme: bytes
    """By which the visitor came, as the proxy said."""
    form: Form


class KnownHeads:
    def __init__(self) -> None:
        self._known: dict[Rest, Known] = {}
        self.of = self._known.get
        """Of a request with this rest."""

    def remember(self, data: bytes, told: Told, form: Form) -> None:
        """`data` was one whole request, which the parser took, and after which the connection goes on."""
        parts = parts_of(data)
        if parts is None or data.find(END) + len(END) < len(data):
            return
        rest = parts[-1]
        if sum(map(len, rest)) > LONGEST:
            return
        if len(self._known) >= MOST:
            self._known.clear()
        self._known[rest] = Known(told[1], told[-1], form)

    def forget(self) -> None:
        self._known.clear()
