"""Everything that an edition has published, by year, month and day, in the edition's own time zone."""

from dataclasses import replace
from datetime import date
from itertools import groupby
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from broadsheet.editorial.context import edition_of
from broadsheet.editorial.models import ArticleQuerySet, Edition
from broadsheet.platform.days import day_of, with_weekday
from broadsheet.platform.http.addresses import absolute
from broadsheet.platform.http.caching import kept, kept_by_page
from broadsheet.site.discovery.archive_times import days_of, months_of, of_day, of_month, published_in
from broadsheet.site.discovery.calendar import month_of, weekdays
from broadsheet.site.discovery.head import Head, json_ld, list_head
from broadsheet.site.discovery.listings import page_of, show_list
from broadsheet.site.discovery.structured import breadcrumbs

MONTH_LENGTH = 100


@kept
@require_safe
def archive(request: HttpRequest) -> HttpResponse:
    edition = edition_of(request)
    head = list_head(_("Archive"), _("Everything we have published, by month."), "/archive/", request)
    return show_list(request, "site/discovery/archive.html", head, {"months": months_of(edition)})


@kept
@require_safe
def archive_year(request: HttpRequest, year: str) -> HttpResponse:
    edition, number = edition_of(request), int(year)
    days = days_of(edition, number)
    if not days:
        raise Http404
    in_print = sorted({month.year for month, _count in months_of(edition)})
    months = [month_of(days, number, month) for month in range(1, 13)]
    context = {
        "year": number,
        "count": sum(days.values()),
        "months": [month for month in months if month.count],
        "weekdays": weekdays(),
        "previous": max((other for other in in_print if other < number), default=None),
        "next": min((other for other in in_print if other > number), default=None),
    }
    head = _head(request, edition, _("Archive: %s") % year, [(year, "archive_year", [year])])
    return show_list(request, "site/discovery/archive_year.html", head, context)


@kept_by_page
@require_safe
def archive_month(request: HttpRequest, year: str, month: str) -> HttpResponse:
    edition, first = edition_of(request), date(int(year), int(month), 1)
    articles = published_in(edition.articles(), of_month(edition, first.year, first.month))
    page_obj = page_of(request, articles.newest_first().for_teasers(), MONTH_LENGTH)
    if not page_obj.object_list:
        raise Http404
    in_print = [other for other, _count in months_of(edition)]
    context = {
        "month": first,
        "days": [
            (day, list(published))
            for day, published in groupby(
                page_obj.object_list, key=lambda a: day_of(a.first_published_at, edition.zone)
            )
        ],
        "calendar": month_of(days_of(edition, first.year), first.year, first.month),
        "weekdays": weekdays(),
        "previous": next((other for other in in_print if other < first), None),
        "next": next((other for other in reversed(in_print) if other > first), None),
    }
    name = date_format(first, "YEAR_MONTH_FORMAT")
    trail = [(year, "archive_year", [year]), (name, "archive_month", [year, month])]
    head = _head(request, edition, _("Archive: %s") % name, trail, page_obj)
    return show_list(request, "site/discovery/archive_month.html", head, context, page_obj)


@kept_by_page
@require_safe
def archive_day(request: HttpRequest, year: str, month: str, day: str) -> HttpResponse:
    edition = edition_of(request)
    try:
        found = date(int(year), int(month), int(day))
    except ValueError as error:
        raise Http404 from error
    begins, ends = span = of_day(edition, found)
    every = edition.articles()
    page_obj = page_of(request, published_in(every, span).newest_first().for_teasers(), MONTH_LENGTH)
    if not page_obj.object_list:
        raise Http404
    before = every.filter(first_published_at__lt=begins).order_by("-first_published_at")
    after = every.filter(first_published_at__gte=ends).order_by("first_published_at")
    context = {
        "day": found,
        "previous": _first_day(before, edition),
        "next": _first_day(after, edition),
    }
    trail = [
        (year, "archive_year", [year]),
        (date_format(found, "YEAR_MONTH_FORMAT"), "archive_month", [year, month]),
        (date_format(found, "DATE_FORMAT"), "archive_day", [year, month, day]),
    ]
    head = _head(request, edition, _("Archive: %s") % with_weekday(found), trail, page_obj)
    return show_list(request, "site/discovery/archive_day.html", head, context, page_obj)


def _first_day(articles: ArticleQuerySet, edition: Edition) -> date | None:
    at = articles.values_list("first_published_at", flat=True).first()
    return day_of(at, edition.zone) if at else None


def _head(
    request: HttpRequest,
    edition: Edition,
    title: str,
    trail: list[tuple[str, str, list[str]]],
    page_obj: Any = None,
) -> Head:
    """Of the page at the end of `trail`: name, name of the route and its arguments, from the year down.

    Another edition may have published nothing then, so that none is named as its counterpart.
    """
    steps = [(name, reverse(route, args=args)) for name, route, args in trail]
    path = steps[-1][1].removeprefix(edition.prefix)
    named = [(_("Archive"), reverse("archive")), *steps]
    data = json_ld(breadcrumbs((name, absolute(address)) for name, address in named))
    return replace(list_head(title, "", path, request, page_obj=page_obj, data=data), alternates=[])
