"""The tree above the articles: editions, their sections and standing pages. Each process keeps it.

What is handed out is a copy, with what it looks up later: nobody else meets that.
"""

from collections.abc import Iterable, Iterator
from copy import copy
from dataclasses import dataclass
from typing import Any

from django.db.models.signals import post_delete, post_save
from wagtail.models import Locale, Page, PageViewRestriction, Site
from wagtail.signals import post_page_move

from broadsheet.editorial.models.article import TAG as ARTICLES
from broadsheet.editorial.models.article import Article, Byline
from broadsheet.editorial.models.author import Author
from broadsheet.editorial.models.correction import Correction
from broadsheet.editorial.models.fronts import TAG, Edition, Section
from broadsheet.editorial.models.picture import Picture
from broadsheet.editorial.models.standing_page import StandingPage
from broadsheet.platform.kept import Kept, edited, watch

DEPTH = 3
"""That of sections and standing pages; below them stand articles."""


@dataclass(frozen=True, slots=True)
class Outline:
    """Each by its path in the tree, in the order of the tree; with those that aren't published."""

    editions: dict[str, Edition]
    sections: dict[str, Section]
    standing_pages: dict[str, StandingPage]
    private: tuple[str, ...]
    """Paths of pages that Wagtail was told to keep private, and all below them."""
    site_id: int | None
    """None: there is no site yet, so that no page has an address."""

    def is_public(self, path: str) -> bool:
        return not path.startswith(self.private) if self.private else True


def _read() -> Outline:
    def by_path[P: Page](kind: type[P], *left_out: str) -> dict[str, P]:
        found = kind.objects.select_related("locale").defer(*left_out).order_by("path")
        return {page.path: page for page in found}

    return Outline(
        editions=by_path(Edition),
        sections=by_path(Section),
        standing_pages=by_path(StandingPage, "body"),
        private=tuple(PageViewRestriction.objects.values_list("page__path", flat=True)),
        site_id=Site.objects.order_by("-is_default_site").values_list("pk", flat=True).first(),
    )


outline = Kept(_read, TAG)


def editions() -> list[Edition]:
    """Those that are published, in order."""
    return [copy(edition) for edition in outline().editions.values() if edition.live]


def names() -> dict[str, str]:
    """What editions are called in short, by their tags; also of those that aren't published."""
    return {one.locale.language_code: one.short_name for one in outline().editions.values()}


def edition_of(tag: str) -> Edition | None:
    """The published one of that language tag."""
    return next((one for one in editions() if one.locale.language_code == tag), None)


def edition_above(page: Page) -> Edition:
    """The one that a section, a standing page or an article belongs to."""
    path = page.path[: 2 * page.steplen]
    kept = outline().editions.get(path)
    # Another process may have made it within this second.
    return copy(kept) if kept else Edition.objects.select_related("locale").get(path=path)


def section_above(article: Page) -> Section:
    path = article.path[: -article.steplen]
    kept = outline().sections.get(path)
    return copy(kept) if kept else Section.objects.select_related("locale").get(path=path)


def sections_of(edition: Edition) -> list[Section]:
    """Those that are published, in order."""
    return list(_public_below(edition, outline().sections))


def standing_pages_of(edition: Edition) -> list[StandingPage]:
    """Those that are published, in order."""
    return list(_public_below(edition, outline().standing_pages))


def _public_below[P: Page](edition: Edition, pages: dict[str, P]) -> Iterator[P]:
    whole = outline()
    for path, page in pages.items():
        if page.live and path.startswith(edition.path) and whole.is_public(path):
            yield copy(page)


def _note(instance: Page, **kwargs: Any) -> None:
    if instance.depth <= DEPTH:
        edited(TAG)
    else:
        edited(ARTICLES)


OF_DRAFTS = frozenset(
    {"draft_title", "has_unpublished_changes", "latest_revision", "latest_revision_created_at"}
)


def _note_article(update_fields: Iterable[str] | None = None, **kwargs: Any) -> None:
    # A draft is saved every few seconds while somebody writes, and no reader sees it.
    if update_fields is None or not OF_DRAFTS.issuperset(update_fields):
        edited(ARTICLES)


def connect() -> None:
    watch(TAG, Locale, PageViewRestriction, Site)
    watch(ARTICLES, Byline, Correction, Article.topics.through)
    watch("pictures", Picture)
    watch("authors", Author)
    for signal in (post_save, post_delete):
        signal.connect(_note_article, sender=Article, dispatch_uid="editorial.outline.articles")
    # Wagtail saves a page as what it is, or as a page like any other.
    for kind in (Page, Edition, Section, StandingPage):
        for signal in (post_save, post_delete):
            signal.connect(_note, sender=kind, dispatch_uid=f"editorial.outline.{kind.__name__}")
    post_page_move.connect(_note, dispatch_uid="editorial.outline")
