"""Fills a seeded demo with articles full of evidence, in the product's own Python.

One article of each shape is published as an editor would. The others are copies of its rows with words,
speakers and sources of their own, and go straight into the tables: to publish each would take half an hour.
A test publishes some of them anew, which changes nothing.
"""

import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import batched, count
from typing import Any
from uuid import uuid4

from django.core.management.color import no_style
from django.db import connection, transaction
from django.db.models import Max, Model
from wagtail.models import Page

from bench.evidence_words import Said
from bench.many import APART, copy_rows
from broadsheet.editorial.evidence import take_down
from broadsheet.editorial.models import Article, Section, Topic
from broadsheet.editorial.opening import plain_text
from broadsheet.evidence.models import Fact, Fingerprint, Quotation, Recording, Source, Speaker
from broadsheet.evidence.names import name_key
from broadsheet.evidence.recording import KINDS
from broadsheet.evidence.words import WINDOW_OF_QUOTATION, WINDOW_OF_TEXT, kept_marks
from broadsheet.platform.processes.progress import step

CHUNK = 500
RUNNING = 25
"""Of a chunk so many belong to one topic."""
SPEAKERS, SOURCES = 2_000, 4_000
SHAPES = ("free", "metered", "metered", "metered")


class Shape:
    """An article as it was published, with all its rows."""

    def __init__(self, section: Section, access: str, said: Said) -> None:
        self.said = said
        self.article = Article(
            title=f"Shape {access}", slug=f"shape-{access}", access=access, locale=section.locale
        )
        self.article.body = Article.body.field.to_python(said.body())
        section.add_child(instance=self.article)
        self.article.save_revision().publish()
        self.article = Article.objects.get(pk=self.article.pk)
        take_down(self.article)
        self.rows = {kind: _rows(kind, page_id=self.article.pk) for kind in (*KINDS, Recording)}
        facts = Fact.objects.filter(page=self.article.pk).values("pk")
        self.cited = _rows(Fact.sources.through, fact__in=facts)
        parts = self.article.parts
        self._opening, self._rest = (
            self._pieces(" ".join(plain_text(block.value) for block in blocks))
            for blocks in (parts.opening, parts.rest)
        )

    def _pieces(self, text: str) -> list[str | int]:
        """`text` as pieces that stay, and the numbers of those that differ."""
        differ = self.said.in_plain_text()
        found = re.split("(" + "|".join(map(re.escape, sorted(differ, key=len, reverse=True))) + ")", text)
        return [differ.index(piece) if place % 2 else piece for place, piece in enumerate(found)]

    def opening_of(self, said: Said) -> str:
        return _joined(self._opening, said.in_plain_text())

    def rest_of(self, said: Said) -> str:
        return _joined(self._rest, said.in_plain_text())

    def copied(self, kind: type[Model], page: int, said: Said) -> Iterator[dict[str, Any]]:
        """Column → value."""
        own = self.said
        sources = dict(zip(own.sources, said.sources, strict=True))
        speakers = {a.pk: b.pk for a, b in zip(own.speakers, said.speakers, strict=True)}
        changed: dict[str, dict[Any, Any]] = {
            "page_id": {self.article.pk: page},
            "text": dict(zip(own.texts, said.texts, strict=True)),
            "question": {own.question: said.question},
            "when": dict(zip(own.dates, said.dates, strict=True)),
            "speaker_id": speakers,
            "holder_id": speakers,
            "source_id": sources,
            "key": {str(a): str(b) for a, b in sources.items()},
        }
        for row in self.rows[kind]:
            yield row | {name: changed[name].get(row[name], row[name]) for name in changed if name in row}


def _joined(pieces: list[str | int], said: list[str]) -> str:
    return "".join(said[piece] if isinstance(piece, int) else piece for piece in pieces)


def _rows(kind: type[Model], **which: Any) -> list[dict[str, Any]]:
    """Column → value as the database has it."""
    fields = kind._meta.concrete_fields
    return [
        {field.column: field.get_db_prep_save(getattr(row, field.attname), connection) for field in fields}
        for row in kind._default_manager.filter(**which).order_by("pk")
    ]


def fill(articles: int) -> int:
    """Returns how many fingerprints there are then."""
    with step("Articles", articles, "articles", to=sys.stderr) as advance, without_index():
        for made in print_articles(articles):
            advance(made)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return Fingerprint.objects.count()


@contextmanager
def without_index() -> Iterator[None]:
    """Three million numbers are sorted in the end, rather than each put in its place."""
    (index,) = Fingerprint._meta.indexes
    with connection.schema_editor() as editor:
        editor.remove_index(Fingerprint, index)
    yield
    with connection.schema_editor() as editor:
        editor.add_index(Fingerprint, index)


