"""The database's own index of stems: a row for each entry, at its place. Django does not know its table.

It is made after each `migrate`, as `editorial.page_indexes` are and for the same reason. A row goes with its
entry, by a trigger, whatever deletes that. Stems are letters, digits and marks alone, and both databases get
them quoted, as parameters: nothing that is typed is read as their language.
"""

import json
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

from django.db import connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper

from broadsheet.platform import clock
from broadsheet.site.search.asking import Choice, Phrase
from broadsheet.site.search.models import SearchEntry
from broadsheet.site.search.text import BREAK, Stemmed

TABLE = "site_search_stems"
ENTRIES = SearchEntry._meta.db_table

HEADLINE, ABOUT, OPENING, REST = "headline", "about", "opening", "rest"
FIELDS = (HEADLINE, ABOUT, OPENING, REST)
"""`about` holds the kicker, the standfirst, who wrote it and its topics."""
HEAD = (HEADLINE, ABOUT)

EDITION, SECTION, YEAR, AUTHOR = "e", "s", "y", "a"
"""Kinds of marks."""

type Stems = Mapping[str, Stemmed]
"""By field."""


@dataclass(frozen=True, slots=True)
class Question:
    choices: tuple[Choice, ...]
    """An article must have one of these."""
    marks: tuple[str, ...]
    """And all of these: its edition, and what was filtered by. No word is like them: see `mark`."""
    nothing_doubtful: bool = False
    """Whether all that is in the index was seen to be right: then it is not asked again."""


def mark(kind: str, number: int) -> str:
    return f"{kind}{BREAK}{number}"


class Ranked(NamedTuple):
    place: int
    score: float
    in_headline: bool
    in_head: bool


