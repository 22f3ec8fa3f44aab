"""Which evidence a visitor may see: that of openings, of free articles, and of those that they may read."""

from dataclasses import dataclass
from typing import Any, Self
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from wagtail.models import Locale, Page

from broadsheet.editorial.access import Access
from broadsheet.editorial.models import Article, ArticleQuerySet, Edition, Publication, attach_sections
from broadsheet.paywall.models import AccessRule
from broadsheet.paywall.verdict import Visitor
from broadsheet.platform.http.caching import as_cacheable_as, for_nobody_else
from broadsheet.site.reading.case import holding_of
from broadsheet.site.reading.visit import Visit


def free_articles(publication: Publication) -> ArticleQuerySet:
    """The live originals that anybody may read whole."""
    ruled: ArticleQuerySet = AccessRule.objects.order_by("position", "pk").ruled(publication)
    return ruled.filter(ruled=Access.FREE)


def in_print(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Of an edition that isn't published nothing is public."""
    return rows.filter(page__locale__in=Edition.objects.live().values("locale"))


def once_each(rows: QuerySet[Any], locale: Locale) -> QuerySet[Any]:
    """Of what stands in several editions that of `locale`, else that of the edition where it began."""
    forms = Page.objects.live().filter(translation_key=OuterRef("page__translation_key"))
    forms = forms.filter(locale__in=Edition.objects.live().values("locale"))
    is_nowhere_here = ~Exists(forms.filter(locale=locale))
    began_it = Q(page=Subquery(forms.order_by("pk").values("pk")[:1]))
    return in_print(rows).filter(Q(page__locale=locale) | (is_nowhere_here & began_it))


@dataclass(frozen=True, slots=True)
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
        granted = holding_of(visit).as_held_by(Visitor()).granted
        return cls(visit.publication, opened=granted | visit.gifts)

    @property
    def is_strangers(self) -> bool:
        return not (self.sees_all or self.opened)

    def visible(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Of `rows`, of whatever kind of evidence, those that they may see."""
        if self.sees_all:
            return rows
        seen: Any = Q(in_opening=True, page__evidence_recording__opening_words=self.publication.opening_words)
        original = Coalesce(OuterRef("page__alias_of"), OuterRef("page"))
        seen |= Exists(free_articles(self.publication).filter(pk=original))
        if self.opened:
            seen |= Q(page__translation_key__in=self.opened)
        return rows.filter(seen)

    def kept(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """`response`, which may go to others only where it shows what everyone may see."""
        return as_cacheable_as(request, response) if self.is_strangers else for_nobody_else(response)


def articles_of(rows: list[Any]) -> dict[int, Article]:
    """Page id → article, with what a line about it shows."""
    found = Article.objects.filter(pk__in={row.page_id for row in rows}).for_teasers()
    return {article.pk: article for article in attach_sections(found)}


def attach_articles(rows: list[Any]) -> list[Any]:
    """Gives each row its `article`, in a constant number of queries."""
    articles = articles_of(rows)
    for row in rows:
        row.article = articles[row.page_id]
    return rows