def print_articles(articles: int) -> Iterator[int]:
    """Yields how many there are more after each chunk."""
    topic = Topic.objects.create(name="A running story", slug="a-running-story")
    speakers, sources = _introduce()
    section = Section.objects.select_related("locale").order_by("path")[0]
    shapes = {
        access: Shape(section, access, Said.something(0, speakers, sources)) for access in sorted({*SHAPES})
    }
    section.refresh_from_db()
    places = count(section.numchild + 1)
    ids = {kind: count(_last(kind) + 1) for kind in (Page, Quotation, Fact)}
    for numbers in batched(range(articles), CHUNK):
        copies = [
            Copy(shapes[SHAPES[n % len(SHAPES)]], n, next(places), Said.something(n, speakers, sources), ids)
            for n in numbers
        ]
        _insert_all(copies, section)
        about = Article.topics.through
        about.objects.bulk_create(
            about(article_id=copy.pk, topic_id=topic.pk) for copy in copies[:: CHUNK // RUNNING]
        )
        yield len(copies)
    Page.objects.filter(pk=section.pk).update(numchild=next(places) - 1)
    with connection.cursor() as cursor:
        # PostgreSQL does not count what comes with an id of its own.
        for sql in connection.ops.sequence_reset_sql(no_style(), [*ids]):
            cursor.execute(sql)


def _last(kind: type[Model]) -> int:
    last: int | None = kind._default_manager.aggregate(last=Max("pk"))["last"]
    return last or 0


def _introduce() -> tuple[list[Speaker], list[int]]:
    names = [f"Speaker {number}" for number in range(SPEAKERS)]
    speakers = Speaker.objects.bulk_create(
        Speaker(name=name, slug=name.lower().replace(" ", "-"), name_key=name_key(name)) for name in names
    )
    outlets = [f"Outlet {number}" for number in range(SOURCES)]
    sources = Source.objects.bulk_create(
        Source(
            outlet=outlet, link=f"https://s{n}.example/", link_key=f"s{n}.example", outlet_key=f"outlet {n}|"
        )
        for n, outlet in enumerate(outlets)
    )
    return speakers, [source.pk for source in sources]


class Copy:
    """One more article of a shape, with its rows."""

    def __init__(
        self, shape: Shape, number: int, place: int, said: Said, ids: dict[type[Model], Iterator[int]]
    ) -> None:
        self.shape, self.number, self.place, self.said = shape, number, place, said
        self.pk = next(ids[Page])
        self.rows = {kind: list(shape.copied(kind, self.pk, said)) for kind in (*KINDS, Recording)}
        for recording in self.rows[Recording]:
            recording["opening_text"] = shape.opening_of(said)
        self._quotations = {row["id"]: next(ids[Quotation]) for row in self.rows[Quotation]}
        facts = {row["id"]: next(ids[Fact]) for row in self.rows[Fact]}
        sources = dict(zip(shape.said.sources, said.sources, strict=True))
        self.cited = [
            {"fact_id": facts[row["fact_id"]], "source_id": sources[row["source_id"]]} for row in shape.cited
        ]
        for kind, new in ((Quotation, self._quotations), (Fact, facts)):
            for row in self.rows[kind]:
                row["id"] = new[row["id"]]

    def page(self, section: Section) -> dict[str, Any]:
        """Field → value."""
        title, slug = f"Bench {self.number}", f"bench-{self.number}"
        at = self.shape.article.first_published_at - (self.number + 1) * APART
        return {
            "id": self.pk,
            "path": Page._get_path(section.path, section.depth + 1, self.place),
            "title": title,
            "draft_title": title,
            "slug": slug,
            "url_path": f"{section.url_path}{slug}/",
            "translation_key": uuid4(),
            "first_published_at": at,
            "last_published_at": at,
            "latest_revision": None,
            "live_revision": None,
        }

    def article(self) -> dict[str, Any]:
        return {"page_ptr": self.pk, "body": Article.body.field.to_python(self.said.body())}

    def fingerprints(self) -> Iterator[dict[str, Any]]:
        opening, rest = self.shape.opening_of(self.said), self.shape.rest_of(self.said)
        for value in kept_marks(f"{opening} {rest}", WINDOW_OF_TEXT):
            yield {"value": value, "page_id": self.pk, "quotation_id": None}
        for row in self.rows[Quotation]:
            for value in kept_marks(row["text"], WINDOW_OF_QUOTATION):
                yield {"value": value, "page_id": self.pk, "quotation_id": row["id"]}


@transaction.atomic
def _insert_all(copies: Sequence[Copy], section: Section) -> None:
    copy_rows(Page, [(copy.shape.article.pk, copy.page(section)) for copy in copies])
    copy_rows(Article, [(copy.shape.article.pk, copy.article()) for copy in copies])
    for kind in (*KINDS, Recording):
        keeps_id = kind in {Quotation, Fact}
        rows = (row for copy in copies for row in copy.rows[kind])
        _insert(kind, rows if keeps_id else ({n: v for n, v in row.items() if n != "id"} for row in rows))
    _insert(Fact.sources.through, (row for copy in copies for row in copy.cited))
    _insert(Fingerprint, (row for copy in copies for row in copy.fingerprints()))


def _insert(kind: type[Model], rows: Iterable[dict[str, Any]]) -> None:
    rows = iter(rows)
    first = next(rows, None)
    if first is None:
        return
    table, columns = kind._meta.db_table, ", ".join(f'"{column}"' for column in first)
    values = (tuple(row.values()) for row in (first, *rows))
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                for row in values:
                    copy.write_row(row)
        else:
            marks = ", ".join("%s" for _ in first)
            cursor.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", values)  # noqa: S608 names of ours
