import signal
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from broadsheet.platform.processes import scheduler


class Command(BaseCommand):
    help = "Does what is due by the clock: publishes and withdraws what was scheduled, tidies up."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--every-minute", action="store_true", help="go on, in turn with other hosts, until stopped"
        )

    def handle(self, *args: Any, every_minute: bool, **options: Any) -> None:
        if not every_minute:
            scheduler.sweep()
            return
        stopped: list[int] = []
        for signum in (signal.SIGTERM, signal.SIGINT):
            signal.signal(signum, lambda signum, _: stopped.append(signum))
        scheduler.keep(lambda: bool(stopped))