class Index(ABC):
    create: ClassVar[tuple[str, ...]]
    key: ClassVar[str]
    """The column that holds the place."""
    newest_first: ClassVar[str]

    @abstractmethod
    def put(self, rows: Iterable[tuple[int, Sequence[str], Stems]]) -> None:
        """Puts in, or puts right, what stands at each place: its marks, and its stems by field."""

    @abstractmethod
    def _matches(self, question: Question, fields: Sequence[str]) -> tuple[str, list[Any]]:
        """A condition with its parameters."""

    @abstractmethod
    def _at(self, question: Question, places: Sequence[int]) -> tuple[str, list[Any]]:
        """The rows at these places, at all of which it was found."""

    @abstractmethod
    def _score(self, question: Question) -> tuple[str, list[Any]]:
        """How good a match is: the greater, the better."""

    def _found(self, question: Question, fields: Sequence[str]) -> tuple[str, list[Any]]:
        """Of what may hold more than is public, only what its headline and what is about it give."""
        matches, given = self._matches(question, fields)
        if question.nothing_doubtful or not set(fields) - set(HEAD):
            return matches, given
        doubtful, of_doubtful = SearchEntry.objects.doubtful().query.sql_with_params()
        in_head, of_head = self._matches(question, HEAD)
        sure = f"{self.key} NOT IN ({doubtful})"
        return (
            f"{matches} AND ({sure} OR {self.key} IN (SELECT {self.key} FROM {TABLE} WHERE {in_head}))",
            [*given, *of_doubtful, *of_head],
        )

    def _has(self, question: Question, fields: Sequence[str], oldest: int) -> tuple[str, list[Any]]:
        """Whether a row has it in these fields. None is older than the place `oldest`."""
        matches, given = self._matches(question, fields)
        found = f"SELECT {self.key} FROM {TABLE} WHERE {matches} AND {self.key} >= %s"
        return f"{self.key} IN ({found})", [*given, oldest]

    def count(self, question: Question, most: int) -> int:
        """How many there are, of which no more than `most` are counted."""
        matches, given = self._found(question, FIELDS)
        asked = f"SELECT count(*) FROM (SELECT 1 FROM {TABLE} WHERE {matches} LIMIT %s) AS found"
        return int(self._rows(asked, [*given, most])[0][0])

    def newest(
        self, question: Question, most: int, after: int = 0, *, fields: Sequence[str] = FIELDS
    ) -> list[int]:
        """At most `most` places that have it in these fields, the newest first, without the first `after`."""
        matches, given = self._found(question, fields)
        return self._newest(matches, given, most, after)

    def _newest(self, matches: str, given: Sequence[Any], most: int, after: int = 0) -> list[int]:
        found = f"SELECT {self.key} FROM {TABLE} WHERE {matches}"
        asked = f"{found} ORDER BY {self.newest_first} LIMIT %s OFFSET %s"
        return [int(place) for (place,) in self._rows(asked, [*given, most, after])]

    def ranked(self, question: Question, places: Sequence[int]) -> list[Ranked]:
        """Those at `places`, where it was found, in no order, with how good they are."""
        score, of_score = self._score(question)
        oldest = min(places)
        in_headline, of_headline = self._has(question, (HEADLINE,), oldest)
        in_head, of_head = self._has(question, HEAD, oldest)
        there, given = self._at(question, places)
        asked = f"SELECT {self.key}, {score}, {in_headline}, {in_head} FROM {TABLE} WHERE {there}"
        rows = self._rows(asked, [*of_score, *of_headline, *of_head, *given])
        return [Ranked(place, score, bool(first), bool(second)) for place, score, first, second in rows]

    def _rows(self, sql: str, given: Sequence[Any]) -> list[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            cursor.execute(sql, given)
            return list(cursor.fetchall())


class OnSQLite(Index):
    key, newest_first = "rowid", "rowid DESC"
    create = (
        f"CREATE VIRTUAL TABLE IF NOT EXISTS {TABLE} USING fts5(marks, {', '.join(FIELDS)}, tokenize="
        "\"unicode61 remove_diacritics 0 categories 'L* M* N* Co' tokenchars '_'\")",
        f"CREATE TRIGGER IF NOT EXISTS {TABLE}_gone AFTER DELETE ON {ENTRIES}"
        f" BEGIN DELETE FROM {TABLE} WHERE rowid = old.place; END",
    )

    def put(self, rows: Iterable[tuple[int, Sequence[str], Stems]]) -> None:
        written: list[tuple[Any, ...]] = [
            (place, " ".join(marks), *(" ".join(stems[field].in_order()) for field in FIELDS))
            for place, marks, stems in rows
        ]
        with connection.cursor() as cursor:
            cursor.executemany(f"DELETE FROM {TABLE} WHERE rowid = %s", [row[:1] for row in written])
            cursor.executemany(
                f"INSERT INTO {TABLE} (rowid, marks, {', '.join(FIELDS)}) VALUES (%s, %s, %s, %s, %s, %s)",
                written,
            )

    def _at(self, question: Question, places: Sequence[int]) -> tuple[str, list[Any]]:
        """By words alone: the score counts all that is asked for in the whole index, and so would marks.

        The plus keeps SQLite from asking for each place by itself.
        """
        words = f"{{{' '.join(FIELDS)}}} : ({_either(question.choices)})"
        there = f"{TABLE} MATCH %s AND rowid >= %s AND +rowid IN (SELECT value FROM json_each(%s))"
        return there, [words, min(places), json.dumps(places)]

    def _matches(self, question: Question, fields: Sequence[str]) -> tuple[str, list[Any]]:
        words = f"{{{' '.join(fields)}}} : ({_either(question.choices)})"
        marks = [f'marks : "{one}"' for one in question.marks]
        return f"{TABLE} MATCH %s", [" AND ".join([*marks, words])]

    def _score(self, question: Question) -> tuple[str, list[Any]]:
        return f"-bm25({TABLE}, 0.0, 10.0, 5.0, 1.5, 1.0)", []


def _either(choices: Iterable[Choice]) -> str:
    """For FTS5."""
    return " OR ".join(
        "(" + " AND ".join("(" + " OR ".join(map(_quoted, part.any_of)) + ")" for part in choice) + ")"
        for choice in choices
    )


def _quoted(phrase: Phrase) -> str:
    return f'"{" ".join(phrase)}"'


class OnPostgreSQL(Index):
    key = "place"
    # As a sum, lest it walk along the places and unpack the stems of each row: that takes a hundred times as
    # long as to sort what the index of words has found.
    newest_first = "place + 0 DESC"
    # What is looked through to count and to find the newest is narrow: the stems themselves lie elsewhere.
    create = (
        f"CREATE TABLE IF NOT EXISTS {TABLE} (place bigint PRIMARY KEY, stems tsvector NOT NULL)"
        " WITH (toast_tuple_target = 128)",
        f"CREATE INDEX IF NOT EXISTS {TABLE}_words ON {TABLE} USING gin (stems)",
        # What has a word in its headline is found without a look at each that has it anywhere.
        f"CREATE INDEX IF NOT EXISTS {TABLE}_headline ON {TABLE} USING gin (ts_filter(stems, '{{a}}'))",
        f"CREATE INDEX IF NOT EXISTS {TABLE}_head ON {TABLE} USING gin (ts_filter(stems, '{{a,b}}'))",
        f"CREATE OR REPLACE FUNCTION {TABLE}_go() RETURNS trigger LANGUAGE plpgsql AS"
        f" $$ BEGIN DELETE FROM {TABLE} WHERE place = old.place; RETURN NULL; END $$",
        f"CREATE OR REPLACE TRIGGER {TABLE}_gone AFTER DELETE ON {ENTRIES}"
        f" FOR EACH ROW EXECUTE FUNCTION {TABLE}_go()",
    )
    labels: ClassVar[dict[str, str]] = dict(zip(FIELDS, "ABCD", strict=True))
    within: ClassVar[dict[tuple[str, ...], str]] = {
        FIELDS: "stems",
        (HEADLINE,): "ts_filter(stems, '{a}')",
        HEAD: "ts_filter(stems, '{a,b}')",
    }
    """Fields → their part of the stems, of which there is an index."""
    LAST = 16_383
    """The greatest position that a tsvector knows."""

    def put(self, rows: Iterable[tuple[int, Sequence[str], Stems]]) -> None:
        with connection.cursor() as cursor:
            cursor.executemany(
                f"INSERT INTO {TABLE} (place, stems) VALUES (%s, %s::tsvector)"
                " ON CONFLICT (place) DO UPDATE SET stems = excluded.stems",
                [(place, self._vector(marks, stems)) for place, marks, stems in rows],
            )

    def _vector(self, marks: Sequence[str], stems: Stems) -> str:
        found: dict[str, list[str]] = {}
        position = 0
        for field in FIELDS:
            position += 2
            for stem in stems[field].in_order():
                position += 1
                if stem != BREAK:
                    found.setdefault(stem, []).append(f"{min(position, self.LAST)}{self.labels[field]}")
        at = (f"{_lexeme(stem)}:{','.join(positions)}" for stem, positions in found.items())
        # Marks stand in every part.
        return " ".join([*(f"{_lexeme(one)}:1A" for one in marks), *at])

    def _matches(self, question: Question, fields: Sequence[str]) -> tuple[str, list[Any]]:
        asked = [*map(_lexeme, question.marks), f"({_words(question.choices)})"]
        return f"{self.within[tuple(fields)]} @@ %s::tsquery", [" & ".join(asked)]

    def _at(self, question: Question, places: Sequence[int]) -> tuple[str, list[Any]]:
        return "place = ANY(%s)", [list(places)]

    def newest(
        self, question: Question, most: int, after: int = 0, *, fields: Sequence[str] = FIELDS
    ) -> list[int]:
        """Of a frequent word only the articles of these years are looked at: there are enough."""
        if not after:
            matches, given = self._found(question, fields)
            this_year = clock.now().year
            years = " | ".join(_lexeme(mark(YEAR, this_year + more)) for more in (1, 0, -1))
            of_late = f"{matches} AND {self.within[tuple(fields)]} @@ %s::tsquery"
            found = self._newest(of_late, [*given, years], most)
            if len(found) == most:
                return found
        return super().newest(question, most, after, fields=fields)

    def _score(self, question: Question) -> tuple[str, list[Any]]:
        return "ts_rank('{0.1, 0.15, 0.5, 1.0}', stems, %s::tsquery, 1)", [_words(question.choices)]


def _words(choices: Iterable[Choice]) -> str:
    """For PostgreSQL."""

    def following(phrase: Phrase) -> str:
        return "(" + " <-> ".join(map(_lexeme, phrase)) + ")"

    return " | ".join(
        "(" + " & ".join("(" + " | ".join(map(following, part.any_of)) + ")" for part in choice) + ")"
        for choice in choices
    )


def _lexeme(stem: str) -> str:
    return "'" + stem.replace("\\", "\\\\").replace("'", "''") + "'"


_BY_VENDOR: dict[str, Index] = {"sqlite": OnSQLite(), "postgresql": OnPostgreSQL()}


def index_in_use() -> Index:
    return _BY_VENDOR[connection.vendor]


def create(using: str, **kwargs: Any) -> None:
    """Receives `post_migrate`."""
    made_in: BaseDatabaseWrapper = connections[using]
    with made_in.cursor() as cursor:
        if ENTRIES in made_in.introspection.table_names(cursor):
            for sql in _BY_VENDOR[made_in.vendor].create:
                cursor.execute(sql)
