"""What a topic's articles know together: one timeline, and the positions side by side."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from broadsheet.editorial.context import edition_of
from broadsheet.editorial.models import Article, Topic
from broadsheet.evidence.models import Position, TimelineEntry
from broadsheet.evidence.words import core
from broadsheet.site.evidence.sight import Sight, attach_articles

ARTICLES = 400
"""Of a longer story the newest; the exports have it all."""
ENTRIES = 40
"""The latest, which are shown in the order of time."""
POSITIONS = 30
QUESTIONS = 5


@dataclass(frozen=True, slots=True)
class Difference:
    """One question, and those who answer it."""

    question: str
    positions: list[Position]


def of_topic(topic: Topic, request: HttpRequest, sight: Sight) -> dict[str, Any]:
    articles = Article.objects.live().filter(topics=topic)
    seen = sight.seen_of(articles, edition_of(request).locale, ARTICLES)
    here = {"page__in": Article.topics.through.objects.filter(topic=topic).values("article")}
    latest = TimelineEntry.objects.filter(**here).select_related("source").order_by("-when", "-pk")
    newest = Position.objects.filter(**here).select_related("holder", "source")
    newest = newest.order_by("-page__first_published_at", "page", "position")
    timeline = _merged(seen.first_of(latest, ENTRIES))
    differences = _differences(seen.first_of(newest, POSITIONS))
    attach_articles(timeline, *(difference.positions for difference in differences))
    return {"timeline": timeline, "differences": differences}


def _merged(entries: list[TimelineEntry]) -> list[TimelineEntry]:
    """In the order of time, each event once, told by the newest article that tells it."""
    found: dict[tuple[str, str], TimelineEntry] = {}
    for entry in entries:
        found.setdefault((entry.when, core(entry.text).casefold()), entry)
    return sorted(found.values(), key=lambda entry: (entry.when, entry.pk))


def _differences(positions: list[Position]) -> list[Difference]:
    """By question, however its mark and case; of each holder the newest answer."""
    by_question: dict[str, dict[int, Position]] = {}
    for position in positions:
        key = core(position.question).casefold().rstrip("?")
        by_question.setdefault(key, {}).setdefault(position.holder_id, position)
    found = [list(held.values()) for held in by_question.values() if len(held) > 1]
    return [Difference(held[0].question, held) for held in found[:QUESTIONS]]
