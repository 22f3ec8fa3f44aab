"""Backed up while it runs, and restored."""

import os
import subprocess
import sys
import time
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from broadsheet.people.models import Person
from harness.ports import free_port
from tests.cast import introduce
from tests.platform.conftest import ROOT


@pytest.fixture
def place(settings: Settings, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT, settings.PORT = tmp_path / "media", free_port()
    (settings.MEDIA_ROOT / "original_images").mkdir(parents=True)
    (settings.MEDIA_ROOT / "original_images/reef.webp").write_bytes(b"reef")
    return tmp_path


def back_up(place: Path) -> Path:
    said = StringIO()
    call_command("back_up", str(place / "backups"), stdout=said)
    return Path(said.getvalue().splitlines()[-1].removeprefix("Backed up to "))


@pytest.mark.django_db(transaction=True)
def test_what_was_backed_up_comes_back(place: Path, settings: Settings) -> None:
    introduce("Bruno Keller", "bruno@reader.example")
    copy = back_up(place)
    Person.objects.all().delete()
    introduce("Ada Lin", "ada@reader.example")
    (settings.MEDIA_ROOT / "original_images/reef.webp").unlink()

    call_command("restore", str(copy), stdout=StringIO())

    assert list(Person.objects.values_list("email", flat=True)) == ["bruno@reader.example"]
    assert (settings.MEDIA_ROOT / "original_images/reef.webp").read_bytes() == b"reef"
    assert copy.stat().st_mode & 0o077 == 0


@pytest.mark.django_db(transaction=True)
def test_a_second_backup_in_a_day_takes_nothing_from_the_first(place: Path) -> None:
    first = back_up(place)
    time.sleep(1)
    second = back_up(place)

    assert first != second
    assert first.is_dir()
    assert second.is_dir()


def test_what_is_no_backup_is_not_restored(place: Path) -> None:
    (place / "half.unfinished").mkdir()
    for name in ("half.unfinished", "nowhere"):
        with pytest.raises(CommandError, match="is no finished backup"):
            call_command("restore", str(place / name))


def test_a_backup_that_is_damaged_takes_the_place_of_nothing(place: Path) -> None:
    settings = {"VAR_DIR": str(place / "var"), "PORT": str(free_port()), "DATABASE_URL": ""}
    (place / "var").mkdir()
    (place / "var/broadsheet.sqlite3").write_bytes(b"precious")
    (place / "copy").mkdir()
    (place / "copy/database.sqlite3").write_bytes(b"SQLite format 3\0" + b"rubbish" * 1000)
    answer = subprocess.run(
        [sys.executable, "-m", "broadsheet.cli", "restore", place / "copy"],
        cwd=ROOT,
        env=os.environ | settings,
        capture_output=True,
        text=True,
        check=False,
    )

    assert answer.returncode == 1
    assert "Traceback" not in answer.stderr
    assert (place / "var/broadsheet.sqlite3").read_bytes() == b"precious"
