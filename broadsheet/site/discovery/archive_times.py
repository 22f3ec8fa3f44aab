"""How much an edition published when. Years, months and days are those of its own clock."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count
from django.db.models.functions import TruncDate, TruncMonth

from broadsheet.editorial.models import ArticleQuerySet, Edition
from broadsheet.platform.days import start_of
from broadsheet.platform.kept import KeptByKey

type Span = tuple[datetime, datetime]
"""From the first moment up to the first that is no longer in it."""
type Months = list[tuple[date, int]]
"""(first day, number of articles) of each month that has any, the newest first."""
type Days = dict[date, int]
"""How many articles came on each day that had any."""

# To count months the database reads all that the edition has published, to count days a year of it.
_months = KeptByKey[tuple[int, str, bool], Months]("articles", "outline", most=20)
_days = KeptByKey[tuple[int, str, int], Days]("articles", "outline", most=60)


def of_year(edition: Edition, year: int) -> Span:
    return start_of(date(year, 1, 1), edition.zone), start_of(date(year + 1, 1, 1), edition.zone)


def of_month(edition: Edition, year: int, month: int) -> Span:
    following = date(year + 1, 1, 1) if month == 12 else date(year, month + 1, 1)
    return start_of(date(year, month, 1), edition.zone), start_of(following, edition.zone)


def of_day(edition: Edition, day: date) -> Span:
    return start_of(day, edition.zone), start_of(day + timedelta(days=1), edition.zone)


def published_in(articles: ArticleQuerySet, span: Span) -> ArticleQuerySet:
    begins, ends = span
    return articles.filter(first_published_at__gte=begins, first_published_at__lt=ends)


def months_of(edition: Edition, *, originals: bool = False) -> Months:
    """With `originals` without the articles that other editions share with it."""
    found = edition.articles().filter(first_published_at__isnull=False)
    key = (edition.pk, edition.time_zone, originals)
    month = TruncMonth("first_published_at", tzinfo=edition.zone)

    def read() -> Months:
        counted = _counted(found.originals() if originals else found, month)
        return [(at.date(), count) for at, count in sorted(counted, reverse=True)]

    return _months.get(key, read) or []


def days_of(edition: Edition, year: int) -> Days:
    found = published_in(edition.articles(), of_year(edition, year))
    day = TruncDate("first_published_at", tzinfo=edition.zone)
    return _days.get((edition.pk, edition.time_zone, year), lambda: dict(_counted(found, day)) or None) or {}


def _counted(articles: ArticleQuerySet, by: Any) -> Iterable[tuple[Any, int]]:
    rows = articles.order_by().annotate(by=by).values("by").annotate(count=Count("pk"))
    return rows.values_list("by", "count")
