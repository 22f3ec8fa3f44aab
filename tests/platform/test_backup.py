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
    call_command("backup", str(place / "backups"), stdout=said)
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


@pytest.fixture
def key(place: Path, settings: Settings) -> Path:
    """The file of a key, by which backups are sealed from now on."""
    said = StringIO()
    call_command("backup", "--make-key", str(place / "backup.key"), stdout=said)
    settings.BACKUP_RECIPIENT = [said.getvalue().strip().rpartition("=")[2]]
    return place / "backup.key"


@pytest.mark.django_db(transaction=True)
def test_a_sealed_backup_comes_back_to_the_holder_of_its_key(place: Path, key: Path) -> None:
    introduce("Bruno Keller", "bruno@reader.example")
    sealed = back_up(place)
    assert list(sealed.parent.iterdir()) == [sealed]
    assert b"bruno@reader.example" not in sealed.read_bytes()
    assert key.stat().st_mode & 0o077 == 0
    Person.objects.all().delete()

    call_command("restore", str(sealed), "--key", str(key), stdout=StringIO())

    assert Person.objects.filter(email="bruno@reader.example").exists()
    assert list(sealed.parent.iterdir()) == [sealed]


@pytest.mark.django_db(transaction=True)
def test_what_cannot_be_unsealed_takes_the_place_of_nothing(place: Path, key: Path) -> None:
    sealed = back_up(place)
    introduce("Ada Lin", "ada@reader.example")
    call_command("backup", "--make-key", str(place / "other.key"), stdout=StringIO())
    content = sealed.read_bytes()
    cut = sealed.with_name("cut.tar.age")
    cut.write_bytes(content[:-20_000])
    changed = sealed.with_name("changed.tar.age")
    changed.write_bytes(content[:50_000] + bytes([content[50_000] ^ 1]) + content[50_001:])
    (place / "no.key").write_text("nothing of a key")
    for copy, with_key, reason in [
        (sealed, [], "is sealed: name the file of its key"),
        (sealed, ["--key", str(place / "other.key")], "can’t be read with"),
        (sealed, ["--key", str(place / "no.key")], "holds no secret key of age"),
        (cut, ["--key", str(key)], "or is damaged"),
        (changed, ["--key", str(key)], "or is damaged"),
    ]:
        with pytest.raises(CommandError, match=reason):
            call_command("restore", str(copy), *with_key, stdout=StringIO())

    assert Person.objects.filter(email="ada@reader.example").exists()


def test_a_key_takes_the_place_of_no_other(place: Path, key: Path) -> None:
    with pytest.raises(CommandError, match="File exists"):
        call_command("backup", "--make-key", str(key))


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
