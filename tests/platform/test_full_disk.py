"""A disk that is really full: a file system in memory, which root can make."""

import os
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from django.db import connection

from harness.serving import Serving
from tests.magazine import Magazine

pytestmark = pytest.mark.sqlite  # a server has a disk of its own
SIZE = 48 * 1024 * 1024


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "disk"
    folder.mkdir()
    command = ["/usr/bin/mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(command, check=False, capture_output=True).returncode:
        pytest.skip("only root can make a small disk")
    yield folder
    subprocess.run(["/usr/bin/umount", "-l", str(folder)], check=True)


@pytest.fixture
def magazine_there(transactional_db: None, magazine: Magazine, small_disk: Path) -> Iterator[Serving]:
    database = small_disk / "magazine.sqlite3"
    with (
        closing(sqlite3.connect(connection.settings_dict["NAME"])) as printed,
        closing(sqlite3.connect(database)) as copy,
    ):
        printed.backup(copy)
    serving = Serving(small_disk, f"sqlite:///{database}", "--only", "web")
    serving.log = small_disk.parent / "log"
    serving.start()
    yield serving
    serving.stop()


def fill(folder: Path) -> Path:
    filler = folder / "filler"
    with filler.open("wb", buffering=0) as file:
        for size in (1024 * 1024, 1024, 1):
            try:
                while file.write(b"x" * size) == size:
                    pass
            except OSError:
                continue
    return filler


def test_pages_go_on_and_what_can_not_be_saved_says_so(magazine_there: Serving, small_disk: Path) -> None:
    form = {"email": "mallory@stranger.example"}
    # As the scheduler would: while nobody has it open, SQLite needs room even for reading.
    with closing(sqlite3.connect(small_disk / "magazine.sqlite3")) as held:
        held.execute("SELECT * FROM django_migrations").fetchall()
        assert magazine_there.ask("/account/start/", form)[0] == 303
        assert magazine_there.ask("/world/reef/")[0] == 200
        filler = fill(small_disk)
        for _ in range(3):
            status, page = magazine_there.ask("/account/start/", form)
            assert (status, "save anything" in page) == (503, True)
            assert magazine_there.ask("/world/orchard/")[0] == 200
        assert magazine_there.log.read_text().count("A disk is full; pages are served") == 1
        filler.unlink()
        assert magazine_there.ask("/account/start/", form)[0] == 303


def test_a_database_that_can_not_be_opened_is_away(magazine_there: Serving, small_disk: Path) -> None:
    assert magazine_there.ask("/world/reef/")[0] == 200
    filler = fill(small_disk)
    assert magazine_there.ask("/world/reef/")[0] == 200
    assert magazine_there.ask("/account/start/", {"email": "mallory@stranger.example"})[0] == 503
    log = magazine_there.log.read_text()
    # Whichever meets it first says it: a request for a page, or what is done without one.
    assert log.count("A disk is full; pages ") == 1, log
    filler.unlink()
    time.sleep(1.5)
    assert magazine_there.ask("/world/orchard/")[0] == 200
