"""Arranges one ranked list of articles into the positions of a front page, or of a section's."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from broadsheet.editorial.models import Article, Section

SECONDS, ROW, SIGNED, BRIEFS, BRIGHT, BAND = 2, 4, 3, 7, 4, 3


@dataclass(slots=True)
class Band:
    section: Section
    articles: list[Article] = field(default_factory=list)


@dataclass(slots=True)
class Arrangement:
    """The positions of a front page. No article appears twice; each position may be empty."""

    lead: Article | None
    seconds: list[Article]
    row: list[Article]
    signed: list[Article]
    briefs: list[Article]
    bright: list[Band]
    bands: list[Band]


@dataclass(slots=True)
class SectionArrangement:
    """The positions of a section's page. Each list is in the order of the ranking."""

    lead: Article | None
    pictured: list[Article]
    plain: list[Article]


def arrange_section(ranked: Iterable[Article]) -> SectionArrangement:
    """Cards with pictures stand apart from those without, so that no row is ragged."""
    articles = list(ranked)
    others = articles[1:]
    return SectionArrangement(
        articles[0] if articles else None,
        [article for article in others if article.picture],
        [article for article in others if not article.picture],
    )


def alike(ranked: Iterable[Article], count: int) -> list[Article]:
    """The first `count` with a picture; where there are not two of those, the first of all."""
    articles = list(ranked)
    pictured = [article for article in articles if article.picture]
    return (pictured if len(pictured) > 1 else articles)[:count]


def is_brief(article: Article) -> bool:
    return article.kind == "briefing"


def is_signed(article: Article) -> bool:
    """One person's view, set apart with a portrait and in italics."""
    return article.kind in {"opinion", "review"}


def is_bright(article: Article) -> bool:
    return article.section.is_bright


def is_report(article: Article) -> bool:
    return not (is_brief(article) or is_signed(article) or is_bright(article))


def arrange(ranked: Iterable[Article]) -> Arrangement:
    """Fills each position with the first of `ranked` that suit it; each article must have its `section`."""
    left = list(ranked)

    def take(count: int, suits: Callable[[Article], bool]) -> list[Article]:
        taken = [article for article in left if suits(article)][:count]
        left[:] = [article for article in left if article not in taken]
        return taken

    lead = take(1, lambda article: True)

    def take_alike(count: int, suits: Callable[[Article], bool]) -> list[Article]:
        taken = alike(filter(suits, left), count)
        left[:] = [article for article in left if article not in taken]
        return taken

    seconds = take(SECONDS, lambda article: is_report(article) and article.picture is not None)
    return Arrangement(
        lead=lead[0] if lead else None,
        seconds=seconds,
        row=take_alike(ROW, is_report),
        signed=take(SIGNED, is_signed),
        briefs=take(BRIEFS, lambda article: is_brief(article) and not is_bright(article)),
        bright=_bands(take(len(left), is_bright), BRIGHT),
        bands=_bands(left, BAND),
    )


def _bands(articles: Iterable[Article], length: int) -> list[Band]:
    """The articles by section, in the order of the sections, with at most `length` in each."""
    bands: dict[str, Band] = {}
    for article in articles:
        band = bands.setdefault(article.section.path, Band(article.section))
        band.articles.append(article)
    return [Band(band.section, alike(band.articles, length)) for _path, band in sorted(bands.items())]
