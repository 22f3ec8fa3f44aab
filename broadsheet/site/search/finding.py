"""From a question to a page of answers. Every hit is checked against today's ruling before it is shown."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import chain
from typing import Self

from django.utils.safestring import SafeString

from broadsheet.editorial.access import Access
from broadsheet.editorial.models import Article, Author, Byline, Edition, Section, attach_sections
from broadsheet.paywall.access import ruling
from broadsheet.platform import clock
from broadsheet.site.search import spelling
from broadsheet.site.search.asking import Asked, Choice
from broadsheet.site.search.indexing import stems_of_entry
from broadsheet.site.search.marking import Sought, excerpt, marked
from broadsheet.site.search.models import SearchEntry, seconds_of
from broadsheet.site.search.stemming import language_of
from broadsheet.site.search.stems import (
    ABOUT,
    AUTHOR,
    EDITION,
    HEAD,
    HEADLINE,
    OPENING,
    SECTION,
    YEAR,
    Question,
    Ranked,
    index_in_use,
    mark,
)

MOST_RANKED = 1_000
MOST_LISTED = 10_000
"""Of the newest first. Whoever wants an older one filters."""
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
    newest: list[int] = field(default_factory=list)
    """Places, the newest first: so many that one more than is ranked may be in it."""

    @property
    def total(self) -> int:
        """How many there are; more than that if `has_more`."""
        return min(len(self.newest), MOST_RANKED)

    @property
    def has_more(self) -> bool:
        return len(self.newest) > MOST_RANKED

    @cached_property
    def _listed(self) -> int:
        if self.order == NEW and self.has_more and self.question:
            return index_in_use().count(self.question, MOST_LISTED)
        return self.total

    def count(self) -> int:
        return self._listed

    def __len__(self) -> int:
        return self._listed

    def __getitem__(self, part: slice) -> list[Hit]:
        if self.question is None or not self.newest:
            return []
        start, end = part.start or 0, part.stop or self._listed
        if self.order == BEST:
            return self._shown(self._best[start:end])
        if end <= len(self.newest):
            return self._shown(self.newest[start:end])
        return self._shown(index_in_use().newest(self.question, end - start, start))

    @cached_property
    def _best(self) -> list[int]:
        """First those whose headline says it all, then their standfirst and names.

        Of each the best; of more than can be ranked the newest, in their headlines also among the older ones.
        """
        question = self.question
        if question is None:
            return []
        if self.has_more:
            tiers = [
                index_in_use().newest(question, MOST_RANKED, fields=fields) for fields in ((HEADLINE,), HEAD)
            ]
            return list(dict.fromkeys([*chain(*tiers), *self.newest]))[:MOST_RANKED]
        now = clock.now().timestamp()
        rows = index_in_use().ranked(question, self.newest)
        return [row.place for row in sorted(rows, key=lambda row: _rank(row, now))]

    @cached_property
    def _sought(self) -> Sought:
        return Sought(self.asked.stems, self.asked.language)

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
        is_free = entry.has_rest and ruling(article).access == Access.FREE
        opening = entry.opening if entry.is_as_made() else ""
        may_be_withheld = (entry.has_rest and not is_free) or not entry.is_as_made()
        if may_be_withheld and not self._is_public(entry, with_opening=bool(opening)):
            return []
        body = f"{opening} {entry.rest}" if is_free else opening
        return [
            Hit(
                article,
                marked(article.headline, self._sought),
                marked(article.standfirst, self._sought),
                excerpt(body, self._sought),
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
    """A new article counts for half as much again as an old one."""
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
            return cls(asked, edition, filters, Hits(None, order, asked), has_all_words=True)
        hits, has_all_words = _hits(asked, edition, filters, order)
        found = cls(asked, edition, filters, hits, has_all_words)
        if not hits.total or not has_all_words:
            found.meant = found._guess()
        return found

    def _guess(self) -> Asked | None:
        """Another spelling that finds something: so none is offered that only what is withheld today has."""
        guess = spelling.guess(self.asked, self.edition.language_tag.partition("-")[0].lower())
        if guess is None or guess.needed == self.asked.needed:
            return None
        question = Question((guess.needed,), (mark(EDITION, self.edition.locale_id), *self.filters.marks))
        return guess if index_in_use().newest(question, 1) else None

    @cached_property
    def facets(self) -> "Facets":
        return Facets.of(self)


def _hits(asked: Asked, edition: Edition, filters: Filters, order: str) -> tuple[Hits, bool]:
    marks = (mark(EDITION, edition.locale_id), *filters.marks)
    nothing_doubtful = not SearchEntry.objects.doubtful().exists()

    def found(choices: tuple[Choice, ...]) -> Hits:
        question = Question(choices, marks, nothing_doubtful=nothing_doubtful)
        return Hits(question, order, asked, index_in_use().newest(question, MOST_RANKED + 1))

    for choice in dict.fromkeys([asked.needed, asked.apart]):
        if (hits := found((choice,))).total:
            return hits, True
    for choices in asked.most_of():
        if (hits := found(choices)).total:
            return hits, False
    return Hits(None, order, asked), True


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
        filters, places = found.filters, found.hits.newest
        if filters:
            unfiltered = replace(question, marks=question.marks[:1])
            places = index_in_use().newest(unfiltered, MOST_RANKED + 1)
        if len(places) > MOST_RANKED:
            return cls()
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
