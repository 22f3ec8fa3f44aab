"""Which of its few forms a page is asked for in. Plain Python: the front picks one without Django.

A rendition is the same bytes for all to whom it may go, so that it can be kept. The front asks Django for it
in words that no visitor can use: see `broadsheet.edge.rendering`.
"""

from enum import StrEnum
from typing import Any, NamedTuple, Self

KEY = "broadsheet.rendition"
"""Where it stands in a WSGI environ. Nothing that a visitor sends comes there."""


class Audience(StrEnum):
    STRANGER = "stranger"
    READER = "reader"
    SUBSCRIBER = "subscriber"


class Rendition(NamedTuple):
    audience: Audience
    is_full: bool
    """Whether an article is shown whole. Other pages are never full, and a free article needs not be."""

    @classmethod
    def named(cls, name: str) -> Self:
        """That of the name in `str`; raises ValueError."""
        audience, _, form = name.partition("-")
        if form not in {"public", "full"}:
            raise ValueError(name)
        return cls(Audience(audience), form == "full")

    def __str__(self) -> str:
        return f"{self.audience}-{self.form}"

    @property
    def form(self) -> str:
        return "full" if self.is_full else "public"

    @property
    def is_signed_in(self) -> bool:
        return self.audience != Audience.STRANGER


PUBLIC = Rendition(Audience.STRANGER, is_full=False)


def wanted(request: Any) -> Rendition | None:
    """The rendition that this request of Django's is for; None: whatever its visitor may have."""
    found: Rendition | None = request.META.get(KEY)
    return found
