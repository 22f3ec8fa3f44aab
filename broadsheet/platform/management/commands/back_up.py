from argparse import ArgumentParser
from pathlib import Path
from typing import Any, TextIO, cast

from django.core.management.base import BaseCommand, CommandError

from broadsheet.platform import clock
from broadsheet.platform.processes import backup


class Command(BaseCommand):
    help = (
        "Copies the database and the uploads into a new folder, named by the time, while the magazine runs."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, help="in which the new one is made, named by the time")

    def handle(self, *args: Any, folder: Path, **options: Any) -> None:
        try:
            made = backup.back_up(folder.absolute(), clock.now(), cast(TextIO, self.stdout._out))
        except (backup.Failed, OSError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Backed up to {made}")
