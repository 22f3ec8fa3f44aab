"""What an article says at a moment, as plain data: an issue keeps it, whatever becomes of the article."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any, Self

from broadsheet.editorial.models import Article
from broadsheet.platform import clock


@dataclass(frozen=True, slots=True)
class Entry:
    """Of a live coverage."""

    headline: str
    posted_at: str
    """ISO 8601."""
    body: list[Any]
    """Raw, as the database has it."""


@dataclass(frozen=True, slots=True)
class Said:
    headline: str
    kicker: str
    standfirst: str
    dateline: str
    kind: str
    section: str
    published: str
    """ISO 8601."""
    authors: list[int]
    picture: int | None
    caption: str
    """Empty where the picture's own serves."""
    body: list[Any]
    """Raw, as the database has it."""
    work: str
    methods: str
    corrections: list[str]
    """The keys of those that it has."""
    minutes: int = 0
    """To read all of it; told when it is pinned, since counting the words of many takes time."""
    summary: str = ""
    """Of a live coverage."""
    entries: list[Entry] = field(default_factory=list)
    """Of a live coverage, the oldest first."""

    @classmethod
    def by(cls, article: Article) -> Self:
        """By the published form of `article`. Ask for articles by `whole`, so that many cost no more."""
        coverage = article.coverage
        return cls(
            headline=article.headline,
            kicker=article.kicker,
            standfirst=article.standfirst,
            dateline=article.dateline,
            kind=article.kind,
            section=article.section.title,
            published=(article.first_published_at or clock.now()).isoformat(),
            authors=[byline.author_id for byline in article.bylines.all()],
            picture=article.picture_id,
            caption=article.picture_caption,
            body=list(article.body.raw_data),
            work=article.work,
            methods=article.methods,
            corrections=[correction.key for correction in article.corrections.all()],
            summary=coverage.summary if coverage else "",
            entries=[
                Entry(
                    entry.headline,
                    entry.posted_at.isoformat() if entry.posted_at else "",
                    list(entry.body.get_prep_value()),
                )
                for entry in reversed(coverage.standing if coverage else [])
            ],
        )

    @classmethod
    def from_pinned(cls, data: dict[str, Any]) -> Self:
        entries = [Entry(**entry) for entry in data["entries"]]
        return cls(**(data | {"entries": entries}))

    def pinned(self, minutes: int) -> dict[str, Any]:
        return asdict(replace(self, minutes=minutes))

    @property
    def published_at(self) -> datetime:
        return datetime.fromisoformat(self.published)


def whole(articles: Iterable[int]) -> dict[int, Article]:
    """Those with these ids, with all that they say."""
    found = Article.objects.select_related("locale").prefetch_related("bylines", "corrections")
    return {article.pk: article for article in found.filter(pk__in=list(articles))}
