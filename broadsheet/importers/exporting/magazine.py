"""What an export for another system takes of one edition, in batches, so that memory stays flat."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from wagtail.contrib.redirects.models import Redirect

from broadsheet.editorial.models import (
    Article,
    ArticleQuerySet,
    Author,
    Edition,
    Publication,
    Section,
    StandingPage,
    Topic,
)

BATCH = 100


@dataclass(frozen=True, slots=True)
class Piece:
    """An article as it is exported: as published, or as its newest draft where it isn't."""

    article: Article
    section: Section
    access: str
    scheduled_for: datetime | None

    @property
    def published_at(self) -> datetime | None:
        return self.article.first_published_at if self.article.live else self.scheduled_for


class Magazine:
    def __init__(self, edition: Edition) -> None:
        self.edition = edition
        self.tag: str = edition.locale.language_code
        self.publication = Publication.load()

    @cached_property
    def sections(self) -> list[Section]:
        return list(Section.objects.child_of(self.edition).order_by("path"))

    @cached_property
    def authors(self) -> list[Author]:
        signed = Author.objects.filter(bylines__article__in=self._articles()).distinct()
        return list(signed.select_related("picture").order_by("pk"))

    @cached_property
    def topics(self) -> list[Topic]:
        return list(Topic.objects.filter(articles__in=self._articles()).distinct().order_by("pk"))

    def pieces(self) -> Iterator[Piece]:
        """Oldest first, as other systems number them."""
        last = 0
        while batch := list(
            self._articles()
            .filter(pk__gt=last)
            .select_related("picture", "locale")
            .prefetch_related("bylines__author", "topics", "corrections")
            .order_by("pk")[:BATCH]
        ):
            for article in batch:
                yield self._piece(article)
            last = batch[-1].pk

    def pages(self) -> list[StandingPage]:
        return list(StandingPage.objects.child_of(self.edition).order_by("path"))

    def _articles(self) -> ArticleQuerySet:
        below: ArticleQuerySet = Article.objects.descendant_of(self.edition)
        return below

    def _piece(self, article: Article) -> Piece:
        section = article.section
        scheduled = None if article.live else article.scheduled_revision
        if scheduled:
            article = scheduled.as_object()
        elif not article.live:
            article = article.get_latest_revision_as_object()
        return Piece(
            article=article,
            section=section,
            access=article.access or section.access or self.publication.access,
            scheduled_for=scheduled.approved_go_live_at if scheduled else None,
        )


def redirects() -> Iterator[Redirect]:
    """Those that lead somewhere, of all editions."""
    for redirect in Redirect.objects.select_related("redirect_page").order_by("pk").iterator(BATCH):
        if redirect.link:
            yield redirect
