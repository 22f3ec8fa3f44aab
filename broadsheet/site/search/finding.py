"""From a question to a page of answers. Every hit is checked against today's ruling before it is shown."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Self

from django.utils.safestring import SafeString

from broadsheet.editorial.access import Access
from broadsheet.editorial.models import Article, Author, Byline, Edition, Section, attach_sections
from broadsheet.paywall.access import ruling
from broadsheet.platform import clock
from broadsheet.site.search import spelling
from broadsheet.site.search.asking import Asked, Choice
from broadsheet.site.search.indexing import AUTHOR, EDITION, SECTION, YEAR, stems_of_entry
from broadsheet.site.search.marking import excerpt, marked
from broadsheet.site.search.models import SearchEntry, seconds_of
from broadsheet.site.search.stemming import language_of
from broadsheet.site.search.stems import ABOUT, HEADLINE, OPENING, Question, Ranked, index_in_use, mark

MOST_RANKED = 1_000
FEW = 3
"""So few hits that a word may be misspelt."""
A_YEAR = 365.25 * 86_400
NEW, BEST = "new", "best"


@dataclass(frozen=True, slots=True)
class Filters:
    section: Section | None = None
    year: int | None = None
    author: Author | None = None

    @property
    def marks(self) -> list[str]:
        found = {
            SECTION: self.section and self.section.pk,
            YEAR: self.year,
            AUTHOR: self.author and self.author.pk,
        }
        return [mark(kind, number) for kind, number in found.items() if number is not None]

    def __bool__(self) -> bool:
        return bool(self.marks)


@dataclass(frozen=True, slots=True)
class Hit:
    """An article that was found, with its words marked."""

    article: Article
    headline: SafeString
    standfirst: SafeString
    excerpt: SafeString


@dataclass
class Hits:
    """A list that a paginator cuts: the database is asked for no more than a page shows."""

    question: Question | None
    order: str
    asked: Asked
    total: int

    def count(self) -> int:
        return self.total if self.order == NEW else min(self.total, MOST_RANKED)

    def __len__(self) -> int:
        return self.count()

    def __getitem__(self, part: slice) -> list[Hit]:
        if self.question is None or not self.total:
            return []
        start, most = part.start or 0, (part.stop or self.count()) - (part.start or 0)
        if self.order == NEW:
            return self._shown(index_in_use().newest(self.question, most, start))
        return self._shown(self._best[start : start + most])

    @cached_property
    def _best(self) -> list[int]:
        question = self.question
        if question is None:
            return []
        rows = {row.place: row for row in index_in_use().ranked(question, MOST_RANKED)}
        if self.total > MOST_RANKED:
            # Those among the older ones too whose headlines say it.
            older = index_in_use().ranked(question, MOST_RANKED, headlines_only=True)
            rows |= {row.place: row for row in older}
        now = clock.now().timestamp()
        return [row.place for row in sorted(rows.values(), key=lambda row: _rank(row, now))][:MOST_RANKED]

    def _shown(self, places: list[int]) -> list[Hit]:
        entries = SearchEntry.objects.in_bulk(places)
        found = Article.objects.live().public().filter(pk__in=[one.article_id for one in entries.values()])
        whole = found.for_teasers().select_related("alias_of").prefetch_related("topics")
        articles = {article.pk: article for article in attach_sections(whole)}
        hits = []
        for place in places:
            entry = entries.get(place)
            if entry and (article := articles.get(entry.article_id)):
                hits += self._hit(entry, article)
        return hits

    def _hit(self, entry: SearchEntry, article: Article) -> list[Hit]:
        """None where nothing but what is withheld today has the words."""
        entry.article = article
        language, stems = self.asked.language, self.asked.stems
        is_free = entry.has_rest and ruling(article).access == Access.FREE
        opening = entry.opening if entry.is_as_made() else ""
        may_be_withheld = (entry.has_rest and not is_free) or not entry.is_as_made()
        if may_be_withheld and not self._is_public(entry, with_opening=bool(opening)):
            return []
        body = f"{opening} {entry.rest}" if is_free else opening
        return [
            Hit(
                article,
                marked(article.headline, stems, language),
                marked(article.standfirst, stems, language),
                excerpt(body, stems, language),
            )
        ]

    def _is_public(self, entry: SearchEntry, *, with_opening: bool) -> bool:
        if self.question is None:
            return False
        fields = (HEADLINE, ABOUT, OPENING) if with_opening else (HEADLINE, ABOUT)
        all_stems = stems_of_entry(entry, self.asked.language)
        there = {stem for name in fields for stem in all_stems[name].in_order()}

        def has(choice: Choice) -> bool:
            return all(any(there.issuperset(phrase) for phrase in part.any_of) for part in choice)

        return any(has(choice) for choice in self.question.choices)


def _rank(row: Ranked, now: float) -> tuple[bool, bool, float, int]:
    """First those whose headline says it all, then their standfirst and names; of each the best.

    A new article counts for half as much again as an old one.
    """
    years = max(0.0, now - seconds_of(row.place)) / A_YEAR
    return not row.in_headline, not row.in_head, -row.score * (1 + 0.5 * 2**-years), -row.place


@dataclass
class Found:
    asked: Asked
    edition: Edition
    filters: Filters
    hits: Hits
    has_all_words: bool
    """Otherwise nothing has all the words, and these have most of them."""
    meant: Asked | None = None

    @classmethod
    def of(cls, typed: str, edition: Edition, filters: Filters, order: str = BEST) -> Self:
        language = language_of(edition.language_tag)
        asked = Asked.of(typed, language)
        if not asked.needed:
            return cls(asked, edition, filters, Hits(None, order, asked, 0), has_all_words=True)
        hits, has_all_words = _hits(asked, edition, filters, order)
        found = cls(asked, edition, filters, hits, has_all_words)
        if hits.total <= FEW or not has_all_words:
            found.meant = found._guess()
        return found

    def _guess(self) -> Asked | None:
        """Another spelling that finds more: so none is offered for what is found by a word withheld today."""
        guess = spelling.guess(self.asked, self.edition.language_tag.partition("-")[0].lower())
        if guess is None or guess.needed == self.asked.needed:
            return None
        number = index_in_use().count(_question((guess.needed,), self.edition, self.filters))
        return guess if number > (self.hits.total if self.has_all_words else 0) else None

    @cached_property
    def facets(self) -> "Facets":
        return Facets.of(self)


def _question(choices: tuple[Choice, ...], edition: Edition, filters: Filters) -> Question:
    return Question(choices, (mark(EDITION, edition.locale_id), *filters.marks))


def _hits(asked: Asked, edition: Edition, filters: Filters, order: str) -> tuple[Hits, bool]:
    for choice in dict.fromkeys([asked.needed, asked.apart]):
        question = _question((choice,), edition, filters)
        if total := index_in_use().count(question):
            return Hits(question, order, asked, total), True
    for choices in asked.most_of():
        question = _question(choices, edition, filters)
        if total := index_in_use().count(question):
            return Hits(question, order, asked, total), False
    return Hits(None, order, asked, 0), True


@dataclass(frozen=True, slots=True)
class Facets:
    """How many of what was found, whatever it is filtered by, are in each section, of each year and author.

    Empty where there are so many that counting them would take too long.
    """

    sections: dict[int, int] = field(default_factory=dict)
    years: dict[int, int] = field(default_factory=dict)
    authors: dict[int, int] = field(default_factory=dict)

    @classmethod
    def of(cls, found: Found) -> Self:
        question = found.hits.question
        if question is None:
            return cls()
        unfiltered = Question(question.choices, question.marks[:1])
        places = index_in_use().newest(unfiltered, MOST_RANKED + 1)
        if len(places) > MOST_RANKED:
            return cls()
        filters = found.filters
        rows = SearchEntry.objects.filter(pk__in=places).values_list("article_id", "section", "year")
        entries = {article: (section, year) for article, section, year in rows}
        signed: dict[int, set[int]] = {}
        bylines = Byline.objects.filter(article__in=entries)
        for article, author in bylines.values_list("article_id", "author_id"):
            signed.setdefault(article, set()).add(author)

        def fits(article: int, *, leaving_out: str) -> bool:
            section, year = entries[article]
            wrote = signed.get(article, ())
            return (
                (leaving_out == SECTION or not filters.section or filters.section.pk == section)
                and (leaving_out == YEAR or filters.year is None or filters.year == year)
                and (leaving_out == AUTHOR or not filters.author or filters.author.pk in wrote)
            )

        def among(kind: str) -> Iterable[int]:
            return (article for article in entries if fits(article, leaving_out=kind))

        return cls(
            sections=Counter(entries[article][0] for article in among(SECTION)),
            years=Counter(entries[article][1] for article in among(YEAR)),
            authors=Counter(author for article in among(AUTHOR) for author in signed.get(article, ())),
        )
