"""The page of search and its feeds: what an edition has, found by whatever is public of it."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import prefetch_related_objects
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from broadsheet.editorial.context import edition_of
from broadsheet.editorial.models import Author, Edition, Topic, attach_sections
from broadsheet.paywall.networks import PerNetwork
from broadsheet.people.current import is_signed_in
from broadsheet.platform.http.caching import as_cacheable_as
from broadsheet.platform.http.refusals import refuse
from broadsheet.platform.http.robots import unlisted
from broadsheet.site.discovery.archive_times import months_of
from broadsheet.site.discovery.feeds import LENGTH, answer, begin_feed, item_of
from broadsheet.site.discovery.feeds_page import NAMES
from broadsheet.site.discovery.head import search_head
from broadsheet.site.discovery.listings import numbered_page
from broadsheet.site.reading.visit import Visit
from broadsheet.site.search.finding import BEST, NEW, Filters, Found
from broadsheet.site.search.issues import issues_meant
from broadsheet.site.search.named import named
from broadsheet.site.search.places import looked_for

AN_HOUR = 1_200
searches = PerNetwork("searches", timedelta(hours=1))
PAGE_LENGTH = 15
"""Fewer than in other lists: of each a part of its text is picked."""
NEWEST = 6
"""Articles that a page shows which found nothing."""
AUTHORS = 20
"""In the list to filter by; whoever is chosen is in it all the same."""


def _too_many(request: HttpRequest) -> HttpResponse | None:
    if searches.take(Visit.of(request).address, AN_HOUR):
        return None
    return refuse(request, 429, _("Too many searches came from your network. Try again in an hour."))


def _filters(request: HttpRequest, edition: Edition) -> Filters:
    """What isn't there filters nothing."""
    slug, year, author = (request.GET.get(name, "") for name in ("section", "year", "author"))
    return Filters(
        section=next((section for section in edition.sections if section.slug == slug), None),
        year=int(year) if year.isascii() and year.isdigit() and len(year) == 4 else None,
        author=Author.objects.filter(slug=author).first() if author and "\x00" not in author else None,
    )


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    edition = edition_of(request)
    typed = request.GET.get("q", "")
    order = NEW if request.GET.get("sort") == NEW else BEST
    if typed.strip() and (refused := _too_many(request)):
        return refused
    found = Found.of(typed, edition, _filters(request, edition), order)
    page_obj = numbered_page(request, found.hits, PAGE_LENGTH)
    hits = list(page_obj.object_list)
    context: dict[str, Any] = {
        "head": search_head(found.asked.text, feeds=urlencode(_said(found)) if found.hits.total else ""),
        "signed_in": is_signed_in(request),
        "query": found.asked.text,
        "found": found,
        "hits": hits,
        "articles": [hit.article for hit in hits],
        "page_obj": page_obj,
        "total": found.hits.total,
        "order": order,
        "is_ranked": order == BEST,
        "kept_query": urlencode(_said(found) | ({"sort": NEW} if order == NEW else {})),
        "feed_query": urlencode(_said(found)),
        "feeds": [(name, file) for file, name in NAMES.items()],
    }
    if found.asked.needed:
        if page_obj.number == 1:
            context["named"] = [*issues_meant(found.asked, edition), *named(found.asked, edition)]
            context["places"] = looked_for(found.asked, edition)
        context["meant"] = found.meant and {
            "text": found.meant.text,
            "url": f"{request.path}?{urlencode({'q': found.meant.text})}",
        }
        context |= {
            "unfiltered": f"{request.path}?{urlencode({'q': found.asked.text})}",
            "newest_first": f"{request.path}?{urlencode(_said(found) | {'sort': NEW})}",
        }
        context |= _choices(found, edition)
    if not found.hits.total:
        context |= _instead(edition)
    return unlisted(as_cacheable_as(request, render(request, "site/search/page.html", context)))


def _instead(edition: Edition) -> dict[str, Any]:
    """What somebody may read who found nothing, or has not asked yet."""
    newest = attach_sections(edition.articles().newest_first().for_headlines()[:NEWEST])
    about = Topic.objects.filter(articles__in=[article.pk for article in newest]).distinct()
    return {"newest": newest, "topics": about}


def _said(found: Found) -> dict[str, Any]:
    filters = found.filters
    said = {
        "q": found.asked.text,
        "section": filters.section and filters.section.slug,
        "year": filters.year,
        "author": filters.author and filters.author.slug,
    }
    return {name: value for name, value in said.items() if value}


def _choices(found: Found, edition: Edition) -> dict[str, Any]:
    """What can be filtered by, as (value, name, how many or None)."""
    facets, filters = found.facets, found.filters
    years = sorted({month.year for month, _number in months_of(edition)}, reverse=True)
    counted = bool(facets.sections or facets.years or facets.authors)
    likely = sorted(facets.authors, key=lambda pk: (-facets.authors[pk], pk))[:AUTHORS]
    authors = list(Author.objects.filter(pk__in=likely))
    if filters.author and filters.author.pk not in likely:
        authors.append(filters.author)
    return {
        "sections": [
            (section.slug, section.title, facets.sections.get(section.pk) if counted else None)
            for section in edition.sections
            if not counted or section.pk in facets.sections or section == filters.section
        ],
        "years": [
            (year, str(year), facets.years.get(year) if counted else None)
            for year in years
            if not counted or year in facets.years or year == filters.year
        ],
        "authors": [
            (author.slug, author.name, facets.authors.get(author.pk))
            for author in sorted(authors, key=lambda author: author.name)
        ],
    }


@require_safe
def search_feed(request: HttpRequest, name: str) -> HttpResponse:
    """The newest of what is found, for feed readers; of nothing typed it is empty."""
    if refused := _too_many(request):
        return refused
    edition = edition_of(request)
    found = Found.of(request.GET.get("q", ""), edition, _filters(request, edition), NEW)
    text = found.asked.text
    title = pgettext("quotation marks", "“%(words)s”") % {"words": text} if text else _("Search")
    feed = begin_feed(request, name, title, f"{edition.prefix}/search/", "", query=urlencode(_said(found)))
    articles = [hit.article for hit in found.hits[0:LENGTH]] if found.has_all_words else []
    prefetch_related_objects(articles, "corrections")
    for article in articles:
        feed.add_item(**item_of(article, edition, request))
    return unlisted(answer(request, feed))
