"""A reader's own catalogue of issues for reading apps: OPDS 1.2, at an address with a token.

The token stands for its reader, in an app that knows no cookies; what it opens is asked at each request.
Where the right has lapsed, the catalogue says how to return: apps show its words, and of an error nothing.
https://specs.opds.io/opds-1.2
"""

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.utils.xmlutils import SimplerXMLGenerator
from django.views.decorators.http import require_safe
from limits import RateLimitItemPerHour

from broadsheet.editorial.context import edition_of
from broadsheet.editorial.media.renditions import address
from broadsheet.editorial.models import Publication
from broadsheet.membership.models.own_feed import NotOurs
from broadsheet.platform.http.addresses import absolute
from broadsheet.platform.http.refusals import refuse
from broadsheet.platform.http.robots import confidential
from broadsheet.platform.limiting import InMemory, Limiter
from broadsheet.platform.timestamps import to_the_second
from broadsheet.site.discovery.feed_formats import Item, Steady
from broadsheet.site.weekly.files import Missing, found_in, issue_at, sent
from broadsheet.weekly.files import makers
from broadsheet.weekly.files.right import may_have_files
from broadsheet.weekly.models import IssueFeed, IssueFile, WeeklyIssue

LENGTH = 52
CATALOGUE = "application/atom+xml;profile=opds-catalog;kind=acquisition"
ACQUISITION = "http://opds-spec.org/acquisition"
IMAGE = "http://opds-spec.org/image"
COVER, THUMBNAIL = 1280, 320
FEEDS_AN_HOUR = RateLimitItemPerHour(120)
"""Of one address, from wherever."""
UNKNOWN = gettext_lazy("No feed of ours has this address. Perhaps it was cut off: copy all of it.")
REPLACED = gettext_lazy(
    "This feed’s address was replaced or taken back. Your account page says which one is valid."
)
LAPSED = gettext_lazy(
    "Your right to read everything has ended. Subscribe again at %s, and this goes on here."
)
BUSY = gettext_lazy("This feed was asked for too often. Is its address in many apps? Try again in an hour.")

limiter = Limiter(InMemory())


class Catalogue(Steady, Atom1Feed):
    content_type = f"{CATALOGUE}; charset=utf-8"

    def root_attributes(self) -> dict[str, str]:
        return super().root_attributes() | {
            "xmlns:dc": "http://purl.org/dc/terms/",
            "xmlns:opds": "http://opds-spec.org/2010/catalog",
        }

    def add_root_elements(self, handler: SimplerXMLGenerator) -> None:
        super().add_root_elements(handler)
        for relation in ("start", "next"):
            if self.feed[relation]:
                _link(handler, relation, self.feed[relation], CATALOGUE)

    def add_item_elements(self, handler: SimplerXMLGenerator, item: Item) -> None:
        super().add_item_elements(handler, item)
        handler.addQuickElement("dc:language", item["language"])
        handler.addQuickElement("dc:publisher", item["publisher"])
        handler.addQuickElement("dc:issued", item["issued"])
        for relation, href, kind in item["images"]:
            _link(handler, relation, href, kind)
        for href, kind, size, title in item["files"]:
            _link(handler, ACQUISITION, href, kind, length=str(size), title=title)


def _link(handler: SimplerXMLGenerator, relation: str, href: str, kind: str, **more: str) -> None:
    handler.addQuickElement("link", "", {"rel": relation, "href": href, "type": kind, **more})


@require_safe
def catalogue(request: HttpRequest, token: str) -> HttpResponse:
    own = _known_by(request, token)
    if isinstance(own, HttpResponse):
        return own
    if not limiter.hit(FEEDS_AN_HOUR, "weekly.catalogue", own.key):
        busy = confidential(refuse(request, 429, BUSY))
        busy.headers["Retry-After"] = "3600"
        return busy
    is_open = may_have_files(own.person)
    about = _("Every issue, for you alone.")
    if not is_open:
        about = LAPSED % absolute(reverse("subscribe"))
    written = _catalogue(request, token, about, is_open=is_open)
    return confidential(HttpResponse(written.writeString("utf-8"), content_type=written.content_type))


