"""One request, as the front looks at it."""

from typing import NamedTuple

from broadsheet.platform.http.proxy import Address

# A request that has one of them is no plain question: it goes to Django.
NOT_PLAIN = frozenset(
    {
        *(b"authorization", b"content-length", b"expect", b"transfer-encoding", b"upgrade"),
        b"x-http-method-override",
    }
)
SAFE = frozenset({b"GET", b"HEAD"})


class Asked(NamedTuple):
    method: bytes
    url: bytes
    """The target: path and query, as they were sent."""
    headers: list[tuple[bytes, bytes]]
    """Names in lower case, in order."""
    picked: dict[bytes, bytes]
    """Of two of one name the last."""
    address: Address
    """The visitor's own."""
    is_secure: bool

    @property
    def is_plain(self) -> bool:
        """Whether a page may be the answer."""
        return (
            self.method in SAFE
            and self.picked.keys().isdisjoint(NOT_PLAIN)
            and len(self.picked) == len(self.headers)
        )

    @property
    def is_head(self) -> bool:
        return self.method == b"HEAD"

    @property
    def is_speculative(self) -> bool:
        """Whether a browser fetches ahead, for a reader who may never come."""
        purpose = self.picked.get(b"sec-purpose", b"") + self.picked.get(b"purpose", b"")
        return b"prefetch" in purpose or b"prerender" in purpose
