"""The database can be read, and takes no writes: its disk is full, or another process keeps its lock."""

import errno
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg
import pytest
from django.core.cache import cache
from django.db import OperationalError, connection
from django.test import Client

from broadsheet.people.models import Person
from broadsheet.platform.models import Lease
from broadsheet.platform.outages.unwritable import is_full, is_locked
from broadsheet.platform.processes import scheduler
from broadsheet.platform.signals import minute_passed
from tests.cast import PASSWORD, STRANGER, signed_in
from tests.people.conftest import ask, new_browser

pytestmark = pytest.mark.django_db(transaction=True)
WRITES = ("INSERT", "UPDATE", "DELETE")


def disk_is_full() -> Exception:
    """As each database says it."""
    if connection.vendor == "postgresql":
        return psycopg.errors.DiskFull("could not extend file: No space left on device")
    database = sqlite3.connect(":memory:")
    database.execute("PRAGMA max_page_count = 2")
    with pytest.raises(sqlite3.OperationalError) as raised:
        database.execute("CREATE TABLE much AS SELECT zeroblob(100000)")
    database.close()
    return raised.value


@contextmanager
def no_writes(because: Exception) -> Iterator[None]:
    def fail(execute: Callable, sql: str, *args: object) -> object:
        if sql.startswith(WRITES):
            raise OperationalError(str(because)) from because
        return execute(sql, *args)

    with connection.execute_wrapper(fail):
        yield


@pytest.fixture
def full() -> Exception:
    return disk_is_full()


@pytest.fixture
def browser() -> Client:
    client = new_browser()
    client.raise_request_exception = False
    return client


def test_it_is_known_by_what_each_system_says(full: Exception) -> None:
    assert is_full(full)
    assert is_full(OSError(errno.ENOSPC, "No space left on device"))
    assert not is_full(OSError(errno.EACCES, "Permission denied"))
    assert not is_full(OperationalError("no such table"))
    assert not is_full(None)
    assert not is_locked(full)


def test_pages_are_read_by_strangers_and_readers(magazine, ada: Person, full: Exception) -> None:
    reader = signed_in(ada)
    Client().get("/world/reef/")  # Wagtail makes rows of settings when they are first asked for
    with no_writes(full):
        assert Client().get("/world/reef/").status_code == 200
        assert reader.get("/world/reef/").status_code == 200
        assert reader.get("/").status_code == 200


def test_a_form_says_that_nothing_can_be_saved(magazine, browser: Client, full: Exception, caplog) -> None:
    with no_writes(full):
        response = ask(browser, STRANGER)
    assert response.status_code == 503
    assert "can’t save anything" in response.text
    assert response.headers["Retry-After"]
    assert "A disk is full; pages are served" in caplog.text
    assert ask(browser, STRANGER).status_code == 303


def test_signing_in_with_a_password_is_not_too_often(magazine, browser: Client, ada, full: Exception) -> None:
    with no_writes(full):
        response = browser.post("/account/sign-in/", {"login": ada.email, "password": PASSWORD})
    assert response.status_code == 503


def test_a_lock_that_can_not_be_written_is_not_one_that_is_held(full: Exception, settings) -> None:
    settings.CACHES = {
        "default": {
            "BACKEND": "broadsheet.platform.outages.cache.TableCache",
            "LOCATION": "platform_cache",
        }
    }
    cache.set("expired", 1, timeout=-1)
    with no_writes(full):
        with pytest.raises(OperationalError):
            cache.add("lock", "mine")
        cache.set("not", "kept")
        assert cache.get("not") is None
        assert cache.get("expired") is None
    assert cache.add("lock", "mine")
    assert not cache.add("lock", "yours")


def test_the_scheduler_goes_on(full: Exception, monkeypatch: pytest.MonkeyPatch, caplog) -> None:
    minutes: list[object] = []

    def note(at: object, **kwargs: object) -> None:
        minutes.append(at)

    monkeypatch.setattr(scheduler, "_sleep_to_next_minute", lambda is_stopped: None)
    minute_passed.connect(note)
    rounds = iter([False, True])
    try:
        with no_writes(full):
            scheduler.keep(is_stopped=lambda: next(rounds))
        assert minutes == []
        assert "tried again in a minute" in caplog.text
        scheduler.keep(is_stopped=lambda: True)
        assert len(minutes) == 1
    finally:
        minute_passed.disconnect(note)
    assert Lease.objects.filter(name="scheduler").exists()
