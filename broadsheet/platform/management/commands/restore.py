from argparse import ArgumentParser
from pathlib import Path
from typing import Any, TextIO, cast

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from broadsheet.platform.processes import backup, listening


class Command(BaseCommand):
    help = (
        "Puts a backup in place of the database and the uploads, and prepares them. Stop the magazine first."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("backup", type=Path, help="what `broadsheet backup` made")
        parser.add_argument("--key", type=Path, help="the file of the key, where it is sealed")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            listening.check("127.0.0.1", settings.PORT)
        except listening.Refused as error:
            raise CommandError(
                f"The magazine seems to run on port {settings.PORT}: stop it first."
            ) from error
        try:
            backup.restore(options["backup"].absolute(), cast(TextIO, self.stdout._out), options["key"])
        except (backup.Failed, OSError) as error:
            raise CommandError(str(error)) from error
        call_command("prepare", stdout=self.stdout._out)
        self.stdout.write(f"Restored {options['backup']}")
