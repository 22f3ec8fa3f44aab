"""Makes an archive as old magazines have it, out of the demo's: run by the product's own Python.

Articles are copies of the demo's with an address, a uuid and a date of their own, one every 50 minutes back
from now. They go straight into the tables, as do their entries in the search index: to publish each would
take days.
"""

import sys
from collections.abc import Iterator
from datetime import timedelta
from itertools import batched, count
from uuid import uuid4

from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from wagtail.models import Page
from wagtail.search.models import IndexEntry

from broadsheet.editorial.models import Article, Byline, Section
from broadsheet.insights.models import HourlyCount
from broadsheet.paywall.models import Grant
from broadsheet.people.models import Person
from broadsheet.platform import clock
from broadsheet.platform.processes.progress import step

CHUNK = 2_000
APART = timedelta(minutes=50)
COUNTED = 3_000
"""The newest articles, whose opens of two days are counted by the hour."""


def make(articles: int, readers: int) -> None:
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


type Copied = tuple[Article, Article]
"""An article of the demo, and the copy."""


def _copies(number: int) -> Iterator[Copied]:
    models = list(Article.objects.live().originals().prefetch_related("bylines", "topics").order_by("pk"))
    sections = {section.path: section for section in Section.objects.all()}
    steps = {path: section.numchild for path, section in sections.items()}
    ids = count(Page.objects.order_by("-pk").values_list("pk", flat=True)[0] + 1)
    now = clock.now()
    for place in range(number):
        model = models[place % len(models)]
        path = model.path[: -Page.steplen]
        steps[path] += 1
        copied = Article(
            **{field.attname: getattr(model, field.attname) for field in Article._meta.concrete_fields}
        )
        copied.pk = copied.id = copied.page_ptr_id = next(ids)
        copied.path = Page._get_path(path, copied.depth, steps[path])
        copied.slug = f"{model.slug}-{place}"
        copied.url_path = f"{sections[path].url_path}{copied.slug}/"
        copied.translation_key = uuid4()
        copied.latest_revision_id = copied.live_revision_id = None
        copied.first_published_at = copied.last_published_at = now - (place + 1) * APART
        yield model, copied
    for path, section in sections.items():
        Page.objects.filter(pk=section.pk).update(numchild=steps[path])


@transaction.atomic
def _insert(chunk: tuple[Copied, ...]) -> None:
    pages = [
        Page(**{field.attname: getattr(copied, field.attname) for field in Page._meta.concrete_fields})
        for _model, copied in chunk
    ]
    Page.objects.bulk_create(pages, batch_size=CHUNK // 10)
    # What bulk_create refuses for a model with a parent, whose rows stand by now.
    for some in batched(chunk, CHUNK // 10):
        Article._base_manager._insert(  # type: ignore[attr-defined]
            [copied for _model, copied in some],
            fields=Article._meta.local_concrete_fields,
            using="default",
        )
    Byline.objects.bulk_create(
        Byline(article_id=copied.pk, author_id=byline.author_id, sort_order=byline.sort_order)
        for model, copied in chunk
        for byline in model.bylines.all()
    )
    about = Article.topics.through
    about.objects.bulk_create(
        about(article_id=copied.pk, topic_id=topic.pk)
        for model, copied in chunk
        for topic in model.topics.all()
    )
    _index(chunk)


def _index(chunk: tuple[Copied, ...]) -> None:
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
            [(str(copied.pk), kind, str(model.pk)) for model, copied in chunk],
        )


@transaction.atomic
def _introduce(numbers: tuple[int, ...]) -> None:
    people = Person.objects.bulk_create(
        Person(
            email=f"reader-{number}@mail{number % 97}.example",
            first_name=f"Reader {number}",
        )
        for number in numbers
    )
    period = f"{clock.now():%Y-%m}"
    Grant.objects.bulk_create(
        Grant(reader=person, article=uuid4(), period=period, open_until=None) for person in people[::5]
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
