from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Sum
from wagtail.models import Locale

from broadsheet.editorial.models import Article, ArticleQuerySet, Correction
from broadsheet.insights.models import HourlyCount
from broadsheet.platform import clock

type Opened = list[tuple[UUID, int]]
"""The uuid of an article, and how often it was opened."""

SPANS = (timedelta(hours=24), timedelta(days=7))


def most_read(locale: Locale, limit: int = 5, at: datetime | None = None) -> list[Article]:
    """At most `limit` live articles of an edition, the most opened of the last 24 hours first.

    Where fewer were opened in that time, those of the last seven days. None that was retracted. The articles
    come with what a headline's link needs, and no more.
    """
    at = at or clock.now()
    articles = Article.objects.live().public().filter(locale=locale)
    articles = articles.exclude(corrections__kind=Correction.Kind.RETRACTION)
    opened: Opened = []
    for span in SPANS:
        opened = _most_opened(articles, locale, at - span, limit)
        if len(opened) == limit:
            break
    return [article for article, _times in _named(articles, opened)]


def most_opened(locale: Locale, since: datetime, limit: int) -> list[tuple[Article, int]]:
    """At most `limit` live articles of an edition with their opens since then, the most opened first."""
    articles = Article.objects.live().filter(locale=locale)
    return _named(articles, _most_opened(articles, locale, since, limit))


def _named(articles: ArticleQuerySet, opened: Opened) -> list[tuple[Article, int]]:
    uuids = [uuid for uuid, _times in opened]
    named = articles.filter(translation_key__in=uuids).select_related("locale").defer("body")
    found = {article.translation_key: article for article in named}
    # One may have been withdrawn since it was counted.
    return [(found[uuid], times) for uuid, times in opened if uuid in found]


def _most_opened(articles: ArticleQuerySet, locale: Locale, since: datetime, limit: int) -> Opened:
    counted = HourlyCount.objects.of_edition(locale.language_code).since(since)
    summed = (
        counted.filter(article__in=articles.values("translation_key"))
        .values("article")
        .annotate(times=Sum("opens"))
        .filter(times__gt=0)
        .order_by("-times", "article")
    )
    return [(row["article"], row["times"]) for row in summed[:limit]]
