"""How a front learns what was invalidated, from PostgreSQL."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connection

from broadsheet.edge.front.following import PostgresqlSource, SourceError, source_of
from broadsheet.edge.front_rules import rules
from broadsheet.platform import clock
from broadsheet.platform.invalidation import invalidate
from broadsheet.platform.models import Invalidation

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def source() -> Iterator[PostgresqlSource]:
    found = source_of(rules()["database"])
    assert isinstance(found, PostgresqlSource)
    yield found
    found.close()


def test_it_reads_the_rows_since_a_moment(source: PostgresqlSource) -> None:
    before = set(Invalidation.objects.values_list("pk", flat=True))
    invalidate(["article:1", "lists:en-us"])
    invalidate(["person:7"], at_once=True)
    assert source.has_changed()
    rows = source.rows(clock.now() - timedelta(minutes=1))
    assert {(row.tag, row.at_once) for row in rows} >= {
        ("article:1", False),
        ("lists:en-us", False),
        ("person:7", True),
    }
    there = set(Invalidation.objects.values_list("pk", flat=True))
    assert there - before <= {row.id for row in rows} <= there
    assert source.rows(clock.now() + timedelta(minutes=1)) == []


def test_a_connection_that_was_cut_is_made_again(source: PostgresqlSource) -> None:
    source.rows(clock.now())
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE application_name = 'broadsheet front' AND datname = current_database()"
        )
        assert cursor.fetchall() == [(True,)]
    with pytest.raises(SourceError):
        source.rows(clock.now())
    invalidate(["article:2"])
    assert [row.tag for row in source.rows(clock.now() - timedelta(minutes=1))][-1] == "article:2"


def test_a_database_that_is_not_there_is_said_to_be_away() -> None:
    options = rules()["database"]
    options["options"] |= {"host": "127.0.0.1", "port": "1"}
    with pytest.raises(SourceError):
        PostgresqlSource(options).rows(clock.now())
