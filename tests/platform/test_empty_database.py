"""The empty database of a release, which `prepare` copies in place of migrating for half a minute."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from django.apps import apps
from django.db.migrations.loader import MigrationLoader

from tests.platform.conftest import run

pytestmark = pytest.mark.sqlite

PREPARE = """
import sys
from pathlib import Path
from broadsheet import cli
from broadsheet.platform.processes import empty_database
empty_database.FOLDER = Path(sys.argv[1])
sys.argv = ["broadsheet", "prepare", "--database-only"]
cli.main()
"""


@pytest.fixture
def release(tmp_path: Path, pytestconfig: pytest.Config, migrated_database: None) -> Path:
    """A folder with such a file, under the name of this version."""
    (kept,) = pytestconfig.cache.mkdir("databases").glob("*.sqlite3")
    (tmp_path / "release").mkdir()
    shutil.copy(kept, tmp_path / "release")
    return tmp_path / "release"


def migrations_in(database: Path) -> set[tuple[str, str]]:
    with closing(sqlite3.connect(database)) as opened:
        return set(opened.execute("SELECT app, name FROM django_migrations"))


def test_an_empty_database_is_that_of_the_release(release: Path, tmp_path: Path) -> None:
    answer = run("-c", PREPARE, str(release), VAR_DIR=str(tmp_path), BROADSHEET_MODE="development")

    assert answer.stdout == "Database: the empty one of this version\n", answer.stderr
    assert migrations_in(tmp_path / "broadsheet.sqlite3") >= set(MigrationLoader(None).disk_migrations)


def test_a_database_that_holds_something_is_migrated(release: Path, tmp_path: Path) -> None:
    (file,) = release.glob("*.sqlite3")
    shutil.copy(file, tmp_path / "broadsheet.sqlite3")
    answer = run("-c", PREPARE, str(release), VAR_DIR=str(tmp_path), BROADSHEET_MODE="development")

    assert answer.stdout == "Database: 0 migrations\n", answer.stderr


def test_the_libraries_migrations_come_before_ours() -> None:
    """After ours each takes ten times as long: a migration works on all models that there are by then."""
    graph = MigrationLoader(None).graph
    before = set(graph.forwards_plan(("editorial", "0001_initial")))
    ours = {app.label for app in apps.get_app_configs() if app.name.startswith("broadsheet")}
    assert {node for node in graph.leaf_nodes() if node[0] not in ours} <= before
