from argparse import ArgumentParser
from pathlib import Path
from typing import Any, TextIO, cast

from django.core.management.base import BaseCommand, CommandError

from broadsheet.platform import clock
from broadsheet.platform.processes import backup, sealing


class Command(BaseCommand):
    help = (
        "Copies the database and the uploads into a new folder, named by the time, while the magazine runs."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "folder", type=Path, nargs="?", help="in which the new one is made, named by the time"
        )
        parser.add_argument(
            "--make-key",
            type=Path,
            metavar="FILE",
            help="only make a key to seal backups with, in a new file",
        )

    def handle(self, *args: Any, folder: Path | None, make_key: Path | None, **options: Any) -> None:
        if (folder is None) is (make_key is None):
            raise CommandError("Name either the folder for the backup, or with --make-key a file for a key.")
        try:
            if make_key:
                public = sealing.make_key(make_key)
                self.stdout.write(f"Keep {make_key} away from this host, and set BACKUP_RECIPIENT={public}")
                return
            assert folder  # noqa: S101 as above
            made = backup.back_up(folder.absolute(), clock.now(), cast(TextIO, self.stdout._out))
        except OSError as error:
            where = f"{error.filename}: " if error.filename else ""
            raise CommandError(f"{where}{error.strerror or error}.") from error
        except backup.Failed as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Backed up to {made}")
