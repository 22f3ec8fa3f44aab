"""The database's own index of stems: a row for each entry, at its place. Django does not know its table.

It is made after each `migrate`, as `editorial.page_indexes` are and for the same reason. A row goes with its
entry, by a trigger, whatever deletes that. Stems are letters, digits and marks alone, and both databases get
them quoted, as parameters: nothing that is typed is read as their language.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

from django.db import connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper

from broadsheet.site.search.asking import Choice, Phrase
from broadsheet.site.search.models import SearchEntry
from broadsheet.site.search.text import BREAK, Stemmed

TABLE = "site_search_stems"
ENTRIES = SearchEntry._meta.db_table

HEADLINE, ABOUT, OPENING, REST = "headline", "about", "opening", "rest"
FIELDS = (HEADLINE, ABOUT, OPENING, REST)
"""`about` holds the kicker, the standfirst, who wrote it and its topics."""
HEAD = (HEADLINE, ABOUT)

type Stems = Mapping[str, Stemmed]
"""By field."""


@dataclass(frozen=True, slots=True)
class Question:
    choices: tuple[Choice, ...]
    """An article must have one of these."""
    marks: tuple[str, ...]
    """And all of these: its edition, and what was filtered by. No word is like them: see `mark`."""


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

    @abstractmethod
    def put(self, rows: Iterable[tuple[int, Sequence[str], Stems]]) -> None:
        """Puts in, or puts right, what stands at each place: its marks, and its stems by field."""

    @abstractmethod
    def _matches(self, question: Question, fields: Sequence[str]) -> tuple[str, list[Any]]:
        """A condition with its parameters."""

    @abstractmethod
    def _score(self, question: Question) -> tuple[str, list[Any]]:
        """How good a match is: the greater, the better."""

    def _found(self, question: Question, fields: Sequence[str] = FIELDS) -> tuple[str, list[Any]]:
        """Of what may hold more than is public, only what its headline and what is about it give."""
        matches, given = self._matches(question, fields)
        if not set(fields) - set(HEAD):
            return matches, given
        doubtful, of_doubtful = SearchEntry.objects.doubtful().query.sql_with_params()
        in_head, of_head = self._matches(question, HEAD)
        sure = f"{self.key} NOT IN ({doubtful})"
        return (
            f"{matches} AND ({sure} OR {self.key} IN (SELECT {self.key} FROM {TABLE} WHERE {in_head}))",
            [*given, *of_doubtful, *of_head],
        )

    def count(self, question: Question) -> int:
        matches, given = self._found(question)
        return int(self._rows(f"SELECT count(*) FROM {TABLE} WHERE {matches}", given)[0][0])

    def newest(self, question: Question, most: int, after: int = 0) -> list[int]:
        """The places of at most `most`, the newest first, without the first `after`."""
        matches, given = self._found(question)
        asked = f"SELECT {self.key} FROM {TABLE} WHERE {matches} ORDER BY {self.key} DESC LIMIT %s OFFSET %s"
        return [int(place) for (place,) in self._rows(asked, [*given, most, after])]

    def ranked(self, question: Question, most: int, *, headlines_only: bool = False) -> list[Ranked]:
        """The newest `most`, in no order, with how good they are."""
        score, of_score = self._score(question)
        in_headline, of_headline = self._matches(question, (HEADLINE,))
        in_head, of_head = self._matches(question, HEAD)
        matches, given = self._found(question, (HEADLINE,) if headlines_only else FIELDS)
        asked = (
            f"SELECT {self.key}, {score},"
            f" {self.key} IN (SELECT {self.key} FROM {TABLE} WHERE {in_headline}),"
            f" {self.key} IN (SELECT {self.key} FROM {TABLE} WHERE {in_head})"
            f" FROM {TABLE} WHERE {matches} ORDER BY {self.key} DESC LIMIT %s"
        )
        rows = self._rows(asked, [*of_score, *of_headline, *of_head, *given, most])
        return [Ranked(place, score, bool(first), bool(second)) for place, score, first, second in rows]

    def _rows(self, sql: str, given: Sequence[Any]) -> list[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            cursor.execute(sql, given)
            return list(cursor.fetchall())


class OnSQLite(Index):
    key = "rowid"
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
    # What is looked through to count and to find the newest is narrow: the stems themselves lie elsewhere.
    create = (
        f"CREATE TABLE IF NOT EXISTS {TABLE} (place bigint PRIMARY KEY, stems tsvector NOT NULL)"
        " WITH (toast_tuple_target = 128)",
        f"CREATE INDEX IF NOT EXISTS {TABLE}_words ON {TABLE} USING gin (stems)",
        f"CREATE OR REPLACE FUNCTION {TABLE}_go() RETURNS trigger LANGUAGE plpgsql AS"
        f" $$ BEGIN DELETE FROM {TABLE} WHERE place = old.place; RETURN NULL; END $$",
        f"CREATE OR REPLACE TRIGGER {TABLE}_gone AFTER DELETE ON {ENTRIES}"
        f" FOR EACH ROW EXECUTE FUNCTION {TABLE}_go()",
    )
    labels: ClassVar[dict[str, str]] = dict(zip(FIELDS, "ABCD", strict=True))
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
        return " ".join([*map(_lexeme, marks), *at])

    def _matches(self, question: Question, fields: Sequence[str]) -> tuple[str, list[Any]]:
        words = self._words(question.choices, fields)
        return "stems @@ %s::tsquery", [" & ".join([*map(_lexeme, question.marks), f"({words})"])]

    def _score(self, question: Question) -> tuple[str, list[Any]]:
        return "ts_rank('{0.1, 0.15, 0.5, 1.0}', stems, %s::tsquery, 1)", [
            self._words(question.choices, FIELDS)
        ]

    def _words(self, choices: Iterable[Choice], fields: Sequence[str]) -> str:
        labels = "" if set(fields) == set(FIELDS) else ":" + "".join(self.labels[field] for field in fields)

        def following(phrase: Phrase) -> str:
            return "(" + " <-> ".join(f"{_lexeme(stem)}{labels}" for stem in phrase) + ")"

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
