"""Which evidence a visitor may see: that of openings, of free articles, and of those that they may read."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, Self
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from wagtail.models import Locale, Page

from broadsheet.editorial.access import Access
from broadsheet.editorial.models import Article, ArticleQuerySet, Publication
from broadsheet.editorial.models.outline import editions, outline
from broadsheet.editorial.models.rights import url_parts
from broadsheet.paywall.access import age_of, deciding
from broadsheet.paywall.models import AccessRule
from broadsheet.paywall.models.access_rule import rules_in_force
from broadsheet.platform import clock
from broadsheet.platform.http.caching import as_cacheable_as, for_nobody_else
from broadsheet.site.reading.visit import Visit


def once_each(rows: QuerySet[Any], locale: Locale, page: str = "page__") -> QuerySet[Any]:
    """Of what stands in several editions that of `locale`, else that of the edition where it began.

    Nothing is public of an edition that is not published, nor below a page that is private. `page` leads
    from a row to its page.
    """
    printed = [edition.locale_id for edition in editions()]
    found = rows.filter(**{f"{page}locale__in": printed})
    for path in outline().private:
        found = found.exclude(**{f"{page}path__startswith": path})
    if len(printed) == 1:
        return found
    forms = Page.objects.filter(
        translation_key=OuterRef(f"{page}translation_key"), live=True, locale__in=printed
    )
    better = forms.filter(Q(locale=locale) | Q(pk__lt=OuterRef(f"{page}pk")))
    return found.filter(Q(**{f"{page}locale": locale}) | ~Exists(better))


@dataclass(frozen=True, slots=True)
class Seen:
    """Of some articles, by their ids, those that a visitor may read whole, and those of which the opening."""

    whole: set[int]
    begun: set[int]
    published: dict[int, datetime | None]
    """When each of the articles first was, also of those that are withheld."""

    def has(self, page_id: int, in_opening: bool) -> bool:
        return page_id in self.whole or (in_opening and page_id in self.begun)

    def sift(self, rows: Iterable[tuple[int, int, bool]]) -> list[int]:
        """The ids of those `marked` rows that they may see.

        They are sifted here: Django takes longer over a list of some hundred ids in a question than the
        database over the answer.
        """
        return [pk for pk, page, in_opening in rows if self.has(page, in_opening)]


def marked(rows: QuerySet[Any]) -> QuerySet[Any, tuple[int, int, bool]]:
    """Of each row of evidence its id, its page's, and whether everyone may read it."""
    return rows.values_list("pk", "page_id", "in_opening")


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

    def seen_of(self, articles: QuerySet[Any]) -> Seen:
        """What they may see of `articles`: asked once for rows of several kinds."""
        asked = ("pk", "first_published_at", "evidence_recording__opening_words", *ASKED_OF_ACCESS)
        found = list(articles.filter(live=True).order_by().values_list(*asked))
        opened = set()
        if self.opened and not self.sees_all:
            opened = set(articles.filter(translation_key__in=self.opened).values_list("pk", flat=True))
        is_free = Free(self.publication, [pk for pk, *_about in found])
        seen = Seen(set(), set(), {})
        for pk, published, words, *about in found:
            seen.published[pk] = published
            if self.sees_all or pk in opened or is_free(pk, published, *about):
                seen.whole.add(pk)
            elif words == self.publication.opening_words:
                seen.begun.add(pk)
        return seen

    def kept(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """`response`, which may go to others only where it shows what everyone may see."""
        return as_cacheable_as(request, response) if self.is_strangers else for_nobody_else(response)


ASKED_OF_ACCESS = ("access", "kind", "path", "alias_of__path", "alias_of__live")
"""What `Free` asks of an article."""


class Free:
    """Which of some articles, by their ids, anybody may read whole, as `paywall.access.ruling` says.

    It is told here, and not by the database as `Sight.free`: for the articles of one page that is quicker.
    """

    def __init__(self, publication: Publication, articles: list[int]) -> None:
        self._otherwise = publication.access
        self._sections = outline().sections
        self._rules = rules_in_force()
        self._at = clock.now()
        self._topics: dict[int, set[int]] = {}
        if topics := {rule.topic_id for rule in self._rules if rule.topic_id}:
            rows = Article.topics.through.objects.filter(topic__in=topics, article__in=articles)
            for article, topic in rows.values_list("article", "topic"):
                self._topics.setdefault(article, set()).add(topic)

    def __call__(
        self,
        pk: int,
        published: datetime | None,
        access: str,
        kind: str,
        path: str,
        path_of_original: str | None,
        original_is_live: bool | None,
    ) -> bool:
        section = self._sections.get((path_of_original or path)[: -Page.steplen])
        if section is None or original_is_live is False:
            return False
        if not access:
            rule = deciding(
                self._rules,
                section=section.pk,
                kind=kind,
                topics=self._topics.get(pk, ()),
                age=age_of(published, self._at),
            )
            access = rule.access if rule else section.access or self._otherwise
        return access == Access.FREE


@dataclass(frozen=True, slots=True)
class Line:
    """An article as a line about something in it shows it: a page of evidence has many."""

    headline: str
    url: str
    uuid: UUID
    first_published_at: datetime | None


OF_LINES = ("title", "path", "url_path", "translation_key", "first_published_at")
"""Fields of a page that a `Line` is made of."""


def line_of(headline: str, path: str, url_path: str, uuid: UUID, published: datetime | None) -> Line:
    parts = url_parts(path, url_path)
    return Line(headline, parts[2] if parts else "/", uuid, published)


def lines_about(page_ids: Iterable[int]) -> dict[int, Line]:
    """Page id → what a line about it shows."""
    found = Article.objects.filter(pk__in=set(page_ids)).order_by()
    return {pk: line_of(*about) for pk, *about in found.values_list("pk", *OF_LINES)}


def attach_articles(*lists: list[Any]) -> None:
    """Gives each row of all the `lists` its `article` as a line shows it, in one query."""
    articles = lines_about(row.page_id for rows in lists for row in rows)
    for rows in lists:
        for row in rows:
            row.article = articles[row.page_id]
