"""Which of its few forms a page is asked for in. Plain Python: the front picks one without Django.

A rendition is the same bytes for all to whom it may go, so that it can be kept. The front asks Django for it
in words that no visitor can use: see `broadsheet.edge.rendering`.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

KEY = "broadsheet.rendition"
"""Where it stands in a WSGI environ. Nothing that a visitor sends comes there."""


class Audience(StrEnum):
    STRANGER = "stranger"
    READER = "reader"
    SUBSCRIBER = "subscriber"


@dataclass(frozen=True, eq=False)
class Rendition:
    """There is one object of each, so that they are compared by what they are and not by what is in them."""

    audience: Audience
    is_full: bool
    """Whether an article is shown whole. Other pages are never full, and a free article needs not be."""

    @classmethod
    def of(cls, audience: Audience, *, is_full: bool) -> "Rendition":
        return ALL[audience, is_full]

    @classmethod
    def named(cls, name: str) -> "Rendition":
        """That of the name in `str`; raises KeyError."""
        return NAMED[name]

    def __str__(self) -> str:
        return f"{self.audience}-{self.form}"

    @property
    def form(self) -> str:
        return "full" if self.is_full else "public"

    @property
    def is_signed_in(self) -> bool:
        return self.audience != Audience.STRANGER


ALL = {
    (audience, is_full): Rendition(audience, is_full) for audience in Audience for is_full in (False, True)
}
NAMED = {str(rendition): rendition for rendition in ALL.values()}
PUBLIC = Rendition.of(Audience.STRANGER, is_full=False)


def wanted(request: Any) -> Rendition | None:
    """The rendition that this request of Django's is for; None: whatever its visitor may have."""
    found: Rendition | None = request.META.get(KEY)
    return found
