from argparse import ArgumentParser
from typing import Any, TextIO, cast

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from broadsheet.platform import overriding
from broadsheet.platform.processes import empty_database, preparing, readiness


class Command(BaseCommand):
    help = "Brings the database, the static files and the search index up to this version. Safe to repeat."
    requires_system_checks = (readiness.TAG,)

    def add_arguments(self, parser: ArgumentParser) -> None:
        parts = parser.add_mutually_exclusive_group()
        parts.add_argument(
            "--static-only",
            action="store_true",
            help="only this host's static files: for each further host that shares the database",
        )
        parts.add_argument("--database-only", action="store_true", help="only the database")
        parts.add_argument(
            "--release",
            action="store_true",
            help="make the empty database of this version, which `prepare` copies in place of migrating one",
        )

    def handle(self, *args: Any, static_only: bool, database_only: bool, **options: Any) -> None:
        if options["release"]:
            self.stdout.write(f"Made {empty_database.make()}")
            return
        out = cast(TextIO, self.stdout._out)  # Django's wrapper would end each piece of a bar in a new line
        if not static_only:
            for found in readiness.findings():
                if found.id == readiness.NO_DATABASE:
                    raise CommandError(found.msg)
                if found.id != readiness.UNPREPARED_DATABASE:
                    self.stderr.write(found.msg)  # without what it says `prepare` can still do its work
            preparing.migrate_database(out)
        if database_only:
            return
        if not settings.DEBUG:
            preparing.collect_static_files(out)
        if not static_only:
            preparing.index(out)
            preparing.bring_rooms_up_to_date(out)
            for found in overriding.check_overrides():
                self.stderr.write(found.msg)
            for found in readiness.how_to_begin():
                self.stdout.write(found.msg)
