"""One request, as the front looks at it."""

from operator import itemgetter
from typing import NamedTuple

from broadsheet.edge.front.rules import Rules, Target
from broadsheet.platform.http.proxy import Address

# A request that has one of them is no plain question: it goes to Django.
NOT_PLAIN = frozenset(
    {
        *(b"authorization", b"content-length", b"expect", b"transfer-encoding", b"upgrade"),
        b"x-http-method-override",
    }
)
SAFE = frozenset({b"GET", b"HEAD"})
LOOKED_AT = (
    *(b"host", b"cookie", b"user-agent", b"accept-encoding", b"if-none-match", b"if-modified-since"),
    *(b"sec-purpose", b"purpose", b"x-forwarded-for", b"x-forwarded-proto"),
)
MOST_REMEMBERED = 4_096

type Told = tuple[bytes, bytes, bytes, bytes, bytes, bytes, bytes, bytes, bytes, bytes]
"""The values of `LOOKED_AT` in that order, empty where there is none; of two of one name the last."""


class Names:
    """What can be said of a request by the names of its headers, in their order."""

    __slots__ = ("_at", "has_doubled", "is_plain", "lower")

    def __init__(self, names: tuple[bytes, ...]) -> None:
        self.lower = [name.lower() for name in names]
        found = {name: at for at, name in enumerate(self.lower)}
        self.has_doubled = len(found) < len(names)
        self.is_plain = not self.has_doubled and found.keys().isdisjoint(NOT_PLAIN)
        # What isn't there is taken from behind the last value.
        self._at = itemgetter(*(found.get(name, len(names)) for name in LOOKED_AT))

    def told(self, values: list[bytes]) -> Told:
        found: Told = self._at((*values, b""))
        return found


class KnownNames:
    """Browsers send the same names in the same order, so that they are looked at once."""

    def __init__(self) -> None:
        self._known: dict[tuple[bytes, ...], Names] = {}

    def of(self, names: tuple[bytes, ...]) -> Names:
        found = self._known.get(names)
        if found is None:
            found = Names(names)
            if len(self._known) >= MOST_REMEMBERED:
                self._known.clear()
            self._known[names] = found
        return found


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
    told: Told
    target: Target
    place: Place
    is_plain: bool
    """Whether a page may be the answer."""

    @property
    def is_head(self) -> bool:
        return self.method == b"HEAD"

    @property
    def has_body(self) -> bool:
        return any(name in {b"content-length", b"transfer-encoding"} for name, _ in self.headers)

    def named(self, name: bytes) -> bytes:
        """The value of a header, the last of two of one name; empty where there is none."""
        return next((value for one, value in reversed(self.headers) if one == name), b"")


def is_speculative(purpose: bytes, other: bytes) -> bool:
    """Whether a browser fetches ahead, by Sec-Purpose or Purpose, for a reader who may never come."""
    return bool(purpose or other) and (b"prefetch" in (told := purpose + other) or b"prerender" in told)
