import json
from argparse import ArgumentParser
from collections.abc import Callable
from typing import Any

from django.core.management.base import BaseCommand

from broadsheet.crawlers.known import KNOWN, Treatment
from broadsheet.crawlers.models import CrawlerPolicy
from broadsheet.crawlers.ranges import Network, merged, on_file


def as_text(networks: list[Network]) -> str:
    return "".join(f"{network}\n" for network in networks)


def as_nginx(networks: list[Network]) -> str:
    """For the http block: ``$is_crawler`` is 1 for their addresses and 0 for all others."""
    return "geo $is_crawler {\n    default 0;\n" + "".join(f"    {n} 1;\n" for n in networks) + "}\n"


def as_json(networks: list[Network]) -> str:
    return json.dumps([str(network) for network in networks], indent=1) + "\n"


FORMATS: dict[str, Callable[[list[Network]], str]] = {"text": as_text, "nginx": as_nginx, "json": as_json}


class Command(BaseCommand):
    help = "Prints the networks of all crawlers that may read everything, for a CDN to send on to Broadsheet."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--format", choices=FORMATS, default="text", help="(%(default)s)")

    def handle(self, *args: Any, **options: Any) -> None:
        treatments, file = CrawlerPolicy.objects.treatments(), on_file()
        read_all = [
            crawler
            for crawler in KNOWN.values()
            if crawler.can_be_proven and treatments[crawler.slug] == Treatment.FULL
        ]
        networks = merged(network for crawler in read_all for network in file.networks_of(crawler))
        self.stdout.write(FORMATS[options["format"]](networks), ending="")
        if unlisted := [crawler.name for crawler in read_all if not crawler.ranges]:
            self.stderr.write(
                f"No networks are published of {', '.join(unlisted)}: a CDN gives them the opening only."
            )
        if absent := [crawler.name for crawler in read_all if crawler.ranges and not file.of(crawler)]:
            self.stderr.write(
                f"No networks are on file of {', '.join(absent)}: run `broadsheet refresh_crawlers`."
            )