@require_safe
def catalogue_file(request: HttpRequest, token: str, number: int, kind: str) -> HttpResponseBase:
    own = _known_by(request, token)
    if isinstance(own, HttpResponse):
        return own
    try:
        issue = issue_at(request, number)
        if not may_have_files(own.person):
            return confidential(refuse(request, 403, LAPSED % absolute(reverse("subscribe"))))
        return confidential(sent(request, found_in(request, issue, kind), own.person))  # type: ignore[type-var]
    except Missing as missing:
        return confidential(missing.response)


def _known_by(request: HttpRequest, token: str) -> IssueFeed | HttpResponse:
    """Whose it is, or why nothing is to be had."""
    try:
        own: IssueFeed | None = IssueFeed.objects.known_by(token)
    except NotOurs:
        return confidential(refuse(request, 404, UNKNOWN))
    return own or confidential(refuse(request, 410, REPLACED))


def _catalogue(request: HttpRequest, token: str, about: str, *, is_open: bool) -> Catalogue:
    edition, publication = edition_of(request), Publication.load(request_or_site=request)
    here = absolute(reverse("issue_catalogue", args=[token]))
    issues = WeeklyIssue.objects.published().of(edition.locale.language_code).newest_first()
    before = request.GET.get("before", "")
    if before.isdecimal() and len(before) < 9:
        issues = issues.filter(number__lt=int(before))
    found = list(issues.select_related("cover")[: LENGTH + 1]) if is_open else []
    shown = found[:LENGTH]
    whole = f"{publication.name} {edition.short_name}"
    feed = Catalogue(
        title=_("%s, issue by issue") % whole,
        link=absolute(f"{edition.prefix}/"),
        description=None,
        subtitle=about,
        language=edition.language_tag,
        feed_url=here,
        # An app that has the edition's own feed too would take the two for one.
        feed_guid=f"{absolute(reverse('weekly_issues'))}#catalogue",
        author_name=publication.name,
        author_link=absolute(f"{edition.prefix}/"),
        start=here,
        next=f"{here}?before={shown[-1].number}" if len(found) > len(shown) else "",
    )
    files = _files_of(shown)
    for issue in shown:
        feed.add_item(**_item(issue, files.get(issue.pk, []), token, edition.language_tag, publication.name))
    return feed


def _files_of(issues: list[WeeklyIssue]) -> dict[int, list[IssueFile]]:
    found: dict[int, list[IssueFile]] = {}
    order = {kind: place for place, kind in enumerate(makers.kinds())}
    rows = IssueFile.objects.there().filter(issue__in=[issue.pk for issue in issues], kind__in=order)
    for row in sorted(rows, key=lambda row: order[row.kind]):
        found.setdefault(row.issue_id, []).append(row)
    return found


def _item(issue: WeeklyIssue, rows: list[IssueFile], token: str, language: str, publisher: str) -> Item:
    published_at = issue.published_at or issue.created_at
    newest = max([published_at, *(row.made_at for row in rows if row.made_at)])
    item: Item = {
        "title": f"{publisher} {issue.title}",
        "link": issue.url,
        "description": escape(" · ".join(issue.lines) or issue.title),
        "unique_id": issue.uuid.urn,
        "author_name": publisher,
        "pubdate": to_the_second(published_at),
        "updateddate": to_the_second(newest),
        "language": language,
        "publisher": publisher,
        "issued": issue.last_day.isoformat(),
        "images": [],
        "files": [
            (
                absolute(reverse("issue_catalogue_file", args=[token, issue.number, row.kind])),
                row.maker.media_type,
                row.size,
                str(row.maker.name),
            )
            for row in rows
            if row.maker
        ],
    }
    if cover := issue.cover:
        item["images"] = [
            (IMAGE, absolute(address(cover, "portrait", COVER, "jpeg")), "image/jpeg"),
            (f"{IMAGE}/thumbnail", absolute(address(cover, "portrait", THUMBNAIL, "jpeg")), "image/jpeg"),
        ]
    return item
