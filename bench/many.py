"""Makes an archive as old magazines have it, out of the demo's: run by the product's own Python.

Articles are copies of the demo's with an address, a uuid and a date of their own, one every 50 minutes back
from now. They go straight into the tables, as do their entries in the search index: to publish each would
take days.
"""

import sys
from collections.abc import Iterator, Sequence
from copy import copy as replica
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import batched, count
from typing import Any
from uuid import uuid4

from django.contrib.contenttypes.models import ContentType
from django.core.management.color import no_style
from django.db import connection, transaction
from wagtail.models import Page
from wagtail.search.models import IndexEntry

from broadsheet.editorial.models import Article, Byline, Section
from broadsheet.editorial.models.outline import edition_above
from broadsheet.insights.models import HourlyCount
from broadsheet.paywall.models import Grant
from broadsheet.people.models import Person
from broadsheet.platform import clock
from broadsheet.platform.processes.progress import step
from broadsheet.site.search.indexing import catch_up, marks_of, stems_of_entry
from broadsheet.site.search.models import SearchEntry, place_of
from broadsheet.site.search.stemming import language_of
from broadsheet.site.search.stems import index_in_use

CHUNK = 2_000
APART = timedelta(minutes=50)
COUNTED = 3_000
"""The newest articles, whose opens of two days are counted by the hour."""


def make(articles: int, readers: int) -> None:
    # The demo's words are known before its articles are copied: to count those of each copy takes minutes.
    while catch_up():
        pass
    with step("Articles", articles, "articles", to=sys.stderr) as advance:
        for made in print_copies(articles):
            advance(made)
    with step("Readers", readers, "readers", to=sys.stderr) as advance:
        for numbers in batched(range(readers), CHUNK * 2):
            _introduce(numbers)
            advance(len(numbers))
    _count_opens()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def print_copies(articles: int) -> Iterator[int]:
    """Yields how many there are more after each chunk."""
    for chunk in batched(_copies(articles), CHUNK):
        _insert(chunk)
        yield len(chunk)
    with connection.cursor() as cursor:
        # PostgreSQL does not count what comes with an id of its own.
        for sql in connection.ops.sequence_reset_sql(no_style(), [Page]):
            cursor.execute(sql)


@dataclass(frozen=True, slots=True)
class Copy:
    """Of an article of the demo: its row is the model's, but for what is here."""

    model: Article
    pk: int
    path: str
    slug: str
    url_path: str
    at: datetime

    def page(self) -> dict[str, Any]:
        """Field → value."""
        return {
            "id": self.pk,
            "path": self.path,
            "slug": self.slug,
            "url_path": self.url_path,
            "translation_key": uuid4(),
            "latest_revision": None,
            "live_revision": None,
            "first_published_at": self.at,
            "last_published_at": self.at,
        }


def _copies(number: int) -> Iterator[Copy]:
    found = Article.objects.live().originals().only("path", "depth", "slug")
    models = list(found.prefetch_related("bylines", "topics").order_by("pk"))
    sections = {section.path: section for section in Section.objects.all()}
    steps = {path: section.numchild for path, section in sections.items()}
    ids = count(Page.objects.order_by("-pk").values_list("pk", flat=True)[0] + 1)
    now = clock.now()
    for place in range(number):
        model = models[place % len(models)]
        above = model.path[: -Page.steplen]
        steps[above] += 1
        slug = f"{model.slug}-{place}"
        yield Copy(
            model=model,
            pk=next(ids),
            path=Page._get_path(above, model.depth, steps[above]),
            slug=slug,
            url_path=f"{sections[above].url_path}{slug}/",
            at=now - (place + 1) * APART,
        )
    for path, section in sections.items():
        Page.objects.filter(pk=section.pk).update(numchild=steps[path])


@transaction.atomic
def _insert(chunk: tuple[Copy, ...]) -> None:
    # The database copies the rows: to read and write each body takes Python a hundred times as long.
    copy_rows(Page, [(copy.model.pk, copy.page()) for copy in chunk])
    copy_rows(Article, [(copy.model.pk, {"page_ptr": copy.pk}) for copy in chunk])
    Byline.objects.bulk_create(
        Byline(article_id=copy.pk, author_id=byline.author_id, sort_order=byline.sort_order)
        for copy in chunk
        for byline in copy.model.bylines.all()
    )
    about = Article.topics.through
    about.objects.bulk_create(
        about(article_id=copy.pk, topic_id=topic.pk) for copy in chunk for topic in copy.model.topics.all()
    )
    _index(chunk)
    _search(chunk)


