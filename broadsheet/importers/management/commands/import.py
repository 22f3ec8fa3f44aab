import signal
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from broadsheet.importers import sources
from broadsheet.importers.carrying.carrying import carry_out, missing_consent
from broadsheet.importers.carrying.undoing import touched, undo
from broadsheet.importers.models import Import, Imported
from broadsheet.importers.planning.places import edition_of
from broadsheet.importers.planning.plan import make_plan
from broadsheet.importers.records import NotReadable, Wishes
from broadsheet.importers.reporting import summary_of, write_csv
from broadsheet.importers.turns import turn
from broadsheet.platform.processes.progress import step


class Command(BaseCommand):
    help = "Moves another system's export into the magazine. A run that was stopped goes on where it was."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "source", help=", ".join(sources.names()) + "; or undo, with the number of an import"
        )
        parser.add_argument("files", nargs="*", metavar="FILE", help="files, folders and zip archives")
        parser.add_argument("--dry-run", action="store_true", help="only say what would come")
        parser.add_argument("--report", metavar="CSV", help="write the report, line by line, to this file")
        parser.add_argument("--edition", default="", metavar="TAG", help="the edition, such as en-us")
        parser.add_argument(
            "--site", default="", metavar="ADDRESS", help="of the old site, where the export does not say"
        )
        parser.add_argument("--section", default="", metavar="SLUG", help="for what no other section takes")
        parser.add_argument(
            "--map",
            action="append",
            default=[],
            metavar="NAME=WHAT",
            help="a category or tag: section, topic, leave, or section:SLUG",
        )
        parser.add_argument(
            "--kinds", default="", metavar="A,B", help="custom post types that come as articles"
        )
        parser.add_argument("--newsletter", default="", metavar="SLUG", help="for readers of a list")
        parser.add_argument(
            "--column", action="append", default=[], metavar="WHAT=HEADING", help="of a table of readers"
        )
        parser.add_argument(
            "--menus", action="store_true", help="take the old menus too, where the edition has none"
        )
        parser.add_argument(
            "--consent", default="", metavar="WORDS", help="who declares how readers agreed, and how"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        # As Ctrl+C: what is under way is whole or not there, and the next run goes on.
        signal.signal(signal.SIGTERM, lambda *_args: sys.exit(143))
        try:
            if options["source"] == "undo":
                self._undo(options["files"])
            else:
                self._import(options)
        except NotReadable as error:
            raise CommandError(str(error)) from error

    def _import(self, options: dict[str, Any]) -> None:
        if options["source"] not in sources.names():
            raise CommandError(
                f"There is no importer “{options['source']}”. There are: {', '.join(sources.names())}."
            )
        if not options["files"]:
            raise CommandError(f"Name the files. {sources.takes(options['source'])}")
        if gone := [file for file in options["files"] if not Path(file).exists()]:
            raise CommandError(f"There is no file {gone[0]}.")
        if (report := options["report"]) and not Path(report).resolve().parent.is_dir():
            raise CommandError(f"There is no folder {Path(report).parent} for the report.")
        moving = self._moving(options)
        with turn(moving.turn) as is_ours:
            if not is_ours:
                raise CommandError(
                    "Another process works on this import. If it died, try again in three minutes."
                )
            if moving.state != Import.State.RUNNING:
                self._plan(moving, options)
            if not options["dry_run"]:
                self._carry_out(moving)
        if options["report"]:
            with Path(options["report"]).open("w", newline="", encoding="utf-8-sig") as file:
                write_csv(moving, file)
            self.stdout.write(f"The report is in {options['report']}.")

    def _moving(self, options: dict[str, Any]) -> Import:
        """The one that was stopped, else a new one."""
        files = [str(Path(file).resolve()) for file in options["files"]]
        wishes = _wishes(options)
        edition_of(wishes)
        before = Import.objects.filter(source=options["source"], is_uploaded=False)
        for moving in before.exclude(state__in=Import.OVER):
            if moving.files == files:
                if moving.state != Import.State.RUNNING:
                    moving.want(wishes)
                else:
                    self.stdout.write(f"Import {moving.pk} goes on where it was stopped.")
                return moving
        moving = Import.objects.create(source=options["source"], files=files, by_name="broadsheet import")
        moving.want(wishes)
        return moving

    def _plan(self, moving: Import, options: dict[str, Any]) -> None:
        _resolve(moving, options["map"])
        with step("Reading", 0, "records") as advance:
            is_planned = make_plan(moving, advance)
        if not is_planned:
            raise CommandError(moving.words or "It could not be read.")
        for line in summary_of(moving):
            self.stdout.write(line)
        if missing := missing_consent(moving):
            words = f"{missing} Say it with --consent."
            if options["dry_run"]:
                self.stdout.write(words)
            else:
                raise CommandError(words)

    def _carry_out(self, moving: Import) -> None:
        with step("Importing", moving.steps - moving.steps_done, "steps") as advance:
            is_done = carry_out(moving, advance)
        if not is_done:
            raise CommandError(moving.words or "It was stopped.")
        gone = Imported.objects.filter(moving=moving, state=Imported.State.GONE).count()
        self.stdout.write(
            f"Import {moving.pk} is done." + (f" {gone} pictures or sounds are gone." if gone else "")
        )
        self.stdout.write(f"To take it back as a whole: broadsheet import undo {moving.pk}")

    def _undo(self, numbers: list[str]) -> None:
        if len(numbers) != 1 or not numbers[0].isdecimal():
            raise CommandError("Name the import by its number.")
        moving = Import.objects.filter(pk=int(numbers[0])).first()
        if moving is None:
            raise CommandError(f"There is no import {numbers[0]}.")
        with turn(moving.turn) as is_ours:
            if not is_ours:
                raise CommandError("Another process works on this import.")
            if moving.state != Import.State.UNDOING and (found := touched(moving)):
                raise CommandError(
                    f"It was used since, and can't be taken back as a whole: {'; '.join(found)}."
                )
            if not undo(moving):
                raise CommandError(f"It is {moving.get_state_display()}: there is nothing to undo.")
        self.stdout.write(f"Import {moving.pk} is undone.")


def _wishes(options: dict[str, Any]) -> Wishes:
    return Wishes(
        edition=options["edition"],
        site=options["site"],
        section=options["section"],
        kinds=[kind.strip() for kind in options["kinds"].split(",") if kind.strip()],
        newsletter=options["newsletter"],
        declaration=options["consent"],
        takes_menus=options["menus"],
        columns=dict(_pair(pair, "--column") for pair in options["column"]),
    )


def _pair(pair: str, option: str) -> tuple[str, str]:
    name, equals, what = pair.partition("=")
    if not equals or not what.strip():
        raise CommandError(f"{option} is written NAME=WHAT, not “{pair}”.")
    return name.strip(), what.strip()


def _resolve(moving: Import, pairs: list[str]) -> None:
    """Subjects are named by how they are called there; they are kept by their key."""
    if not pairs:
        return
    from broadsheet.importers.planning.places import slug_of
    from broadsheet.importers.records import Article, Subject

    wanted = {slug_of(name): what for name, what in (_pair(pair, "--map") for pair in pairs)}
    if wrong := [
        what
        for what in wanted.values()
        if what not in {"section", "topic", "leave"} and not what.startswith("section:")
    ]:
        raise CommandError(f"“{wrong[0]}” is no place. It is section, topic, leave, or section:SLUG.")
    wishes = moving.wanted
    with moving.opened() as (source, _files):
        for record in source.records():
            if isinstance(record, Article):
                break
            if isinstance(record, Subject):
                for slug in (slug_of(record.slug), slug_of(record.name)):
                    if slug in wanted:
                        wishes.subjects[record.key] = wanted[slug]
    moving.want(wishes)
