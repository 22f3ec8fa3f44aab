"""What stands in a page's head for search engines, feed readers and whoever shows a link to it."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db.models import QuerySet, UUIDField
from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from wagtail.models import Page

from broadsheet.editorial.context import edition_of, editions_of
from broadsheet.editorial.media.renditions import address, size_of
from broadsheet.editorial.models import (
    Article,
    Edition,
    Narration,
    Picture,
    Publication,
    Section,
    StandingPage,
)
from broadsheet.platform.compiled import Compiled, Parameter
from broadsheet.platform.http.addresses import absolute
from broadsheet.platform.http.editions import language_tag
from broadsheet.site.discovery import structured
from broadsheet.site.discovery.addresses import address_at, alternates, in_every_edition, page_address
from broadsheet.site.discovery.feed_formats import FORMATS

# What a script element's text may not hold, written so that JSON means the same by it.
ESCAPES = str.maketrans({"<": "\\u003C", ">": "\\u003E", "&": "\\u0026"})
NO_DATA = SafeString("")


@dataclass(frozen=True, slots=True)
class Card:
    """The picture that stands for a page where its link is shown, 1200 × 630 where it is large enough."""

    url: str
    width: int
    height: int
    alt: str


@dataclass(frozen=True, slots=True)
class Feed:
    title: str
    content_type: str
    url: str


@dataclass(frozen=True, slots=True)
class Head:
    title: str
    description: str
    canonical: str
    kind: str = "website"
    alternates: list[tuple[str, str]] = field(default_factory=list)
    feeds: list[Feed] = field(default_factory=list)
    card: Card | None = None
    previous: str = ""
    next: str = ""
    noindex: bool = False
    json_ld: SafeString = NO_DATA

    @property
    def locale(self) -> str:
        """As Open Graph writes it: ``en_GB``."""
        return language_tag(get_language() or settings.LANGUAGE_CODE).replace("-", "_")


def json_ld(*nodes: dict[str, Any]) -> SafeString:
    """`nodes` as the text of one ``<script type="application/ld+json">``, which no text in them can end."""
    graph = {"@context": "https://schema.org", "@graph": list(nodes)}
    return mark_safe(json.dumps(graph, ensure_ascii=False).translate(ESCAPES))  # noqa: S308 (escaped)


def card_of(picture: Picture | None) -> Card | None:
    if picture is None:
        return None
    size = size_of(picture, "card", 1200)
    url = absolute(address(picture, "card", 1200, "jpeg"))
    return Card(url, size.width, size.height, picture.default_alt_text)


def feeds_at(prefix: str, title: str, query: str = "") -> list[Feed]:
    """The feeds under `prefix`, an address' path that ends in a slash, with `query` where they have one."""
    query = query and f"?{query}"
    return [
        Feed(title, written_by.content_type.partition(";")[0], absolute(f"{prefix}feed/{name}{query}"))
        for name, written_by in FORMATS.items()
    ]


def _first_of(listed: Iterable[object]) -> Picture | None:
    """The picture of the first article in a list that has one; lists of newsletters have none."""
    articles = (each for each in listed if isinstance(each, Article))
    return next((article.picture for article in articles if article.picture), None)


def front_head(edition: Edition, articles: Iterable[Article], request: HttpRequest) -> Head:
    """`articles` are those on the front, in their order."""
    publication = Publication.load(request_or_site=request)
    front = f"{edition.prefix}/"
    return Head(
        title=publication.name,
        description=publication.description,
        canonical=absolute(front),
        alternates=in_every_edition("/", editions_of(request)),
        feeds=feeds_at(front, f"{publication.name} {edition.short_name}"),
        card=card_of(publication.share_picture or _first_of(articles)),
        json_ld=json_ld(
            structured.publisher(publication, edition, with_policies=True),
            structured.website(publication, edition),
        ),
    )


def page_head(page: Section | StandingPage, request: HttpRequest, articles: Iterable[Article] = ()) -> Head:
    """Of a section, which shows `articles`, or of a standing page."""
    edition = edition_of(request)
    publication = Publication.load(request_or_site=request)
    url = page_address(page, request)
    is_section = isinstance(page, Section)
    title = f"{page.title} – {publication.name} {edition.short_name}"
    return Head(
        title=page.title,
        description=page.description if is_section else page.standfirst,
        canonical=url,
        alternates=_translations(page, request),
        feeds=feeds_at(f"{edition.prefix}/{page.slug}/", title) if is_section else [],
        card=card_of(_first_of(articles) or publication.share_picture),
        json_ld=NO_DATA if is_section or not page.questions else json_ld(structured.questions(page)),
    )


