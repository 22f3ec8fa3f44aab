"""PostgreSQL that is there and does not answer: pages come from the standby, in the time that is waited."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from django.db import connection
from django.db.utils import OperationalError
from django.test import Client

from broadsheet.edge import standby
from broadsheet.edge.keeping import store
from broadsheet.platform.outages.patience import GRACE, is_late, patience

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.postgresql,  # SQLite is asked in this process
]
SECONDS = 1
REEF, WORLD = "/world/reef/", "/world/"


@pytest.fixture(autouse=True)
def _short_of_time(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(patience, "seconds", SECONDS)
    connection.close()  # the next one is made by that
    store.clear()
    yield
    store.clear()
    connection.close()


@pytest.fixture
def stranger() -> Client:
    return Client(raise_request_exception=False)


def other_connection() -> psycopg.Connection:
    known = connection.settings_dict
    return psycopg.connect(
        host=known["HOST"], port=known["PORT"], user=known["USER"], dbname=known["NAME"], autocommit=False
    )


@contextmanager
def locked() -> Iterator[None]:
    """Another session keeps the table of pages, as a migration would."""
    with other_connection() as other:
        other.execute("LOCK TABLE wagtailcore_page IN ACCESS EXCLUSIVE MODE")
        yield
        other.rollback()


@contextmanager
def standing_still(pid: int) -> Iterator[None]:
    command = Path(f"/proc/{pid}/cmdline")
    if not command.exists() or "postgres" not in command.read_text():
        pytest.skip("the server is on another host")
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


@contextmanager
def stopped() -> Iterator[None]:
    """The process that answers us stands still; its host goes on to acknowledge what it is sent."""
    connection.ensure_connection()
    with standing_still(connection.connection.info.backend_pid):
        yield


@contextmanager
def all_stopped() -> Iterator[None]:
    """No new connection is answered either."""
    with other_connection() as other:
        postmaster = int(other.execute("SELECT pg_read_file('postmaster.pid')").fetchone()[0].split()[0])
    with stopped(), standing_still(postmaster):
        yield


@pytest.mark.parametrize(("frozen", "within"), [(locked, 3), (stopped, 4), (all_stopped, 9)])
def test_a_page_is_answered_in_time(magazine, stranger: Client, frozen: Callable, within: float) -> None:
    before = stranger.get(REEF)
    with frozen():
        began = time.monotonic()
        response = stranger.get(REEF)
        assert time.monotonic() - began < within
        assert (response.status_code, response.content) == (200, before.content)
        assert response.headers["Cache-Control"].startswith("public, max-age=0, s-maxage=10")
        began = time.monotonic()
        assert stranger.get(REEF).status_code == 200
        assert time.monotonic() - began < 0.5  # nobody else waits
    time.sleep(standby.RETRY_AFTER)
    assert stranger.get(WORLD).status_code == 200


def test_a_question_that_takes_too_long_is_ended_by_the_server() -> None:
    with pytest.raises(OperationalError) as raised, connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(30)")
    assert is_late(raised.value)
    assert isinstance(raised.value.__cause__, psycopg.errors.QueryCanceled)


def test_a_server_that_stands_still_is_left() -> None:
    with stopped():
        began = time.monotonic()
        with (
            pytest.raises(OperationalError, match="no answer within") as raised,
            connection.cursor() as cursor,
        ):
            cursor.execute("SELECT 1")
        assert time.monotonic() - began < SECONDS + GRACE + 1
    assert is_late(raised.value)
    connection.close()
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def test_the_desk_waits_longer() -> None:
    with patience.longer(5), connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(2)")
    with connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        assert cursor.fetchone() == ("1s",)


def test_a_background_process_waits_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "seconds", 600.0)
    connection.close()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(2)")
        cursor.execute("SHOW statement_timeout")
        assert cursor.fetchone() == ("10min",)


def test_migrations_wait_without_end() -> None:
    from django.core.management import call_command

    call_command("migrate", "platform", verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        assert cursor.fetchone() == ("0",)
