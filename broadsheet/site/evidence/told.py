"""Rows of evidence as pages show many of them: plain values, asked for together with article and source."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from django.urls import reverse

from broadsheet.evidence.models import Position, Quotation, TimelineEntry
from broadsheet.evidence.models.rows import OnPage
from broadsheet.evidence.models.source import NamedSource
from broadsheet.site.evidence.sight import OF_LINES, Line, line_of

OF_SOURCES = ("outlet", "title", "link", "archived_link")


@dataclass(frozen=True)
class Told:
    pk: int
    added_at: datetime
    article: Line
    source: NamedSource
    text: str

    @property
    def added_seconds(self) -> str:
        """When readers could first see it, as the script that marks what is new compares it."""
        return str(int(self.added_at.timestamp()))


@dataclass(frozen=True)
class Event(Told):
    when: str


@dataclass(frozen=True)
class Held(Told):
    question: str
    words: str
    name: str
    slug: str

    @cached_property
    def address(self) -> str:
        return reverse("speaker", args=[self.slug])


@dataclass(frozen=True)
class Said(Told):
    role: str
    said_on: date | None
    where: str


def events(ids: list[int]) -> list[Event]:
    return _told(TimelineEntry, ids, Event, "when")


def positions(ids: list[int]) -> list[Held]:
    return _told(Position, ids, Held, "question", "words", "holder__name", "holder__slug")


def quotations(ids: list[int]) -> list[Said]:
    return _told(Quotation, ids, Said, "role", "said_on", "where")


def _told[T: Told](kind: type[OnPage], ids: list[int], form: Callable[..., T], *fields: str) -> list[T]:
    """Those with `ids`, in their order."""
    if not ids:
        return []
    about = [f"page__{name}" for name in OF_LINES] + [f"source__{name}" for name in OF_SOURCES]
    rows = kind._default_manager.order_by().filter(pk__in=ids)
    found = rows.values_list("pk", "added_at", *about, "text", *fields)
    lines, sources = len(OF_LINES), len(OF_LINES) + len(OF_SOURCES)
    made = {
        pk: form(pk, added_at, line_of(*told[:lines]), NamedSource(*told[lines:sources]), *told[sources:])
        for pk, added_at, *told in found
    }
    return [made[pk] for pk in ids]
