"""A copy of all that can't be made anew, the database and what was uploaded, and its way back."""

import os
import posixpath
import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import datetime
from pathlib import Path
from typing import TextIO

from django.conf import settings
from django.core.files import File
from django.core.files.storage import Storage, default_storage
from django.db import connection

from broadsheet.platform.processes import sealing
from broadsheet.platform.processes.progress import step

UNFINISHED = ".unfinished"
LAST = "last-backup"
"""A file of VAR_DIR whose time is that of the last backup from this host."""


class Failed(Exception):
    """It could not be done; nothing of what was there before is lost."""


def back_up(folder: Path, at: datetime, out: TextIO) -> Path:
    """Copies into a new folder below `folder`, whose name is the time in UTC; raises Failed, OSError.

    Where BACKUP_RECIPIENT names a key it is one sealed file.
    """
    name = f"{at:%Y-%m-%dT%H%M%SZ}"
    finished = folder / (name + sealing.ENDING if settings.BACKUP_RECIPIENT else name)
    if finished.exists():
        raise Failed(f"There is a backup of this second already: {finished}")
    copy = folder / (name + UNFINISHED)
    copy.mkdir(parents=True)
    copy.chmod(0o700)
    # The database first: an upload comes before the row that names it.
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            # Whole, with what stands in the log beside the file, whoever writes meanwhile.
            cursor.execute("VACUUM INTO %s", [str(copy / "database.sqlite3")])
    else:
        _run("pg_dump", "--format=custom", f"--file={copy / 'database.dump'}")
    _copy_uploads(copy / "media", out)
    if settings.BACKUP_RECIPIENT:
        sealed = finished.with_name(finished.name + UNFINISHED)
        sealing.seal(copy, sealed, settings.BACKUP_RECIPIENT)
        sealed.rename(finished)
        shutil.rmtree(copy)
    else:
        copy.rename(finished)
    (settings.VAR / LAST).write_text(f"{at:%Y-%m-%dT%H:%M:%S%z}\n")
    return finished


def last_backup() -> datetime | None:
    """When the last one was made from this host."""
    try:
        return datetime.fromisoformat((settings.VAR / LAST).read_text().strip())
    except (OSError, ValueError):
        return None


def restore(copy: Path, out: TextIO, key: Path | None = None) -> None:
    """Puts a backup in place of what is there; raises Failed, OSError. `key` opens one that is sealed."""
    if copy.name.endswith(sealing.ENDING) and copy.is_file():
        if key is None:
            raise Failed(f"{copy} is sealed: name the file of its key, as in --key backup.key")
        with tempfile.TemporaryDirectory(dir=copy.parent, suffix=UNFINISHED) as folder:
            opened = Path(folder) / "opened"
            try:
                sealing.open_sealed(copy, opened, key)
            except sealing.Unreadable as error:
                raise Failed(str(error)) from error
            restore(opened, out)
        return
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
        _restore_uploads(copy / "media", out)


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


def _copy_uploads(target: Path, out: TextIO) -> None:
    names = list(_names_in(default_storage, ""))
    with step("Uploads", len(names), "files", to=out) as advance:
        for name in names:
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            # Renditions come and go while the magazine runs.
            with (
                suppress(FileNotFoundError),
                default_storage.open(name) as upload,
                (target / name).open("wb") as copy,
            ):
                shutil.copyfileobj(upload, copy)
            advance(1)


def _names_in(storage: Storage, folder: str) -> Iterator[str]:
    try:
        folders, files = storage.listdir(folder)
    except FileNotFoundError:
        return
    yield from (posixpath.join(folder, name) for name in files if name)
    for name in folders:
        yield from _names_in(storage, posixpath.join(folder, name))


def _restore_uploads(source: Path, out: TextIO) -> None:
    paths = [path for path in source.rglob("*") if path.is_file()]
    with step("Uploads", len(paths), "files", to=out) as advance:
        for path in paths:
            name = path.relative_to(source).as_posix()
            default_storage.delete(name)
            with path.open("rb") as copy:
                default_storage.save(name, File(copy))
            advance(1)


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
