"""The empty test database. Wagtail's migrations take long, so on SQLite their result is kept."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import setup_databases, teardown_databases
from pytest_django import DjangoDbBlocker

from broadsheet.platform.processes.empty_database import fingerprint


def address_of_test_database() -> str:
    """As DATABASE_URL names it to another process."""
    database = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{database['NAME']}"
    return f"postgresql://{database['USER']}@{database['HOST']}:{database['PORT']}/{database['NAME']}"


@pytest.fixture(scope="session")
def migrated_database(
    request: pytest.FixtureRequest,
    django_test_environment: None,
    django_db_blocker: DjangoDbBlocker,
    django_db_modify_db_settings: None,
) -> Iterator[None]:
    """An empty database with every migration applied, one for each worker."""
    on_sqlite = connection.vendor == "sqlite"
    folder = request.config.cache.mkdir("databases")
    kept = folder / f"{fingerprint()}.sqlite3"
    # The first worker migrates; the others wait for what it keeps.
    with (folder / "lock").open("w") as lock:
        if on_sqlite:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if kept.exists():
                fcntl.flock(lock, fcntl.LOCK_UN)
                shutil.copy(kept, settings.DATABASES["default"]["TEST"]["NAME"])
        with django_db_blocker.unblock():
            databases = setup_databases(verbosity=0, interactive=False, keepdb=on_sqlite)
            if on_sqlite and not kept.exists():
                _keep(kept)
    yield
    with django_db_blocker.unblock():
        teardown_databases(databases, verbosity=0, keepdb=on_sqlite)


@pytest.fixture
def prepared_sqlite(tmp_path: Path, pytestconfig: pytest.Config, migrated_database: None) -> str:
    """The address of an empty database with its tables, for a magazine that this test serves."""
    (kept,) = pytestconfig.cache.mkdir("databases").glob("*.sqlite3")
    shutil.copy(kept, tmp_path / "prepared.sqlite3")
    return f"sqlite:///{tmp_path}/prepared.sqlite3"


def _keep(kept: Path) -> None:
    unfinished = kept.with_suffix(f".{os.getpid()}")
    with connection.cursor() as cursor:
        # A whole copy, with what still stands in the write-ahead log.
        cursor.execute("VACUUM INTO %s", [str(unfinished)])
    for old in kept.parent.glob("*.sqlite3"):
        old.unlink(missing_ok=True)
    unfinished.rename(kept)
