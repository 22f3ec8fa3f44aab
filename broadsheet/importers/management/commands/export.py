from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from broadsheet.importers.exporting.making import Wanted, make
from broadsheet.importers.models import Export
from broadsheet.importers.planning.places import edition_of
from broadsheet.importers.records import NotReadable, Wishes
from broadsheet.platform.processes.progress import step

FORMS = ", ".join(Export.Form.values)


class Command(BaseCommand):
    help = "Writes all that is here, or what Ghost or WordPress takes in, to a zip archive."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", nargs="?", default="", metavar="FILE.zip")
        parser.add_argument("--for", dest="form", default="everything", metavar="WHOM", help=FORMS)
        parser.add_argument(
            "--edition", default="", metavar="TAG", help="for another system, which knows one: such as en-us"
        )
        parser.add_argument(
            "--without-readers",
            action="store_true",
            help="without readers, newsletters’ sign-ups, subscriptions and invoices",
        )
        parser.add_argument("--of", type=int, metavar="NUMBER", help="an export that the desk began")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["of"]:
            self._of(options["of"])
            return
        path = self._path(options["file"])
        wanted = self._wanted(options)
        try:
            with step("Exporting", wanted.steps, "articles") as advance:
                gone = wanted.write(path, advance)
        except OSError as error:
            raise CommandError(f"{path} could not be written: {error.strerror}.") from error
        for name in gone:
            self.stdout.write(f"Gone: {name}")
        self.stdout.write(f"{path} is written, {path.stat().st_size / 1_000_000:.1f} MB.")
        if wanted.with_readers:
            self.stdout.write("It holds readers’ addresses: keep it where nobody else can read it.")

    def _of(self, number: int) -> None:
        export = Export.objects.filter(pk=number).first()
        if export is None:
            raise CommandError(f"There is no export {number}.")
        make(export)

    def _path(self, given: str) -> Path:
        if not given:
            raise CommandError("Name the file: broadsheet export magazine.zip")
        path = Path(given).absolute()
        if path.suffix != ".zip":
            raise CommandError(f"The file is a zip archive: name it {path.name}.zip, say.")
        if not path.parent.is_dir():
            raise CommandError(f"There is no folder {path.parent}.")
        return path

    def _wanted(self, options: dict[str, Any]) -> Wanted:
        if options["form"] not in Export.Form.values:
            raise CommandError(f"There is no export for “{options['form']}”. There are: {FORMS}.")
        form = Export.Form(options["form"])
        if form == Export.Form.EVERYTHING and options["edition"]:
            raise CommandError("Everything is of all editions: leave --edition out.")
        try:
            edition = (
                None if form == Export.Form.EVERYTHING else edition_of(Wishes(edition=options["edition"]))
            )
        except NotReadable as error:
            raise CommandError(str(error)) from error
        return Wanted(form, edition, not options["without_readers"])
