"""The archive of newsletters: a page for each one and each issue, and feeds; nothing of any one reader."""

from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_safe

from broadsheet.editorial.context import edition_of
from broadsheet.editorial.models import Edition, Publication
from broadsheet.newsletters.archive import (
    body_of,
    excerpt,
    published,
    published_at,
    shown_entries,
)
from broadsheet.newsletters.models import Issue, Newsletter
from broadsheet.platform.http.addresses import absolute
from broadsheet.platform.http.caching import kept, kept_by_page
from broadsheet.platform.timestamps import to_the_second
from broadsheet.site.discovery import structured
from broadsheet.site.discovery.feed_formats import Item
from broadsheet.site.discovery.feeds import answer, begin_feed
from broadsheet.site.discovery.head import Head, card_of, feeds_at, json_ld, list_head
from broadsheet.site.discovery.listings import numbered_page, show_list

PAGE_LENGTH = 30
FEED_LENGTH = 30


def _newsletter(request: HttpRequest, slug: str) -> Newsletter:
    """Raises Http404. One that is offered no more keeps its archive."""
    return get_object_or_404(Newsletter, edition=edition_of(request).locale.language_code, slug=slug)


def _issues(newsletter: Newsletter) -> Any:
    return published(newsletter.issues.select_related("newsletter"))


@kept_by_page
@require_safe
def newsletter(request: HttpRequest, slug: str) -> HttpResponse:
    found = _newsletter(request, slug)
    page = numbered_page(request, _issues(found), PAGE_LENGTH)
    head = list_head(
        found.name,
        found.strapline or found.description,
        f"/newsletters/{found.slug}/",
        request,
        page_obj=page,
        with_feeds=True,
        data=json_ld(_periodical(found, edition_of(request), request)),
    )
    # Each edition has newsletters of its own, so that none is another's translation.
    head = replace(head, alternates=[])
    issues = [{"issue": issue, "published_at": published_at(issue)} for issue in page.object_list]
    context = {"newsletter": found, "issues": issues, "page_obj": page}
    return show_list(request, "site/newsletters/newsletter.html", head, context)


@kept
@require_safe
def issue(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    found = _newsletter(request, slug)
    shown = get_object_or_404(_issues(found), number=number)
    entries = shown_entries(shown)
    address = _address(shown)
    picture = next((entry.picture for entry in entries if entry.picture), None)
    others = _issues(found)
    older = others.filter(number__lt=number).first()
    newer = others.filter(number__gt=number).order_by("number").first()
    head = Head(
        title=shown.subject,
        description=shown.preheader,
        canonical=address,
        kind="article",
        feeds=feeds_at(_path(found), found.name),
        card=card_of(picture),
        previous=_address(newer) if newer else "",
        next=_address(older) if older else "",
        json_ld=json_ld(_published_issue(shown, address, entries, request)),
    )
    context = {
        "newsletter": found,
        "issue": shown,
        "published_at": published_at(shown),
        "entries": entries,
        "body": body_of(shown),
        "older": older,
        "newer": newer,
    }
    return show_list(request, "site/newsletters/issue.html", head, context)


@kept
@require_safe
def newsletter_feed(request: HttpRequest, slug: str, name: str) -> HttpResponse:
    found = _newsletter(request, slug)
    publication = Publication.load(request_or_site=request)
    feed = begin_feed(request, name, found.name, _path(found), found.strapline, otherwise=found.name)
    for one in _issues(found)[:FEED_LENGTH]:
        feed.add_item(**_item(one, publication))
    return answer(request, feed)


def _item(issue: Issue, publication: Publication) -> Item:
    at = published_at(issue)
    return {
        "title": issue.subject,
        "link": _address(issue),
        "description": excerpt(issue),
        "unique_id": _address(issue),
        "unique_id_is_permalink": True,
        "pubdate": to_the_second(at) if at else None,
        "updateddate": None,
        "categories": [issue.newsletter.name],
        "authors": [{"name": issue.newsletter.written_by or publication.name, "url": absolute("/")}],
        "image": None,
    }


def _path(newsletter: Newsletter) -> str:
    return reverse("newsletter", args=[newsletter.slug])


def _address(issue: Issue) -> str:
    return absolute(reverse("newsletter_issue", args=[issue.newsletter.slug, issue.number]))


def _periodical(newsletter: Newsletter, edition: Edition, request: HttpRequest) -> structured.Node:
    node: structured.Node = {
        "@type": "Periodical",
        "@id": f"{absolute(_path(newsletter))}#newsletter",
        "name": newsletter.name,
        "url": absolute(_path(newsletter)),
        "inLanguage": edition.language_tag,
        "isAccessibleForFree": not newsletter.subscribers_only,
        "publisher": structured.publisher(Publication.load(request_or_site=request), edition),
    }
    if newsletter.strapline:
        node["description"] = newsletter.strapline
    return node


def _published_issue(issue: Issue, address: str, entries: list[Any], request: HttpRequest) -> structured.Node:
    edition = edition_of(request)
    at = published_at(issue)
    node: structured.Node = {
        "@type": ["PublicationIssue", "Article"],
        "@id": f"{address}#issue",
        "mainEntityOfPage": address,
        "headline": issue.subject,
        "issueNumber": issue.number,
        "inLanguage": edition.language_tag,
        "isPartOf": _periodical(issue.newsletter, edition, request),
        "isAccessibleForFree": not issue.newsletter.subscribers_only,
        "publisher": structured.publisher(Publication.load(request_or_site=request), edition),
    }
    if issue.preheader:
        node["description"] = issue.preheader
    if at:
        node["datePublished"] = to_the_second(at).isoformat()
    if issue.newsletter.written_by:
        node["author"] = {"@type": "Person", "name": issue.newsletter.written_by}
    if parts := [{"@type": "WebPage", "name": entry.headline, "url": entry.address} for entry in entries]:
        node["hasPart"] = parts
    return node
