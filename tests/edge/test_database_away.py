"""PostgreSQL is stopped for a while under a magazine that is served by fronts, and comes back."""

import subprocess
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
import pytest

from harness import engines
from harness.ports import free_port
from tests.database import address_of_test_database
from tests.edge.served import Magazine, until
from tests.magazine import marks_in

pytestmark = [
    pytest.mark.postgresql,
    pytest.mark.django_db,
    pytest.mark.skipif(not engines.find("pg_dump"), reason="pg_dump is not installed"),
]
REEF = "/world/reef/"


def opens_counted(address: str) -> int:
    with psycopg.connect(address) as connection:
        counted = connection.execute(
            "SELECT coalesce(sum(opens), 0) FROM insights_hourlycount WHERE reason = 'subscription'"
        )
        return int(counted.fetchone()[0])  # type: ignore[index]


def fill(address: str) -> None:
    """With what is in the database of the tests."""
    dump = subprocess.run(
        [engines.find("pg_dump") or "", "--no-owner", address_of_test_database()],
        check=True,
        capture_output=True,
    )
    restore = [engines.find("psql") or "", "-q", "-v", "ON_ERROR_STOP=1", address]
    subprocess.run(restore, input=dump.stdout, check=True, stdout=subprocess.DEVNULL)


def test_all_read_on_while_the_database_is_away_and_nothing_is_lost(tmp_path: Path) -> None:
    port = free_port()
    with ExitStack() as stack:
        # Not below `tmp_path`, which only who runs the tests may enter: PostgreSQL has a user of its own.
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="broadsheet-away-")))
        database = ExitStack()
        stack.callback(lambda: database.close())
        address = database.enter_context(engines.postgresql(folder, port))
        fill(address)
        magazine = Magazine(tmp_path, address, "--only", "web", FRONTS="1")
        stack.callback(magazine.end)
        magazine.start()
        stranger, subscriber, staff = (magazine.visitor(who) for who in ("", "subscriber", "staff"))
        opens = 2
        for _ in range(opens):
            assert len(marks_in(subscriber.ask(REEF).text, "reef")) == 8
        shown = stranger.ask(REEF).text
        assert staff.ask("/desk/").status == 200

        magazine.editor.stop()
        database.close()

        until(lambda: staff.ask("/desk/").status == 503)
        assert "try again in a minute" in staff.ask("/desk/").text
        for _ in range(10):
            assert stranger.ask(REEF).text == shown
            assert len(marks_in(subscriber.ask(REEF).text, "reef")) == 8
            opens += 1

        database.enter_context(engines.postgresql(folder, port))
        until(lambda: staff.ask("/desk/").status == 200)
        until(lambda: opens_counted(address) == opens)
