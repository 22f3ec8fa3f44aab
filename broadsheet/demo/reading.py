"""What the demo's two readers put aside, and what one of them has read: the other has no history."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from broadsheet.demo.people import READER, SUBSCRIBER
from broadsheet.editorial.models import Article
from broadsheet.library.models import ReadingHistory, SavedArticle
from broadsheet.people.models import Person
from broadsheet.platform import clock

SAVED: dict[str, tuple[str, ...]] = {
    READER[0]: ("the-night-train-comes-back", "in-praise-of-the-index", "paris-on-two-wheels"),
    SUBSCRIBER[0]: (
        "middlemarch-again",
        "the-box-that-shrank-the-world",
        "a-telescope-that-takes-in-everything",
        "four-days",
        "a-reef-in-the-dark",
    ),
}
"""Newest first, of each reader."""
READ = (
    ("ninety-three-pieces-of-walrus", 5, 9),
    ("estonia-votes-at-the-kitchen-table", 8, 8),
    ("the-whales-that-came-back", 7, 7),
    ("a-power-station-in-four-million-parts", 3, 12),
)
"""Newest first: article, the paragraph that was reached, and of how many."""


def keep_lists(articles: Mapping[str, Article], now: datetime) -> None:
    for email, slugs in SAVED.items():
        reader = Person.objects.get(email=email)
        for days, slug in enumerate(slugs):
            with clock.moved_to(now - timedelta(days=1.3 * days, hours=5)):
                SavedArticle.objects.add(reader, articles[slug])
    bruno = Person.objects.get(email=SUBSCRIBER[0])
    with clock.moved_to(now - timedelta(days=60)):
        history = ReadingHistory.objects.begin(bruno)
    for days, (slug, place, paragraphs) in enumerate(READ):
        with clock.moved_to(now - timedelta(days=2.1 * days, hours=9)):
            history.note(articles[slug].uuid, place, paragraphs)
