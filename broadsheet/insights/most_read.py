from datetime import datetime, timedelta

from django.db.models import Sum
from wagtail.models import Locale

from broadsheet.editorial.models import Article, ArticleQuerySet, Correction
from broadsheet.insights.models import HourlyCount
from broadsheet.platform import clock

SPANS = (timedelta(hours=24), timedelta(days=7))


def most_read(locale: Locale, limit: int = 5, at: datetime | None = None) -> list[Article]:
    """At most `limit` live articles of an edition, the most opened of the last 24 hours first.

    Where fewer were opened in that time, those of the last seven days. None that was retracted. The articles
    come with what a headline's link needs, and no more.
    """
    at = at or clock.now()
    articles = Article.objects.live().public().filter(locale=locale)
    articles = articles.exclude(corrections__kind=Correction.Kind.RETRACTION)
    opened: list[object] = []
    for span in SPANS:
        opened = _most_opened(articles, locale, at - span, limit)
        if len(opened) == limit:
            break
    named = articles.filter(translation_key__in=opened).select_related("locale").defer("body")
    found = {article.translation_key: article for article in named}
    # One may have been withdrawn since it was counted.
    return [found[uuid] for uuid in opened if uuid in found]


def _most_opened(articles: ArticleQuerySet, locale: Locale, since: datetime, limit: int) -> list[object]:
    counted = HourlyCount.objects.of_edition(locale.language_code).since(since)
    summed = (
        counted.filter(article__in=articles.values("translation_key"))
        .values("article")
        .annotate(times=Sum("opens"))
        .filter(times__gt=0)
        .order_by("-times", "article")
    )
    return [row["article"] for row in summed[:limit]]
