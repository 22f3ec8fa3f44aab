from argparse import ArgumentParser
from typing import Any, TextIO, cast

from django.core.management.base import BaseCommand

from broadsheet.site.search import indexing


class Command(BaseCommand):
    help = "Brings the index that readers search up to date. `prepare` does so too; safe to repeat."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--anew",
            action="store_true",
            help="make every entry anew; until that is done articles are found by their headlines",
        )

    def handle(self, *args: Any, anew: bool, **options: Any) -> None:
        if anew:
            indexing.begin_anew()
        # Django's wrapper would end each piece of a bar in a new line.
        number = indexing.fill(cast(TextIO, self.stdout._out))
        self.stdout.write(f"{number:,} articles are in the search index.")
