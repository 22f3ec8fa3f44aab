from typing import Any

from django.core.management.base import BaseCommand
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from broadsheet.demo.magazine import Magazine
from broadsheet.house import clock


class Command(BaseCommand):
    help = "Makes The Meridian, the demo's magazine. Does nothing where there is a magazine already."

    def handle(self, *args: Any, **options: Any) -> None:
        if Magazine.exists():
            self.stdout.write("There is a magazine already: nothing to do.")
            return
        magazine = Magazine(clock.now())
        columns = (TextColumn("{task.description:24}"), BarColumn(), MofNCompleteColumn())
        with Progress(*columns) as progress:
            bar = progress.add_task("", total=len(magazine.steps()))

            def report(step: str) -> None:
                progress.update(bar, description=step)
                progress.advance(bar)

            magazine.build(report)
        self.stdout.write(f"Made {len(magazine.articles)} articles in two editions.")
