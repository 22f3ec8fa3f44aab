from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from broadsheet.crawlers.ranges import on_file
from broadsheet.crawlers.refreshing import refresh
from broadsheet.platform.http.fetching import Opener, PublicConnection


class Command(BaseCommand):
    help = (
        "Fetches the networks that crawlers’ operators publish. A list that can’t be had keeps what was"
        " fetched before; the exit status is 1 if there was one."
    )

    def __init__(self, *args: Any, open_to: Opener = PublicConnection, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.open_to = open_to

    def handle(self, *args: Any, **options: Any) -> None:
        failures = refresh(self.open_to)
        lists = on_file().lists.values()
        total = sum(len(published.networks.all) for published in lists)
        self.stdout.write(f"{total} networks of {len(lists)} lists in {settings.CRAWLER_RANGES}")
        if failures:
            raise CommandError("Not fetched:\n" + "\n".join(failures))
