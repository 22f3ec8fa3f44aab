from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from itertools import batched, count
from uuid import UUID

from django.db.models import Sum
from wagtail.models import Locale

from broadsheet.editorial.models import Article, ArticleQuerySet, Correction, Section
from broadsheet.insights.models import HourlyCount
from broadsheet.platform import clock

type Opened = list[tuple[Article, int]]
"""An article, and how often it was opened."""
type Ranking = Callable[[str, timedelta], list[UUID]]
"""What `opened_most` answers, or what was kept of it."""

SPARE = 4
"""So many times as many are looked at as are wanted, since some may be withdrawn."""
OF_ALL = 400
"""Of an edition are looked at for what is most read in one section."""
SPANS = (timedelta(hours=24), timedelta(days=7))


def opened_most(edition: str, span: timedelta) -> list[UUID]:
    """What was opened of the edition with this language tag in the last `span`, the most opened first.

    At most `OF_ALL`, and some of them may not be there any more.
    """
    counted = HourlyCount.objects.of_edition(edition).since(clock.now() - span)
    summed = counted.values("article").annotate(times=Sum("opens")).filter(times__gt=0)
    return list(summed.order_by("-times", "article").values_list("article", flat=True)[:OF_ALL])


def most_read(locale: Locale, limit: int = 5, ranking: Ranking = opened_most) -> list[Article]:
    """At most `limit` live articles of an edition, the most opened of the last 24 hours first.

    Where fewer were opened in that time, those of the last seven days. None that was retracted. The articles
    come with what a headline's link needs, and no more.
    """
    articles = Article.objects.live().public().filter(locale=locale)
    found: list[Article] = []
    for span in SPANS:
        found = _first(_unretracted(articles), ranking(locale.language_code, span), limit)
        if len(found) == limit:
            break
    return found


def most_read_in(section: Section, limit: int, ranking: Ranking = opened_most) -> list[Article]:
    """At most `limit` live articles of a section, the most opened of the last seven days first.

    As `most_read` has them. Only what is among the most opened of the whole edition is found, in two queries.
    """
    uuids = ranking(section.locale.language_code, SPANS[-1])
    found = _by_uuid(_unretracted(Article.objects.live().public().below(section)), uuids)
    return [found[uuid] for uuid in uuids if uuid in found][:limit]


def _unretracted(articles: ArticleQuerySet) -> ArticleQuerySet:
    return articles.exclude(corrections__kind=Correction.Kind.RETRACTION)


def _first(articles: ArticleQuerySet, uuids: list[UUID], limit: int) -> list[Article]:
    """At most `limit` of `articles`, in the order of `uuids`, of which some at a time are looked for."""
    first: list[Article] = []
    for some in batched(uuids, limit * SPARE):
        found = _by_uuid(articles, some)
        first += [found[uuid] for uuid in some if uuid in found]
        if len(first) >= limit:
            break
    return first[:limit]


def most_opened(locale: Locale, since: datetime, limit: int) -> Opened:
    """At most `limit` live articles of an edition with their opens since then, the most opened first."""
    return _most_opened(Article.objects.live().filter(locale=locale), locale, since, limit)


def _most_opened(articles: ArticleQuerySet, locale: Locale, since: datetime, limit: int) -> Opened:
    """Looks among what was opened most, some at a time, and never among all articles."""
    counted = HourlyCount.objects.of_edition(locale.language_code).since(since)
    summed = counted.values("article").annotate(times=Sum("opens")).filter(times__gt=0)
    ranked = summed.order_by("-times", "article").values_list("article", "times")
    opened: Opened = []
    step = limit * SPARE
    for start in count(0, step):
        some: list[tuple[UUID, int]] = list(ranked[start : start + step])
        found = _by_uuid(articles, [uuid for uuid, _times in some])
        opened += [(found[uuid], times) for uuid, times in some if uuid in found]
        if len(opened) >= limit or len(some) < step:
            break
    return opened[:limit]


def _by_uuid(articles: ArticleQuerySet, uuids: Sequence[UUID]) -> dict[UUID, Article]:
    named = articles.filter(translation_key__in=uuids).select_related("locale").defer("body")
    return {article.translation_key: article for article in named}
