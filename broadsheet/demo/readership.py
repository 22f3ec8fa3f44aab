"""A month of readers for the demo, by the hour: invented, and the same for every seeding of an hour."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from math import cos, pi
from random import Random
from zoneinfo import ZoneInfo

from broadsheet.editorial.access import Access
from broadsheet.editorial.models import Article
from broadsheet.insights.models import HourlyCount
from broadsheet.paywall.access import ruling
from broadsheet.paywall.verdict import Reason

SPAN = timedelta(days=30)
HOUR = timedelta(hours=1)
NEWS_AGES_IN = 20
"""Hours after which an article has half the readers of its first one."""
BUSIEST = 20
"""Opens of a middling article in its first hour, were it an average hour of the day."""

# By reason: verdicts, and opens, for each reader who comes.
MIX: dict[Access, dict[Reason, tuple[float, float]]] = {
    Access.FREE: {Reason.FREE: (1.0, 0.9)},
    Access.METERED: {
        Reason.SUBSCRIPTION: (0.30, 0.30),
        Reason.METER: (0.35, 0.35),
        Reason.GRANTED: (0.10, 0.10),
        Reason.REGISTER: (0.85, 0.0),
        Reason.SUBSCRIBE: (0.06, 0.0),
    },
    Access.SUBSCRIBERS: {Reason.SUBSCRIPTION: (0.35, 0.35), Reason.SUBSCRIBE: (1.1, 0.0)},
}


def invent(articles: Iterable[Article], zones: dict[str, ZoneInfo], now: datetime) -> Iterator[HourlyCount]:
    """Counts for each of `articles`; `zones` are those of the editions, by language tag."""
    latest = now.replace(minute=0, second=0, microsecond=0)
    for article in articles:
        chance = Random(f"{article.locale.language_code}/{article.slug}")  # noqa: S311 (no secret)
        yield from _of_one(article, zones[article.locale.language_code], latest, chance)


def _of_one(article: Article, zone: ZoneInfo, latest: datetime, chance: Random) -> Iterator[HourlyCount]:
    mix = MIX[ruling(article).access]
    appeal = BUSIEST * chance.lognormvariate(0, 0.7)
    published = article.first_published_at
    hour = max(latest - SPAN, published.replace(minute=0, second=0, microsecond=0))
    while hour <= latest:
        age = (hour - published) / HOUR
        readers = appeal * _of_the_day(hour.astimezone(zone).hour) / (1 + max(0, age) / NEWS_AGES_IN)
        for reason, (verdicts, opens) in mix.items():
            luck = chance.uniform(0.6, 1.4)
            decisions = _whole(readers * verdicts * luck, chance)
            if decisions:
                yield HourlyCount(
                    edition=article.locale.language_code,
                    hour=hour,
                    article=article.uuid,
                    reason=reason,
                    decisions=decisions,
                    opens=min(decisions, _whole(decisions * opens / verdicts, chance)),
                )
        hour += HOUR


def _of_the_day(hour: int) -> float:
    """How busy an hour is: least at four in the morning, most at four in the afternoon; 1 on average."""
    return 1 - 0.85 * cos((hour - 4) / 24 * 2 * pi)


def _whole(number: float, chance: Random) -> int:
    return int(number + chance.random())
