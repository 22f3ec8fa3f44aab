"""What the front takes of one connection, and of all. Whoever wants more is refused, and closed."""

from collections import Counter
from typing import NamedTuple

from broadsheet.platform.http.networks import network_of
from broadsheet.platform.http.proxy import Address

LONGEST_TARGET = 8_192
MOST_HEADERS = 100
LONGEST_HEADERS = 32_768
"""Bytes of all headers together."""
MOST_BODY = 1024 * 1024 * 1024
"""Bytes: sound for the desk. What Django takes is less, and depends on where it goes."""
MOST_PIPELINED = 16
METHODS = frozenset({b"GET", b"HEAD", b"POST", b"PUT", b"PATCH", b"DELETE", b"OPTIONS"})

SECONDS_FOR_HEADERS = 10.0
"""From the first byte to the last, and from the connection to the first."""
SECONDS_IDLE = 75.0
"""That a connection stays open after an answer."""
SECONDS_FOR_MORE = 30.0
"""Of silence within a body, or in which a visitor takes nothing of an answer."""
SECONDS_TO_DRAIN = 2.0
"""That a connection without a request stays open once the process is to end: one may be on its way."""

MOST_CONNECTIONS = 8_192
MOST_OF_NETWORK = 600
"""Connections of one address, or of one IPv6 /56. Trusted proxies speak for many, and have no limit."""


class Refusal(NamedTuple):
    status: int
    reason: str
    retry_after: int = 0


BAD_REQUEST = Refusal(400, "This is no request that can be answered.")
NO_HOST = Refusal(400, "The request must name one host, which is that of this magazine.")
BAD_TARGET = Refusal(400, "The address must be a path, in ASCII.")
TOO_OLD = Refusal(505, "This server speaks HTTP/1.0 and HTTP/1.1.")
NO_METHOD = Refusal(405, "This method is not served.")
TOO_SLOW = Refusal(408, "The request took too long.")
TOO_LARGE = Refusal(413, "The body is too large.")
LONG_TARGET = Refusal(414, "The address is too long.")
LONG_HEADERS = Refusal(431, "The headers are too long, or too many.")
BUSY = Refusal(503, "Too many are waiting. Please try again in a few seconds.", retry_after=5)
AWAY = Refusal(503, "The magazine can’t be reached just now. Please try again in a minute.", retry_after=30)

PHRASES = {
    400: "Bad Request",
    405: "Method Not Allowed",
    408: "Request Timeout",
    413: "Content Too Large",
    414: "URI Too Long",
    431: "Request Header Fields Too Large",
    503: "Service Unavailable",
    505: "HTTP Version Not Supported",
}


def headers_of(refusal: Refusal, length: int) -> list[tuple[bytes, bytes]]:
    found = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(length).encode()),
        (b"cache-control", b"private, no-store"),
        (b"x-content-type-options", b"nosniff"),
        (b"connection", b"close"),
    ]
    if refusal.retry_after:
        found.append((b"retry-after", str(refusal.retry_after).encode()))
    return found


def written(refusal: Refusal, date: bytes, *, with_body: bool = True) -> bytes:
    body = refusal.reason.encode()
    lines = [f"HTTP/1.1 {refusal.status} {PHRASES[refusal.status]}\r\n".encode(), date]
    lines += [name + b": " + value + b"\r\n" for name, value in headers_of(refusal, len(body))]
    return b"".join([*lines, b"\r\n", body if with_body else b""])


class Connected:
    """How many connections each network has."""

    def __init__(self, most: int = MOST_CONNECTIONS, most_of_network: int = MOST_OF_NETWORK) -> None:
        self.most, self.most_of_network = most, most_of_network
        self.number = 0
        self._of_network: Counter[str] = Counter()

    def come(self, address: Address, *, is_trusted: bool) -> bool:
        """Whether one more is taken in. If so, it must `leave`."""
        network = network_of(address)
        if self.number >= self.most:
            return False
        if not is_trusted and self._of_network[network] >= self.most_of_network:
            return False
        self.number += 1
        self._of_network[network] += 1
        return True

    def leave(self, address: Address) -> None:
        network = network_of(address)
        self.number -= 1
        self._of_network[network] -= 1
        if not self._of_network[network]:
            del self._of_network[network]
