"""Sitemaps: one index; for each edition its pages, its articles by month, its newsletters, and its
news of two days.

An article stands in one of them only, under its canonical address.
"""

from collections import defaultdict
from datetime import timedelta
from math import ceil
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.views.decorators.http import require_safe

from broadsheet.editorial.context import edition_of, editions_of
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
from broadsheet.newsletters.archive import published, published_at
from broadsheet.newsletters.models import Issue, Newsletter
from broadsheet.platform import clock
from broadsheet.platform.characters import without_forbidden
from broadsheet.platform.http.addresses import absolute
from broadsheet.platform.http.caching import as_cacheable_as, kept
from broadsheet.site.discovery.addresses import alternates, in_every_edition, page_address
from broadsheet.site.discovery.archive_times import months_of, of_month, published_in
from broadsheet.weekly.models import WeeklyIssue

LENGTH = 5_000  # the protocol allows 50,000; each entry may name every edition
MOST_ISSUES = 520  # of ten years
NEWS_LENGTH = 1_000  # the protocol's limit
NEWS_AGE = timedelta(hours=48)
TEN_MINUTES = 600

type Entry = dict[str, Any]


def _originals(edition: Edition) -> ArticleQuerySet:
    return edition.articles().originals()


def _xml(
    request: HttpRequest, template: str, context: dict[str, Any], seconds: int = TEN_MINUTES
) -> HttpResponse:
    written = without_forbidden(render_to_string(template, context, request))
    response = HttpResponse(written, content_type="application/xml; charset=utf-8")
    return as_cacheable_as(request, response, seconds=seconds)


@kept
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    sitemaps = []
    for edition in editions_of(request):
        with translation.override(edition.locale.language_code):
            sitemaps.append(reverse("sitemap_pages"))
            if Newsletter.objects.offered(edition.locale.language_code).exists():
                sitemaps.append(reverse("sitemap_newsletters"))
            for month, count in months_of(edition, originals=True):
                for part in range(1, ceil(count / LENGTH) + 1):
                    sitemaps.append(reverse("sitemap_month", args=[f"{month:%Y}", f"{month:%m}", part]))
    return _xml(
        request, "site/discovery/sitemap_index.xml", {"addresses": [absolute(path) for path in sitemaps]}
    )


@kept
@require_safe
def month(request: HttpRequest, year: str, month: str, part: str) -> HttpResponse:
    """One part of a month's articles, the oldest first, so that a full part never changes its list."""
    edition = edition_of(request)
    published = published_in(_originals(edition), of_month(edition, int(year), int(month)))
    start = (int(part) - 1) * LENGTH
    articles = list(_lightly(published.order_by("first_published_at", "pk"))[start : start + LENGTH])
    if not articles:
        raise Http404
    translations = _translations(articles, request)
    entries = [
        {
            "address": page_address(article, request),
            "changed": article.last_published_at,
            "alternates": alternates(translations[article.translation_key]),
        }
        for article in articles
    ]
    return _xml(request, "site/discovery/sitemap.xml", {"entries": entries})


def _lightly(articles: QuerySet[Article]) -> QuerySet[Article]:
    """Only what an entry needs."""
    needed = (
        "path",
        "url_path",
        "locale_id",
        "translation_key",
        "title",
        "first_published_at",
        "last_published_at",
    )
    return articles.only(*needed)


def _translations(articles: list[Article], request: HttpRequest) -> dict[Any, dict[Edition, str]]:
    """By `translation_key`, the address of every edition's own form of each article."""
    keys = [article.translation_key for article in articles]
    editions = {edition.locale_id: edition for edition in editions_of(request)}
    copies = _lightly(Article.objects.live().public().originals().filter(translation_key__in=keys))
    found: dict[Any, dict[Edition, str]] = {key: {} for key in keys}
    for copy in copies.order_by("path"):
        if edition := editions.get(copy.locale_id):
            found[copy.translation_key][edition] = page_address(copy, request)
    return found


