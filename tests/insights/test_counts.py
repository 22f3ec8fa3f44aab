"""Counting without a name: in memory first, in one row an hour a little later."""

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.management import call_command
from django.db import OperationalError, connection

from broadsheet.insights import counts
from broadsheet.insights.counts import Tally
from broadsheet.insights.models import BATCH, Counted, HourlyCount, Numbers
from broadsheet.paywall.verdict import Reason
from broadsheet.platform import clock

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
REEF, ORCHARD = UUID(int=1), UUID(int=2)


def counted(article: UUID = REEF, reason: str = "meter", hour: datetime = NOON, variant: int = 0) -> Counted:
    return Counted("en-us", hour, article, reason, variant)


def written() -> dict[Counted, Numbers]:
    rows = HourlyCount.objects.values_list(*Counted._fields, *Numbers._fields)
    return {Counted(*row[:5]): Numbers(*row[5:]) for row in rows}


@contextmanager
def database_away() -> Iterator[None]:
    def refuse(*args: Any) -> None:
        raise OperationalError("the server has gone away")

    with connection.execute_wrapper(refuse):
        yield


# --- What is counted ---------------------------------------------------------------------------------


def test_one_row_for_each_hour_edition_article_reason_and_variant(db: None) -> None:
    with clock.moved_to(NOON + timedelta(minutes=59)):
        counts.decided(REEF, "en-us", Reason.METER)
        counts.decided(REEF, "en-us", Reason.METER)
        counts.opened(REEF, "en-us", Reason.METER)
        counts.decided(REEF, "en-gb", Reason.METER)
        counts.decided(REEF, "en-us", Reason.REGISTER)
        counts.decided(REEF, "en-us", Reason.METER, variant=2)
        counts.decided(ORCHARD, "en-us", Reason.METER)
    with clock.moved_to(NOON + timedelta(minutes=60)):
        counts.opened(REEF, "en-us", Reason.METER)
    counts.flush()
    assert written() == {
        counted(): Numbers(2, 1),
        counted()._replace(edition="en-gb"): Numbers(1, 0),
        counted(reason="register"): Numbers(1, 0),
        counted(variant=2): Numbers(1, 0),
        counted(ORCHARD): Numbers(1, 0),
        counted(hour=NOON + timedelta(hours=1)): Numbers(0, 1),
    }


def test_a_row_holds_nothing_that_tells_visitors_apart() -> None:
    columns = {field.name for field in HourlyCount._meta.get_fields()}
    assert columns == {"id", *Counted._fields, *Numbers._fields}


def test_what_is_written_again_adds_up(db: None) -> None:
    tally = Tally()
    for _ in range(3):
        tally.add(counted(), Numbers(decisions=2, opens=1))
        tally.flush()
    tally.flush()
    assert written() == {counted(): Numbers(6, 3)}


def test_more_than_one_batch_is_written_whole(db: None) -> None:
    articles = [UUID(int=number) for number in range(2 * BATCH + 7)]
    for _ in range(2):
        HourlyCount.objects.add({counted(article): Numbers(opens=3) for article in articles})
    assert written() == {counted(article): Numbers(0, 6) for article in articles}


def test_no_count_is_lost_between_threads(db: None) -> None:
    tally = Tally()
    with ThreadPoolExecutor(8) as threads:
        for _ in range(8):
            threads.submit(lambda: [tally.add(counted(), Numbers(opens=1)) for _ in range(500)])
    tally.flush()
    assert written() == {counted(): Numbers(0, 4000)}


@pytest.mark.django_db(transaction=True)
def test_processes_that_write_the_same_rows_at_once_wait_for_one_another() -> None:
    articles = [uuid4() for _ in range(BATCH + 20)]

    def write(seed: int) -> None:
        # Each has met the articles in another order.
        mine = articles[seed * 20 :] + articles[: seed * 20]
        try:
            for _ in range(5):
                HourlyCount.objects.add({counted(article): Numbers(opens=1) for article in mine})
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as threads:
        for done in [threads.submit(write, seed) for seed in range(4)]:
            done.result()
    assert set(written().values()) == {Numbers(0, 20)}


# --- When the database is away -----------------------------------------------------------------------


def test_what_cannot_be_written_is_kept_and_written_later(db: None) -> None:
    tally = Tally()
    tally.add(counted(), Numbers(opens=1))
    with database_away(), pytest.raises(OperationalError):
        tally.flush()
    tally.add(counted(), Numbers(opens=1))
    tally.flush()
    assert written() == {counted(): Numbers(0, 2)}


def test_what_waits_is_bounded(db: None) -> None:
    tally = Tally(most=3)
    for number in range(10):
        tally.add(counted(UUID(int=number)), Numbers(opens=1))
    tally.add(counted(UUID(int=0)), Numbers(opens=1))
    with database_away(), pytest.raises(OperationalError):
        tally.flush()
    tally.flush()
    assert {row.article.int: numbers.opens for row, numbers in written().items()} == {0: 2, 1: 1, 2: 1}


# --- The process -------------------------------------------------------------------------------------

SCRIPT = """
import os, sys, threading, uuid
import django
django.setup()
from django.db import connection
from broadsheet.insights import counts
from broadsheet.insights.models import HourlyCount
with connection.schema_editor() as editor:
    editor.create_model(HourlyCount)
connection.close()

def count(edition):
    # From a daemon, as the threads of a web server are.
    daemon = threading.Thread(target=counts.opened, args=(uuid.UUID(int=1), edition, "free"), daemon=True)
    daemon.start()
    daemon.join()

if sys.argv[1] == "web":
    counts.tally.write_in_background()
count("of-parent")
if child := os.fork():
    os.waitpid(child, 0)
else:
    count("of-child")
"""


def run(role: str, folder: Path) -> set[tuple[str, int]]:
    """What a process and its fork have written once both have ended."""
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "broadsheet.settings",
        "DATABASE_URL": f"sqlite:///{folder}/counts.sqlite3",
        "VAR_DIR": str(folder),
    }
    command = [sys.executable, "-W", "ignore", "-c", SCRIPT, role]
    subprocess.run(command, env=environment, check=True, timeout=60)
    with closing(sqlite3.connect(folder / "counts.sqlite3")) as database:
        return set(database.execute("SELECT edition, opens FROM insights_hourlycount"))


def test_a_process_that_ends_writes_first_and_its_fork_writes_only_its_own(tmp_path: Path) -> None:
    assert run("web", tmp_path) == {("of-parent", 1), ("of-child", 1)}


def test_a_process_that_does_not_serve_writes_nothing_by_itself(tmp_path: Path) -> None:
    assert run("command", tmp_path) == set()


def test_the_web_server_loads_the_application_that_keeps_its_counts_written() -> None:
    from django.conf import settings

    assert settings.WSGI_APPLICATION == "broadsheet.web.application"


# --- How long they are kept --------------------------------------------------------------------------


def test_counts_are_kept_for_four_hundred_days_and_swept_once_a_day(db: None) -> None:
    now = clock.now()

    def leave(*ages: float) -> None:
        rows = {counted(hour=now - timedelta(days=age)): Numbers(opens=1) for age in ages}
        HourlyCount.objects.add(rows)

    leave(399.9, 400.1)
    call_command("sweep")
    assert list(HourlyCount.objects.values_list("hour", flat=True)) == [now - timedelta(days=399.9)]
    leave(401)
    call_command("sweep")
    assert HourlyCount.objects.count() == 2
