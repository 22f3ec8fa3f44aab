"""One request, as the front looks at it."""

from typing import NamedTuple

from broadsheet.edge.front.rules import Rules
from broadsheet.platform.http.proxy import Address

# A request that has one of them is no plain question: it goes to Django.
NOT_PLAIN = frozenset(
    {
        *(b"authorization", b"content-length", b"expect", b"transfer-encoding", b"upgrade"),
        b"x-http-method-override",
    }
)
SAFE = frozenset({b"GET", b"HEAD"})


class Place(NamedTuple):
    """Where a visitor is, by the rules at that time."""

    rules: Rules
    address: Address
    is_secure: bool
    is_special: bool
    """Whether it is in the network of an institution."""


class Asked(NamedTuple):
    method: bytes
    url: bytes
    """The target: path and query, as they were sent."""
    headers: list[tuple[bytes, bytes]]
    """Names in lower case, in order."""
    picked: dict[bytes, bytes]
    """Of two of one name the last."""
    place: Place
    is_plain: bool
    """Whether a page may be the answer."""

    @property
    def is_head(self) -> bool:
        return self.method == b"HEAD"

    @property
    def is_speculative(self) -> bool:
        """Whether a browser fetches ahead, for a reader who may never come."""
        purpose = self.picked.get(b"sec-purpose", b"") + self.picked.get(b"purpose", b"")
        return b"prefetch" in purpose or b"prerender" in purpose
