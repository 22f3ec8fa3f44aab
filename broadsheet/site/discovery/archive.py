"""Everything that an edition has published, by month, in the edition's own time zone."""

from datetime import date, datetime
from itertools import groupby

from django.db.models import Count
from django.db.models.functions import TruncMonth
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from broadsheet.editorial.context import edition_of
from broadsheet.editorial.models import ArticleQuerySet, Edition
from broadsheet.platform.http.caching import kept, kept_by_page
from broadsheet.platform.kept import KeptByKey
from broadsheet.site.discovery.head import list_head
from broadsheet.site.discovery.listings import page_of, show_list

MONTH_LENGTH = 100


type Months = list[tuple[date, int]]
"""(first day, number of articles) of each month that has any, the newest first."""

# To count them the database reads all that the edition has published.
_months = KeptByKey[tuple[int, str, bool], Months]("articles", "outline", most=20)


def months_of(edition: Edition, *, originals: bool = False) -> Months:
    """With `originals` without the articles that other editions share with it."""
    found = edition.articles()
    key = (edition.pk, edition.time_zone, originals)
    return _months.get(key, lambda: _counted(edition, found.originals() if originals else found)) or []


def _counted(edition: Edition, articles: ArticleQuerySet) -> Months:
    month = TruncMonth("first_published_at", tzinfo=edition.zone)
    dated = articles.filter(first_published_at__isnull=False).order_by()
    counted = dated.annotate(month=month).values("month").annotate(count=Count("pk")).order_by("-month")
    return [(row["month"].date(), row["count"]) for row in counted]


def within(edition: Edition, year: int, month: int) -> tuple[datetime, datetime]:
    """The moments at which a month begins and ends where the edition is."""
    following = (year + 1, 1) if month == 12 else (year, month + 1)
    return (
        datetime(year, month, 1, tzinfo=edition.zone),
        datetime(*following, 1, tzinfo=edition.zone),
    )


@kept
@require_safe
def archive(request: HttpRequest) -> HttpResponse:
    edition = edition_of(request)
    months = months_of(edition)
    title = _("Archive")
    head = list_head(title, _("Everything we have published, by month."), "/archive/", request)
    return show_list(request, "site/discovery/archive.html", head, {"months": months})


@kept_by_page
@require_safe
def archive_month(request: HttpRequest, year: str, month: str) -> HttpResponse:
    edition = edition_of(request)
    begins, ends = within(edition, int(year), int(month))
    articles = edition.articles().filter(first_published_at__gte=begins, first_published_at__lt=ends)
    page_obj = page_of(request, articles.newest_first().for_teasers(), MONTH_LENGTH)
    if not page_obj.object_list:
        raise Http404
    days = [
        (day, list(published))
        for day, published in groupby(
            page_obj.object_list, key=lambda a: a.first_published_at.astimezone(edition.zone).date()
        )
    ]
    title = _("Archive: %s") % date_format(begins, "YEAR_MONTH_FORMAT")
    path = reverse("archive_month", args=[year, month]).removeprefix(edition.prefix)
    head = list_head(title, "", path, request, page_obj=page_obj)
    context = {"month": begins.date(), "days": days}
    return show_list(request, "site/discovery/archive_month.html", head, context, page_obj)
