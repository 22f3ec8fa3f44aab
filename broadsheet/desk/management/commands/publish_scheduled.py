from typing import Any

from django.core.management.base import BaseCommand

from broadsheet.editorial.schedule import keep_schedule
from broadsheet.platform import clock


class Command(BaseCommand):
    """Wagtail's would stop at the first article that is not ready, and leave those behind it unpublished."""

    help = "Publishes and withdraws what an editor set a time for. `broadsheet serve` does it by itself."

    def handle(self, *args: Any, **options: Any) -> None:
        keep_schedule(clock.now())