@kept
@require_safe
def pages(request: HttpRequest) -> HttpResponse:
    """The front, the sections, the standing pages, the indexes, and the lists by author and topic that
    hold anything."""
    edition, editions = edition_of(request), editions_of(request)
    entries: list[Entry] = [_everywhere(edition, "/", editions)]
    counterparts: dict[Any, dict[Edition, str]] = defaultdict(dict)
    for other in editions:
        under: list[Section | StandingPage] = [*other.sections, *other.standing_pages]
        for page in under:
            counterparts[page.translation_key][other] = absolute(f"{other.prefix}/{page.slug}/")
    for forms in counterparts.values():
        if edition in forms:
            entries.append({"address": forms[edition], "alternates": alternates(forms)})
    # Whether there is one, and not which there are: the database stops at the first.
    for path in ("/authors/", "/topics/", "/archive/", "/feeds/"):
        entries.append(_everywhere(edition, path, editions))
    here = edition.articles().order_by()
    written = here.filter(bylines__author=OuterRef("pk"))
    for author in Author.objects.filter(Exists(written)):
        entries.append(_everywhere(edition, f"/authors/{author.slug}/", editions))
    about = here.filter(topics=OuterRef("pk"))
    for topic in Topic.objects.filter(Exists(about)):
        entries.append(_everywhere(edition, f"/topics/{topic.slug}/", editions))
    if edition.takes_letters:
        entries.append({"address": absolute(reverse("letters"))})
    issues = WeeklyIssue.objects.of(edition.locale.language_code).published().newest_first()
    if found := list(issues.defer("note", "numbers")[:MOST_ISSUES]):
        entries.append({"address": absolute(reverse("weekly_issues"))})
        entries += ({"address": issue.url, "changed": issue.published_at} for issue in found)
    return _xml(request, "site/discovery/sitemap.xml", {"entries": entries})


def _everywhere(edition: Edition, path: str, editions: list[Edition]) -> Entry:
    return {"address": absolute(f"{edition.prefix}{path}"), "alternates": in_every_edition(path, editions)}


@kept
@require_safe
def newsletters(request: HttpRequest) -> HttpResponse:
    """The newsletters that are offered, and their newest issues."""
    offered = Newsletter.objects.offered(edition_of(request).locale.language_code)
    entries: list[Entry] = [{"address": absolute(reverse("newsletter", args=[one.slug]))} for one in offered]
    if not entries:
        raise Http404
    issues = published(Issue.objects.filter(newsletter__in=offered).select_related("newsletter"))
    for issue in issues.order_by("-send_on", "-pk")[: LENGTH - len(entries)]:
        path = reverse("newsletter_issue", args=[issue.newsletter.slug, issue.number])
        entries.append({"address": absolute(path), "changed": published_at(issue)})
    return _xml(request, "site/discovery/sitemap.xml", {"entries": entries})


@kept
@require_safe
def news(request: HttpRequest) -> HttpResponse:
    """What the edition published within two days, as Google News asks; if nothing, its newest article.

    The protocol knows no empty sitemap, and Search Console complains of one. What is older may stand in it
    without the marks of news: https://developers.google.com/search/docs/crawling-indexing/sitemaps/news-sitemap
    """
    edition = edition_of(request)
    published = _lightly(_originals(edition).newest_first())
    recent = published.filter(first_published_at__gt=clock.now() - NEWS_AGE)[:NEWS_LENGTH]
    newest = [] if recent else published[:1]
    if not (recent or newest):
        raise Http404
    context = {
        "name": Publication.load(request_or_site=request).name,
        "language": edition.language_tag.partition("-")[0],
        "news": [(article, page_address(article, request)) for article in recent],
        "older": [page_address(article, request) for article in newest],
    }
    return _xml(request, "site/discovery/news_sitemap.xml", context, seconds=60)
