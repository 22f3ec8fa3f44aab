from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import translation

from broadsheet.membership.errors import Refused
from broadsheet.membership.fulfilment import applying
from broadsheet.membership.models import FulfilmentHouse, HouseFile
from broadsheet.platform.processes.progress import step

SAID = {
    "new": "new",
    "changed": "changed",
    "returning": "back after they had ended",
    "same": "unchanged",
    "matched": "whose address is a reader’s",
    "faults": "lines that can’t be used",
    "gone": "no longer in the file",
}
FAULTS_SHOWN = 20


class Command(BaseCommand):
    help = "Checks the file of a fulfilment house and, with --apply, takes it in. Safe to repeat."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("house", help="its name, as at the desk")
        parser.add_argument("file", type=Path, help="a CSV file")
        parser.add_argument("--apply", action="store_true", help="take the file in, if it can be read")
        parser.add_argument(
            "--end",
            type=int,
            metavar="COUNT",
            help="with --apply: end so many that are no longer in the file",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        house = FulfilmentHouse.objects.filter(name=options["house"]).first()
        if house is None:
            names = ", ".join(FulfilmentHouse.objects.values_list("name", flat=True)) or "none yet"
            raise CommandError(f"There is no house “{options['house']}”. There are: {names}.")
        if options["end"] is not None and not options["apply"]:
            raise CommandError("--end needs --apply.")
        try:
            contents = options["file"].read_bytes()
        except OSError as error:
            raise CommandError(f"{options['file']} can’t be read: {error.strerror}.") from error
        with translation.override(house.edition):
            self._work(HouseFile.objects.take(house, options["file"].name, contents, None), options)

    def _work(self, file: HouseFile, options: dict[str, Any]) -> None:
        with step("Checking", contents_lines(file), "lines", to=self.stderr) as advance:  # type: ignore[arg-type]
            applying.check(file, advance)
        if file.state == HouseFile.State.UNREADABLE:
            raise CommandError(file.fault)
        self._report(file)
        if not options["apply"]:
            applying.drop(file)
            self.stdout.write("Nothing was changed. --apply takes the file in.")
            return
        try:
            applying.begin(file, ends=options["end"])
        except Refused as refused:
            applying.drop(file)
            raise CommandError(refused.reason) from refused
        with step("Applying", file.lines, "lines", to=self.stderr) as advance:  # type: ignore[arg-type]
            applying.apply(file, advance)
        if file.fault:
            raise CommandError(file.fault)
        self.stdout.write(f"The file is applied. Ended: {file.counts.get('ended', 0)}.")

    def _report(self, file: HouseFile) -> None:
        for line, words in file.faults[:FAULTS_SHOWN]:
            self.stdout.write(f"line {line}: {words}")
        if (more := int(file.counts["faults"]) - FAULTS_SHOWN) > 0:
            self.stdout.write(f"and {more:,} more lines that can’t be used")
        for name, words in SAID.items():
            self.stdout.write(f"{file.counts.get(name, 0):>9,} {words}")


def contents_lines(file: HouseFile) -> int:
    """About how many lines there are, for the bar."""
    return file.stored.count(b"\n")
