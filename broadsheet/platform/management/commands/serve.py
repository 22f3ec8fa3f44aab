from argparse import ArgumentParser, Namespace
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from broadsheet.platform.processes import serving
from broadsheet.platform.processes.plan import Plan


class Command(BaseCommand):
    """`broadsheet serve` runs the same without it, and so without a Django in its memory: see cli.py."""

    requires_system_checks = ()
    help = serving.HELP

    def add_arguments(self, parser: ArgumentParser) -> None:
        serving.add_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            serving.run(Namespace(**options), Plan.of_settings)
        except serving.Refused as error:
            raise CommandError(str(error)) from error