def shared_card(request: HttpRequest) -> dict[str, Card | None]:
    """What the head of a page knows that has no `Head`: the pages that sell."""
    return {"card": card_of(Publication.load(request_or_site=request).share_picture)}


def list_head(
    title: str,
    description: str,
    path: str,
    request: HttpRequest,
    *,
    page_obj: Any = None,
    picture: Picture | None = None,
    with_feeds: bool = False,
    data: SafeString = NO_DATA,
) -> Head:
    """Of a list that each edition has at the same `path`, given without the edition's prefix."""
    edition = edition_of(request)
    here = f"{edition.prefix}{path}"
    number = page_obj.number if page_obj else 1
    # Not every list is one of articles.
    shown = [one for one in page_obj.object_list if isinstance(one, Article)] if page_obj else []

    def numbered(number: int) -> str:
        return absolute(here if number == 1 else f"{here}?page={number}")

    publication = Publication.load(request_or_site=request)
    return Head(
        title=title,
        description=description,
        canonical=numbered(number),
        # Lists of different length have no counterparts beyond the first page.
        alternates=in_every_edition(path, editions_of(request)) if number == 1 else [],
        feeds=feeds_at(here, f"{title} – {publication.name} {edition.short_name}") if with_feeds else [],
        card=card_of(picture or _first_of(shown) or publication.share_picture),
        previous=numbered(number - 1) if page_obj and page_obj.has_previous() else "",
        next=numbered(number + 1) if page_obj and page_obj.has_next() else "",
        json_ld=data,
    )


def search_head(text: str, *, feeds: str = "") -> Head:
    """`text` is what was searched for, `feeds` the query of the feeds of what was found, if anything was."""
    path = reverse("search")
    found = feeds_at(path, text, feeds) if feeds else []
    return Head(title=text, description="", canonical=absolute(path), noindex=True, feeds=found)


def article_head(
    article: Article,
    shown: Iterable[Any],
    request: HttpRequest,
    *,
    access: str,
    heard: Narration | None = None,
) -> Head:
    """`shown` are the blocks of the body that this response shows, and `heard` what it has to hear: nothing
    here knows of anything else."""
    edition, publication = edition_of(request), Publication.load(request_or_site=request)
    section = article.section
    canonical = page_address(article.original, request)
    shown = list(shown)
    return Head(
        title=article.headline,
        description=article.standfirst,
        canonical=canonical,
        kind="article",
        alternates=_translations(article, request),
        feeds=[
            *(feeds_at(live_path(article), article.headline) if article.coverage else []),
            *feeds_at(
                f"{edition.prefix}/{section.slug}/",
                f"{section.title} – {publication.name} {edition.short_name}",
            ),
        ],
        card=card_of(article.picture or publication.share_picture),
        json_ld=json_ld(
            structured.news_article(article, canonical, shown, publication, edition, access, heard),
            *structured.quotations(shown, canonical),
            structured.breadcrumbs(
                [
                    (publication.name, absolute(f"{edition.prefix}/")),
                    (section.title, page_address(section, request)),
                ]
            ),
        ),
    )


def live_path(article: Article) -> str:
    """Below which the feeds of its entries stand, in the edition that the address names."""
    return reverse("live_feed", args=[article.uuid, "rss.xml"]).removesuffix("feed/rss.xml")


def _translations(page: Page, request: HttpRequest) -> list[tuple[str, str]]:
    """`page` in each edition that has its own; a copy that only shares another's text has none."""
    if page.alias_of_id:
        return []
    editions = {edition.locale_id: edition for edition in editions_of(request)}
    forms = _forms(key=page.translation_key)
    return alternates(
        {
            editions[locale]: address_at(path, url_path)
            for path, url_path, locale in forms
            if locale in editions
        }
    )


@Compiled
def _forms() -> QuerySet[Page, Any]:
    live = Page.objects.live().filter(translation_key=Parameter("key", UUIDField()), alias_of=None)
    return live.order_by("path").values_list("path", "url_path", "locale_id")
