"""A copy of all that can't be made anew, the database and what was uploaded, and its way back."""

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import TextIO

from django.conf import settings
from django.db import connection

from broadsheet.platform.processes.progress import Advance, step

UNFINISHED = ".unfinished"


class Failed(Exception):
    """It could not be done; nothing of what was there before is lost."""


def back_up(folder: Path, at: datetime, out: TextIO) -> Path:
    """Copies into a new folder below `folder`, whose name is the time in UTC; raises Failed, OSError."""
    finished = folder / f"{at:%Y-%m-%dT%H%M%SZ}"
    if finished.exists():
        raise Failed(f"There is a backup of this second already: {finished}")
    copy = finished.with_name(finished.name + UNFINISHED)
    copy.mkdir(parents=True)
    copy.chmod(0o700)
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            # Whole, with what stands in the log beside the file, whoever writes meanwhile.
            cursor.execute("VACUUM INTO %s", [str(copy / "database.sqlite3")])
    else:
        _run("pg_dump", "--format=custom", f"--file={copy / 'database.dump'}")
    if settings.MEDIA_ROOT.exists():
        _copy_tree(settings.MEDIA_ROOT, copy / "media", out)
    copy.rename(finished)
    return finished


def restore(copy: Path, out: TextIO) -> None:
    """Puts a backup in place of what is there; raises Failed, OSError."""
    name = "database.sqlite3" if connection.vendor == "sqlite" else "database.dump"
    if not (copy / name).is_file() or copy.name.endswith(UNFINISHED):
        raise Failed(f"{copy} is no finished backup: it has no {name}.")
    if connection.vendor == "sqlite":
        _restore_sqlite(copy / name, Path(connection.settings_dict["NAME"]))
    else:
        connection.close()
        arguments = ("--clean", "--if-exists", "--no-owner", "--no-privileges", "--single-transaction")
        _run("pg_restore", *arguments, str(copy / name))
    if (copy / "media").exists():
        _copy_tree(copy / "media", settings.MEDIA_ROOT, out)


def _restore_sqlite(copy: Path, database: Path) -> None:
    try:
        with closing(sqlite3.connect(copy.as_uri() + "?mode=ro", uri=True)) as opened:
            said = opened.execute("PRAGMA quick_check").fetchone()[0]
    except sqlite3.DatabaseError as error:
        said = str(error)
    if said != "ok":
        raise Failed(f"{copy} is damaged: {said}")
    fresh = database.with_name(database.name + UNFINISHED)
    shutil.copyfile(copy, fresh)
    with fresh.open("rb") as file:
        os.fsync(file.fileno())
    connection.close()
    # The log beside the old file must not be read into the new one.
    for log in ("-wal", "-shm"):
        database.with_name(database.name + log).unlink(missing_ok=True)
    fresh.replace(database)


def _copy_tree(source: Path, target: Path, out: TextIO) -> None:
    total = sum(len(files) for _folder, _folders, files in os.walk(source))
    with step("Uploads", total, "files", to=out) as advance:
        shutil.copytree(source, target, dirs_exist_ok=True, copy_function=_counting(advance))


def _counting(advance: Advance) -> Callable[[str, str], object]:
    def copy(source: str, target: str) -> None:
        shutil.copy2(source, target)
        advance(1)

    return copy


def _run(program: str, *arguments: str) -> None:
    """One of PostgreSQL's programs, on our database; raises Failed."""
    from django.db.backends.postgresql.client import DatabaseClient

    (_psql, *where, name), secrets = DatabaseClient.settings_to_cmd_args_env(connection.settings_dict, [])
    try:
        subprocess.run(
            [program, *where, f"--dbname={name}", *arguments],
            env=os.environ | (secrets or {}),
            check=True,
            stderr=subprocess.PIPE,
            text=True,
        )
    except FileNotFoundError as error:
        raise Failed(f"{program} is not installed. On Debian and Ubuntu: postgresql-client") from error
    except subprocess.CalledProcessError as error:
        raise Failed(error.stderr.strip().splitlines()[-1]) from error
