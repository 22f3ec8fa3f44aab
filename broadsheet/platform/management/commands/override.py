from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from broadsheet.platform.overriding import Override, named, overrides


class Command(BaseCommand):
    help = "Copies templates and static files into OWN_DIR, to be changed there, or lists those that are."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("names", nargs="*", metavar="NAME", help="such as editorial/lists/teaser.html")
        what = parser.add_mutually_exclusive_group()
        what.add_argument("--seen", action="store_true", help="note that yours follows the original of today")
        what.add_argument("--diff", action="store_true", help="show what has changed in the original")

    def handle(self, *args: Any, names: list[str], seen: bool, diff: bool, **options: Any) -> None:
        own = settings.OWN
        if own is None:
            raise CommandError("OWN_DIR names no folder: see docs/overriding.md.")
        if not names:
            for one in overrides(own):
                state = "the original has changed" if one.has_changed else "" if one.was_seen else "not noted"
                self.stdout.write(f"{one.kind}/{one.name}  {state}".rstrip())
            return
        chosen: list[Override] = []
        for name in names:
            found = named(own, name)
            if found is None:
                raise CommandError(f"There is no template and no static file {name}.")
            chosen.append(found)
        for one in chosen:
            if diff:
                self.stdout.write("\n".join(one.difference()))
            elif seen:
                one.see()
                self.stdout.write(f"Noted: {one.kind}/{one.name}")
            else:
                try:
                    one.begin()
                except FileExistsError as error:
                    raise CommandError(f"{one.file} is there already; nothing was changed.") from error
                self.stdout.write(f"Change {one.file}")
