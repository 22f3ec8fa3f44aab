"""All feeds of an edition on one page, explained to people who have never used one."""

from dataclasses import dataclass, replace

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from broadsheet.editorial.context import edition_of
from broadsheet.editorial.models import Narration
from broadsheet.newsletters.models import Newsletter
from broadsheet.platform.http.addresses import absolute
from broadsheet.platform.http.caching import kept
from broadsheet.site.discovery.feed_formats import FORMATS
from broadsheet.site.discovery.head import feeds_at, list_head
from broadsheet.site.discovery.listings import show_list
from broadsheet.site.discovery.named import Named, authors_of, topics_of
from broadsheet.site.weekly.slots import has_issues

MOST = 100
"""Of topics and of authors; each further one's feeds are named on its own page."""
NAMES = {"rss.xml": "RSS", "atom.xml": "Atom", "feed.json": "JSON"}


@dataclass(frozen=True, slots=True)
class Source:
    """What has feeds of its own."""

    title: str
    address: str
    """The path of its page, which ends in a slash."""

    @property
    def feeds(self) -> list[tuple[str, str]]:
        """(name of the format, absolute address) of each."""
        return [(NAMES[name], absolute(f"{self.address}feed/{name}")) for name in FORMATS]

    @property
    def copied(self) -> str:
        """The one to copy, which every reader of feeds takes."""
        return self.feeds[0][1]


class Podcast(Source):
    """The audio versions of what is free, for apps that play them."""

    @property
    def feeds(self) -> list[tuple[str, str]]:
        return [(NAMES["rss.xml"], absolute(self.address))]


@kept
@require_safe
def feeds_page(request: HttpRequest) -> HttpResponse:
    edition = edition_of(request)
    front = f"{edition.prefix}/"
    offered = Newsletter.objects.offered(edition.locale.language_code)
    context = {
        "everything": Source(edition.full_name, front),
        "sections": [Source(one.title, f"{front}{one.slug}/") for one in edition.sections],
        "podcast": Narration.objects.ready().exists() and Podcast(_("Podcast"), reverse("podcast")),
        "by_mail": [Source(one.name, reverse("newsletter", args=[one.slug])) for one in offered],
        "weekly": has_issues(edition) and Source(_("Issues"), reverse("weekly_issues")),
        "from_readers": Source(_("Letters to the editor"), reverse("letters"))
        if edition.takes_letters
        else None,
        "subjects": _newest(topics_of(edition), "topic"),
        "writers": _newest(authors_of(edition), "author"),
    }
    head = list_head(_("Feeds"), _("Every feed of this edition, and what to do with it."), "/feeds/", request)
    head = replace(head, feeds=feeds_at(front, edition.full_name))
    return show_list(request, "site/discovery/feeds.html", head, context)


def _newest(named: tuple[Named, ...], route: str) -> list[Source]:
    """In the order of their names; where there are too many, those that had something new last."""
    last = sorted(named, key=lambda one: one.newest_at, reverse=True)[:MOST]
    return [
        Source(one.name, reverse(route, args=[one.slug]))
        for one in sorted(last, key=lambda one: one.sorted_by)
    ]
