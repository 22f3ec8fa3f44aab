"""An empty SQLite database with every migration applied, made once, for a release, and copied by `prepare`.

Migrating takes up to half a minute of a small host's time. The file's name tells what it
was made from: where anything else stands here now, `prepare` migrates.
"""

import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from hashlib import sha256
from pathlib import Path

import django
from django.apps import apps
from django.conf import settings
from django.db import connection

FOLDER = Path(__file__).parents[2] / "empty_databases"


def fingerprint() -> str:
    """Of every migration that there is, and of the settings that they look at."""
    digest = sha256(f"{django.__version__} {list(settings.EDITIONS)}".encode())
    for app in sorted(apps.get_app_configs(), key=lambda app: app.label):
        digest.update(app.name.encode())
        for path in sorted(Path(app.path, "migrations").glob("*.py")):
            digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def path() -> Path:
    return FOLDER / f"{fingerprint()}.sqlite3"


def make() -> Path:
    """For this version, mode and editions; raises CalledProcessError."""
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / "empty.sqlite3"
        subprocess.run(
            [sys.executable, "-m", "broadsheet.cli", "prepare", "--database-only"],
            env=os.environ | {"DATABASE_URL": f"sqlite:///{made}", "REDIS_URL": ""},
            check=True,
        )
        with closing(sqlite3.connect(made)) as database:
            # All in one file, which can be read where nothing may be written beside it.
            database.execute("PRAGMA journal_mode=DELETE")
        return Path(shutil.move(made, path()))


def copy() -> bool:
    """Whether there was one for this version, and the database had nothing yet."""
    if connection.vendor != "sqlite" or not path().exists() or connection.introspection.table_names():
        return False
    connection.ensure_connection()
    with closing(sqlite3.connect(f"{path().as_uri()}?immutable=1", uri=True)) as source:
        source.backup(connection.connection)
    return True
