"""The networks that crawlers' operators publish, as ``broadsheet refresh_crawlers`` last fetched them."""

import json
import logging
import os
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, collapse_addresses, ip_network
from pathlib import Path
from typing import Self

from django.conf import settings

from broadsheet.crawlers.known import KnownCrawler
from broadsheet.platform import clock

type Address = IPv4Address | IPv6Address
type Network = IPv4Network | IPv6Network

logger = logging.getLogger(__name__)

TRUSTED_FOR = timedelta(days=30)
"""A list that could not be fetched for so long proves nothing any more: addresses change hands."""


def merged(networks: Iterable[Network]) -> list[Network]:
    """The same addresses in as few networks as possible, in order, IPv4 first."""
    networks = list(networks)
    return [
        *collapse_addresses(network for network in networks if isinstance(network, IPv4Network)),
        *collapse_addresses(network for network in networks if isinstance(network, IPv6Network)),
    ]


class Networks:
    """Networks that tell at once, in memory, whether an address is in one of them."""

    def __init__(self, networks: Iterable[Network]) -> None:
        self.all = merged(networks)
        self._firsts: dict[int, list[int]] = {4: [], 6: []}
        self._lasts: dict[int, list[int]] = {4: [], 6: []}
        for network in self.all:
            self._firsts[network.version].append(int(network.network_address))
            self._lasts[network.version].append(int(network.broadcast_address))

    def __contains__(self, address: Address) -> bool:
        number = int(address)
        place = bisect_right(self._firsts[address.version], number)
        return place > 0 and number <= self._lasts[address.version][place - 1]


@dataclass(frozen=True, slots=True)
class Published:
    """One operator's list, and when it was fetched."""

    networks: Networks
    fetched_at: datetime

    @property
    def is_trusted(self) -> bool:
        return clock.now() - self.fetched_at < TRUSTED_FOR


@dataclass(frozen=True, slots=True)
class RangeFile:
    """What is on file, by the address that it was fetched from."""

    lists: Mapping[str, Published]

    def of(self, crawler: KnownCrawler) -> list[Published]:
        """The lists of `crawler` that are on file and not too old to be trusted."""
        found = [self.lists[address] for address in crawler.ranges if address in self.lists]
        return [published for published in found if published.is_trusted]

    def networks_of(self, crawler: KnownCrawler) -> list[Network]:
        return merged(network for published in self.of(crawler) for network in published.networks.all)

    def holds(self, crawler: KnownCrawler, address: Address) -> bool:
        return any(address in published.networks for published in self.of(crawler))

    def since(self, crawler: KnownCrawler) -> datetime | None:
        """When the oldest of its lists was fetched."""
        return min((published.fetched_at for published in self.of(crawler)), default=None)

    def write(self, path: Path) -> None:
        """Replaces the file at `path` as a whole: nobody ever reads half of it."""
        written = {
            address: {
                "fetched_at": published.fetched_at.isoformat(),
                "networks": [str(network) for network in published.networks.all],
            }
            for address, published in self.lists.items()
        }
        unfinished = path.with_suffix(f".{os.getpid()}")
        unfinished.write_text(json.dumps(written, indent=1) + "\n", "utf-8")
        unfinished.replace(path)

    @classmethod
    def read(cls, path: Path) -> Self:
        """Raises ValueError for a file that `write` did not write, OSError where there is none."""
        lists = {}
        try:
            for address, entry in json.loads(path.read_text("utf-8")).items():
                networks = Networks(ip_network(network) for network in entry["networks"])
                lists[address] = Published(networks, datetime.fromisoformat(entry["fetched_at"]))
        except (AttributeError, KeyError, TypeError) as error:
            raise ValueError(f"{path} is not a list of ranges") from error
        return cls(lists)


NONE = RangeFile({})


def on_file() -> RangeFile:
    """The file as it is now, read again only when it has changed."""
    path: Path = settings.CRAWLER_RANGES
    try:
        stat = path.stat()
    except FileNotFoundError:
        return NONE
    return _read(path, stat.st_mtime_ns, stat.st_size, stat.st_ino)


@lru_cache(maxsize=1)
def _read(path: Path, *state: int) -> RangeFile:
    try:
        return RangeFile.read(path)
    except (OSError, ValueError) as error:
        logger.warning("%s can't be read, so no crawler is proven by its address: %s", path, error)
        return NONE
