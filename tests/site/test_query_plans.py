"""Among many articles each page that readers ask for finds its own by an index, on both databases."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.models import F
from django.db.models.functions import Mod
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bench.many import print_copies
from broadsheet.editorial import page_indexes
from broadsheet.editorial.models import Article, Author, Byline, Section, Topic
from broadsheet.evidence.models import Quotation, Speaker
from tests.magazine import Magazine
from tests.site.test_query_counts import ADDRESSES, publish

COPIES, MANY = 1_000, 50
# They count all that an edition has published, once, and keep it: see archive_times.py, named.py.
COUNTS_ALL = {"/archive/", "/sitemap.xml", "/authors/", "/topics/", "/feeds/"}
# It counts by section, year and author what it found, of which there is most here; of a thousand at most.
COUNTS_ALL |= {"/search/?q=tide"}
LARGE = (
    "wagtailcore_page",
    "editorial_article",
    "editorial_byline",
    "editorial_article_topics",
    "wagtailsearch_indexentry",
    "site_searchentry",
)
ALIAS = re.compile(r'"(\w+)" "?([UVW]\d+)"?')


def print_many() -> None:
    """By as many people, and about as many things, as there are at a magazine of that size."""
    last = Article.objects.order_by("-pk")[0].pk
    assert sum(print_copies(COPIES)) == COPIES
    authors = [
        Author.objects.create(name=f"Writer {number}", slug=f"writer-{number}") for number in range(MANY)
    ]
    topics = [Topic.objects.create(name=f"Topic {number}", slug=f"topic-{number}") for number in range(MANY)]
    turn = Mod(F("article_id"), MANY)
    Byline.objects.filter(article_id__gt=last).update(author_id=authors[0].pk + turn)
    about = Article.topics.through.objects.filter(article_id__gt=last)
    about.update(topic_id=topics[0].pk + turn)
    quote_many()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def quote_many() -> None:
    """As `print_many`, where anybody is quoted."""
    quoted = Quotation.objects.first()
    if quoted is None:
        return
    Quotation.objects.bulk_create(
        Quotation(
            page_id=quoted.page_id,
            key=f"of-{number}",
            position=COPIES + number,
            in_opening=True,
            speaker=Speaker.objects.create(name=f"Speaker {number}"),
            source_id=quoted.source_id,
            text=quoted.text,
        )
        for number in range(MANY)
    )


@contextmanager
def without_reading_all() -> Iterator[None]:
    """Of so few rows PostgreSQL reads all, unless it is told not to where it can."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
        yield
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = on")


def plan(query: str) -> str:
    """As the database would carry it out if it had never so many rows."""
    explain = "EXPLAIN QUERY PLAN" if connection.vendor == "sqlite" else "EXPLAIN"
    with without_reading_all(), connection.cursor() as cursor:
        cursor.execute(f"{explain} {query}")
        return "\n".join(str(row[-1]) for row in cursor.fetchall())


def reads_all(query: str, plan: str) -> list[str]:
    """The steps that read every row of a large table; to read them in order up to a limit is none."""
    tables = "|".join(LARGE)
    if connection.vendor == "postgresql":
        return re.findall(rf"Seq Scan on (?:{tables})\b.*", plan)
    # The tables of subqueries have names of their own, and several may have the same.
    large = set(LARGE) | {alias for table, alias in ALIAS.findall(query) if table in LARGE}
    found = []
    for step in re.findall(r"SCAN .*", plan):
        by_index = re.search(r" USING (COVERING )?INDEX (?:sqlite_autoindex_)?(\w+)", step)
        if step.split()[1] not in large or (by_index and not by_index[2].startswith(LARGE)):
            continue
        if not (by_index and not by_index[1] and " LIMIT " in query):
            found.append(step)
    return found


def test_pages_find_their_articles_by_an_index(magazine: Magazine, client: Client) -> None:
    publish(magazine, range(2))
    print_many()
    harbour = magazine.article("harbour")
    addresses = {address.format(harbour=harbour.uuid) for address in ADDRESSES}
    addresses = (addresses | {harbour.get_url()}) - COUNTS_ALL
    found = {}
    for address in sorted(addresses):
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        asked = [query["sql"] for query in queries if query["sql"].startswith("SELECT")]
        if slow := [f"{sql}\n{how}" for sql in asked if reads_all(sql, how := plan(sql))]:
            found[address] = slow
    assert not found, "\n\n".join(f"{at}: {how}" for at, slow in found.items() for how in slow)


def test_a_section_that_seldom_has_anything_new_is_not_looked_for_among_all(magazine: Magazine) -> None:
    print_many()
    seldom = magazine.us.add_child(instance=Section(title="Comets", slug="comets", locale=magazine.us.locale))
    magazine.publish("halley", section="comets")
    newest = seldom.articles().newest_first().for_headlines()[:20]

    with without_reading_all():
        how = newest.explain()

    assert "editorial_newest_in_section" in how
    assert list(newest) == list(Article.objects.live().descendant_of(seldom).newest_first()[:20])


@pytest.mark.sqlite
def test_the_desk_s_hits_are_ranked_together_and_as_the_library_ranks_them(magazine: Magazine) -> None:
    # Where there is PostgreSQL it has no model.
    from modelsearch.backends.database.sqlite.sqlite import SQLiteSearchBackend

    print_many()
    articles = Article.objects.live().filter(locale=magazine.us.locale)
    for part in (slice(0, 24), slice(24, 48)):
        theirs = list(SQLiteSearchBackend({}).search("standfirst", articles)[part])
        assert list(articles.search("standfirst")[part]) == theirs
        assert theirs

    with CaptureQueriesContext(connection) as queries:
        list(articles.search("standfirst")[:24])
    for found in [query["sql"] for query in queries if " MATCH " in query["sql"]]:
        _, *for_each_hit = plan(found).split("CORRELATED")
        assert not [steps for steps in for_each_hit if "VIRTUAL TABLE" in steps]


@pytest.mark.django_db
def test_the_indexes_come_back_after_a_migration_that_rewrote_the_table() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX editorial_newest_in_section")

    call_command("migrate", verbosity=0)

    with connection.cursor() as cursor:
        known = connection.introspection.get_constraints(cursor, page_indexes.TABLE)
    assert page_indexes.DEPTHS.keys() <= known.keys()