def copy_rows(model: type[Page], rows: Sequence[tuple[int, dict[str, Any]]]) -> None:
    """Copies rows of the model's own table: (primary key, what is another in the copy, field → value)."""
    changed = [model._meta.get_field(name) for name in rows[0][1]]
    own = [field.column for field in model._meta.local_concrete_fields if field not in changed]
    columns = ", ".join([*(field.column for field in changed), *own])
    marks = ", ".join([*("%s" for _ in changed), *own])
    table, key = model._meta.db_table, model._meta.pk.column
    with connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO {table} ({columns}) SELECT {marks} FROM {table} WHERE {key} = %s",  # noqa: S608 names of ours
            [
                (*(field.get_db_prep_save(values[field.name], connection) for field in changed), pk)
                for pk, values in rows
            ],
        )


def _index(chunk: tuple[Copy, ...]) -> None:
    """The copy's words are the model's."""
    named = [
        field.column for field in IndexEntry._meta.concrete_fields if field.name not in {"id", "object_id"}
    ]
    columns = ", ".join(named)
    table, kind = IndexEntry._meta.db_table, ContentType.objects.get_for_model(Article).pk
    with connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO {table} (object_id, {columns}) SELECT %s, {columns} FROM {table}"  # noqa: S608
            " WHERE content_type_id = %s AND object_id = %s",
            [(str(copy.pk), kind, str(copy.model.pk)) for copy in chunk],
        )


def _search(chunk: tuple[Copy, ...]) -> None:
    """The same for the index that readers search."""
    found = SearchEntry.objects.filter(article__in={copy.model.pk for copy in chunk})
    entries = {entry.article_id: entry for entry in found.select_related("article")}
    stems = {
        pk: stems_of_entry(entry, language_of(edition_above(entry.article).language_tag))
        for pk, entry in entries.items()
    }
    writers = {copy.model.pk: [byline.author_id for byline in copy.model.bylines.all()] for copy in chunk}
    made, rows = [], []
    for copy in chunk:
        entry = replica(entries[copy.model.pk])
        published = Article(pk=copy.pk, first_published_at=copy.at)
        entry.place, entry.article_id, entry.year = place_of(published), copy.pk, copy.at.year
        made.append(entry)
        rows.append((entry.place, marks_of(entry, writers[copy.model.pk]), stems[copy.model.pk]))
    SearchEntry.objects.bulk_create(made)
    index_in_use().put(rows)


@transaction.atomic
def _introduce(numbers: tuple[int, ...]) -> None:
    """Rows straight into the table: a Person for each would take most of the time."""
    fields = [field for field in Person._meta.concrete_fields if not field.primary_key]
    alike = Person()
    row = {field.name: field.get_db_prep_save(getattr(alike, field.attname), connection) for field in fields}
    columns, marks = ", ".join(field.column for field in fields), ", ".join("%s" for _ in fields)
    emails = [f"reader-{number}@mail{number % 97}.example" for number in numbers]
    with connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO {Person._meta.db_table} ({columns}) VALUES ({marks})",  # noqa: S608 names of ours
            [
                list((row | {"email": email, "first_name": f"Reader {number}"}).values())
                for number, email in zip(numbers, emails, strict=True)
            ],
        )
    period = f"{clock.now():%Y-%m}"
    who_read = Person.objects.filter(email__in=emails[::5]).values_list("pk", flat=True)
    Grant.objects.bulk_create(
        Grant(reader_id=person, article=uuid4(), period=period, open_until=None) for person in who_read
    )


def _count_opens() -> None:
    hour = clock.now().replace(minute=0, second=0, microsecond=0)
    newest = Article.objects.live().originals().newest_first().select_related("locale")[:COUNTED]
    # The demo's own have theirs.
    HourlyCount.objects.all().delete()

    def rows() -> Iterator[HourlyCount]:
        for place, article in enumerate(newest):
            for back in range(48):
                yield HourlyCount(
                    edition=article.locale.language_code,
                    hour=hour - timedelta(hours=back),
                    article=article.uuid,
                    reason="meter",
                    decisions=9,
                    opens=1 + COUNTED // (place + 1),
                )

    HourlyCount.objects.bulk_create(rows(), batch_size=CHUNK)
