"""Which evidence a visitor may see: that of openings, of free articles, and of those that they may read."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, Self
from uuid import UUID

from django.db.models import (
    BooleanField,
    Case,
    Exists,
    ExpressionWrapper,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    When,
)
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from wagtail.models import Locale, Page

from broadsheet.editorial.access import Access
from broadsheet.editorial.models import Article, ArticleQuerySet, Publication
from broadsheet.editorial.models.outline import editions
from broadsheet.editorial.models.rights import url_parts
from broadsheet.paywall.models import AccessRule
from broadsheet.platform.http.caching import as_cacheable_as, for_nobody_else
from broadsheet.site.reading.visit import Visit


def once_each(rows: QuerySet[Any], locale: Locale, page: str = "page__") -> QuerySet[Any]:
    """Of what stands in several editions that of `locale`, else that of the edition where it began.

    Of an edition that isn't published nothing is public. `page` leads from a row to its page.
    """
    printed = [edition.locale_id for edition in editions()]
    forms = Page.objects.filter(
        translation_key=OuterRef(f"{page}translation_key"), live=True, locale__in=printed
    )
    # First that which stands here, if any does.
    best = forms.order_by(Case(When(locale=locale, then=0), default=1), "pk").values("pk")[:1]
    is_shown = Q(**{f"{page}locale": locale}) | Q(**{f"{page}pk": Subquery(best)})
    return rows.filter(is_shown, **{f"{page}locale__in": printed})


@dataclass(frozen=True, slots=True)
class Seen:
    """Of some articles, by their ids, those that a visitor may read whole, and those of which the opening."""

    whole: set[int]
    begun: set[int]
    published: dict[int, datetime | None]
    """When each of the articles first was, also of those that are withheld."""

    def has(self, page_id: int, in_opening: bool) -> bool:
        return page_id in self.whole or (in_opening and page_id in self.begun)

    def first_of(self, rows: QuerySet[Any], most: int) -> list[Any]:
        """The first `most` of `rows` that they may see.

        They are sifted here: Django takes longer over a list of some hundred ids in a question than the
        database over the answer.
        """
        marked = rows.values_list("pk", "page_id", "in_opening")
        return in_order(rows, [pk for pk, page, in_opening in marked if self.has(page, in_opening)][:most])


def in_order(rows: QuerySet[Any], ids: list[int]) -> list[Any]:
    """Of `rows`, of any order, those with `ids` in theirs."""
    found = rows.order_by().in_bulk(ids)
    return [found[pk] for pk in ids]


@dataclass(frozen=True)
class Sight:
    publication: Publication
    sees_all: bool = False
    opened: frozenset[UUID] = frozenset()
    """Articles of which they may read all, by a grant or a gift."""

    @classmethod
    def of_stranger(cls) -> Self:
        return cls(Publication.load())

    @classmethod
    def of(cls, request: HttpRequest) -> Self:
        visit = Visit.of(request)
        if visit.works_here or visit.is_subscriber or visit.institution:
            return cls(visit.publication, sees_all=True)
        if not visit.cookies:
            return cls(visit.publication)
        granted = visit.holding.granted
        return cls(visit.publication, opened=granted | visit.gifts)

    @property
    def is_strangers(self) -> bool:
        return not (self.sees_all or self.opened)

    @cached_property
    def free(self) -> ArticleQuerySet:
        """The live originals that anybody may read whole."""
        ruled: ArticleQuerySet = AccessRule.objects.order_by("position", "pk").ruled(self.publication)
        return ruled.filter(ruled=Access.FREE)

    def is_open(self, page: str = "page__") -> Q:
        """Which articles they may read whole. `page` leads to the page."""
        if self.sees_all:
            return Q(**{f"{page}live": True})
        original = Coalesce(OuterRef(f"{page}alias_of"), OuterRef(f"{page}pk"))
        found = Q(Exists(self.free.filter(pk=original)))
        if self.opened:
            found |= Q(**{f"{page}translation_key__in": self.opened})
        return found

    def visible(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Of `rows`, of whatever kind of evidence, those that they may see."""
        if self.sees_all:
            return rows
        opening = {"page__evidence_recording__opening_words": self.publication.opening_words}
        return rows.filter(Q(in_opening=True, **opening) | self.is_open())

    def seen_of(self, articles: ArticleQuerySet, locale: Locale, most: int | None = None) -> Seen:
        """What they may see of the newest `articles`: asked once for rows of several kinds."""
        is_open = ExpressionWrapper(self.is_open(""), BooleanField())
        found = once_each(articles, locale, "").order_by("-first_published_at", "-pk")
        seen = Seen(set(), set(), {})
        for pk, published, whole, words in found.values_list(
            "pk", "first_published_at", is_open, "evidence_recording__opening_words"
        )[:most]:
            seen.published[pk] = published
            if whole:
                seen.whole.add(pk)
            elif words == self.publication.opening_words:
                seen.begun.add(pk)
        return seen

    def kept(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """`response`, which may go to others only where it shows what everyone may see."""
        return as_cacheable_as(request, response) if self.is_strangers else for_nobody_else(response)


@dataclass(frozen=True, slots=True)
class Line:
    """An article as a line about something in it shows it: a page of evidence has many."""

    headline: str
    url: str
    uuid: UUID
    first_published_at: datetime | None


def lines_about(page_ids: Iterable[int]) -> dict[int, Line]:
    """Page id → what a line about it shows."""
    found = Article.objects.filter(pk__in=set(page_ids)).order_by()
    lines = {}
    shown = ("pk", "path", "url_path", "title", "translation_key", "first_published_at")
    for pk, path, url_path, headline, uuid, published in found.values_list(*shown):
        parts = url_parts(path, url_path)
        lines[pk] = Line(headline, parts[2] if parts else "/", uuid, published)
    return lines


def attach_articles(*lists: list[Any]) -> None:
    """Gives each row of all the `lists` its `article` as a line shows it, in one query."""
    articles = lines_about(row.page_id for rows in lists for row in rows)
    for rows in lists:
        for row in rows:
            row.article = articles[row.page_id]
