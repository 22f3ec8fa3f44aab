"""What `prepare` does, each with its progress."""

from collections.abc import Callable, Iterator
from typing import Any, TextIO

from django.contrib.staticfiles.finders import get_finders
from django.contrib.staticfiles.management.commands import collectstatic
from django.core.management import call_command
from django.core.management.commands import migrate
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from modelsearch.index import get_indexed_models
from wagtail.search.management.commands import update_index

from broadsheet.platform.processes import empty_database
from broadsheet.platform.processes.progress import Advance, step

_steps: list[Callable[[TextIO], object]] = []


def also(step: Callable[[TextIO], object]) -> None:
    """A room above has something to bring up to date, last of all, with its progress."""
    _steps.append(step)


def bring_rooms_up_to_date(out: TextIO) -> None:
    for each in _steps:
        each(out)


class Migrating(migrate.Command):
    def __init__(self, advance: Advance) -> None:
        super().__init__()
        self.advance = advance

    def migration_progress_callback(self, action: str, migration: Any = None, fake: bool = False) -> None:
        if action == "apply_success":
            self.advance(1)


class Collecting(collectstatic.Command):
    def __init__(self, advance: Advance) -> None:
        super().__init__()
        self.advance = advance

    def copy_file(self, path: str, prefixed_path: str, source_storage: Any) -> None:
        super().copy_file(path, prefixed_path, source_storage)
        self.advance(1)


class Indexing(update_index.Command):
    def __init__(self, advance: Advance) -> None:
        super().__init__()
        self.advance = advance

    def queryset_chunks(self, *args: Any, **options: Any) -> Iterator[list[Any]]:
        for chunk in super().queryset_chunks(*args, **options):
            yield chunk
            self.advance(len(chunk))


def migrate_database(out: TextIO) -> None:
    if empty_database.copy():
        out.write("Database: the empty one of this version\n")
        return
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    with step("Database", len(plan), "migrations", to=out) as advance:
        call_command(Migrating(advance), interactive=False, verbosity=0)
        call_command("createcachetable", verbosity=0)


def collect_static_files(out: TextIO) -> None:
    files = {path for finder in get_finders() for path, _storage in finder.list([])}
    with step("Static files", len(files), "files", to=out) as advance:
        call_command(Collecting(advance), interactive=False, verbosity=0)


def index(out: TextIO) -> None:
    total = sum(model.get_indexed_objects().count() for model in get_indexed_models())
    with step("Desk’s search index", total, "entries", to=out) as advance:
        call_command(Indexing(advance), verbosity=0)
