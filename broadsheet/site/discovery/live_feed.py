"""The feed of a live coverage: the entries that everyone may read, and the headlines of its key points."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from broadsheet.editorial.access import Access
from broadsheet.editorial.models import Article, Entry
from broadsheet.paywall.access import ruling
from broadsheet.platform.http.addresses import absolute
from broadsheet.platform.http.caching import kept
from broadsheet.platform.timestamps import to_the_second
from broadsheet.site.discovery.addresses import page_address
from broadsheet.site.discovery.feed_formats import Item
from broadsheet.site.discovery.feeds import answer, begin_feed
from broadsheet.site.discovery.head import live_path
from broadsheet.site.reading.live import coverage_in


@kept
@require_safe
def entries(request: HttpRequest, uuid: str, name: str) -> HttpResponse:
    article, coverage = coverage_in(request, uuid)
    feed = begin_feed(request, name, article.headline, live_path(article), article.standfirst)
    feed.feed["link"] = page_address(article, request)
    parts = article.parts
    blocks = [*parts.opening, *(parts.rest if ruling(article).access == Access.FREE else [])]
    public = {block.value.pk for block in blocks if block.block_type == "entry"}
    for entry in coverage.standing:
        if entry.pk in public or entry.is_key_point:
            feed.add_item(**_item(article, entry, request, with_text=entry.pk in public))
    return answer(request, feed)


def _item(article: Article, entry: Entry, request: HttpRequest, *, with_text: bool) -> Item:
    changes: list[Any] = list(entry.changes.all())
    return {
        "title": entry.line,
        "link": f"{page_address(article, request)}#{entry.anchor}",
        "description": entry.text if with_text else "",
        "unique_id": f"{article.uuid.urn}#{entry.anchor}",
        "unique_id_is_permalink": False,
        "pubdate": entry.posted_at and to_the_second(entry.posted_at),
        "updateddate": to_the_second(changes[-1].at) if changes else None,
        "categories": [],
        "authors": [
            {"name": author.name, "url": absolute(reverse("author", args=[author.slug]))}
            for author in entry.authors.all()
        ],
        "image": None,
    }
