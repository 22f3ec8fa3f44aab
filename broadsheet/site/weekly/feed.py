"""Feeds of an edition's weekly issues: cover and lines, never the text."""

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from broadsheet.edge.keeping import keep
from broadsheet.edge.tags import weekly_tag
from broadsheet.editorial.context import edition_of
from broadsheet.editorial.media.renditions import address
from broadsheet.editorial.models import Publication
from broadsheet.platform.http.addresses import absolute
from broadsheet.platform.http.caching import kept
from broadsheet.platform.timestamps import to_the_second
from broadsheet.site.discovery.feed_formats import Item
from broadsheet.site.discovery.feeds import LENGTH, answer, begin_feed
from broadsheet.weekly.models import WeeklyIssue


@kept
@require_safe
def issues_feed(request: HttpRequest, name: str) -> HttpResponse:
    """Raises Http404 in an edition that has published none."""
    tag = edition_of(request).locale.language_code
    found = WeeklyIssue.objects.of(tag).published().newest_first().select_related("cover")
    feed = begin_feed(request, name, _("Issues"), reverse("weekly_issues"), "")
    publication = Publication.load(request_or_site=request)
    for issue in found.defer("note", "numbers")[:LENGTH]:
        feed.add_item(**_item(issue, publication))
    if not feed.items:
        raise Http404
    response = answer(request, feed)
    keep(request, response, weekly_tag(tag))
    return response


def _item(issue: WeeklyIssue, publication: Publication) -> Item:
    item: Item = {
        "title": issue.title,
        "link": issue.url,
        "description": "\n\n".join(issue.lines),
        "unique_id": issue.uuid.urn,
        "unique_id_is_permalink": False,
        "pubdate": to_the_second(issue.published_at) if issue.published_at else None,
        "updateddate": None,
        "categories": [],
        "authors": [{"name": publication.name, "url": absolute("/")}],
        "image": None,
    }
    if cover := issue.cover:
        item["image"] = {
            "url": absolute(address(cover, "card", 1200, "jpeg")),
            "credit": cover.credit_line,
            "alt": cover.default_alt_text,
        }
    return item
