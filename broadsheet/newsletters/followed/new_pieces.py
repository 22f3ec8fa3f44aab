"""What is new for each of many readers, of the topics and authors that they follow."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from broadsheet.editorial.models import Article, ArticleQuerySet, Byline, Correction, Edition
from broadsheet.library.models import Follow

MOST = 500
"""The newest that are looked at."""


@dataclass(frozen=True, slots=True)
class Piece:
    uuid: UUID
    published_at: datetime
    topics: frozenset[int]
    authors: frozenset[int]


def sendable(edition: Edition) -> ArticleQuerySet:
    """What may stand in a letter to readers of `edition`, the newest first."""
    retracted = Correction.objects.filter(kind=Correction.Kind.RETRACTION).values("article")
    found: ArticleQuerySet = Article.objects.in_print().exclude(pk__in=retracted)
    return found.once_each(edition.locale)


def pieces_in(edition: Edition, since: datetime, until: datetime) -> list[Piece]:
    """What was first published from `since` on and before `until`, the newest first."""
    recent = sendable(edition).filter(first_published_at__gte=since, first_published_at__lt=until)
    rows = list(recent.values_list("pk", "translation_key", "first_published_at")[:MOST])
    topics, authors = defaultdict(set), defaultdict(set)
    pks = [pk for pk, _uuid, _at in rows]
    through = Article.topics.through.objects.filter(article__in=pks)
    for article, topic in through.values_list("article", "topic"):
        topics[article].add(topic)
    for article, author in Byline.objects.filter(article__in=pks).values_list("article", "author"):
        authors[article].add(author)
    return [Piece(uuid, at, frozenset(topics[pk]), frozenset(authors[pk])) for pk, uuid, at in rows]


class Readers:
    """What some readers follow, read at once."""

    def __init__(self, people: Collection[int]) -> None:
        self._topics: dict[int, set[int | None]] = defaultdict(set)
        self._authors: dict[int, set[int | None]] = defaultdict(set)
        follows = Follow.objects.filter(reader__in=people).values_list("reader", "topic", "author")
        for reader, topic, author in follows:
            self._topics[reader].add(topic)
            self._authors[reader].add(author)

    def new_for(self, reader: int, pieces: list[Piece], since: datetime) -> list[UUID]:
        topics, authors = self._topics[reader], self._authors[reader]
        return [
            piece.uuid
            for piece in pieces
            if piece.published_at >= since
            and not (topics.isdisjoint(piece.topics) and authors.isdisjoint(piece.authors))
        ]
