"""Brings the file of published ranges up to date."""

import json
import logging
from collections.abc import Iterator
from datetime import datetime
from ipaddress import IPv4Network, ip_network
from typing import Any

from django.conf import settings
from django.tasks import task

from broadsheet.crawlers.known import KNOWN
from broadsheet.crawlers.ranges import Network, Networks, Published, RangeFile, on_file
from broadsheet.platform import clock
from broadsheet.platform.http.fetching import FetchError, Opener, PublicConnection, fetch
from broadsheet.platform.processes.scheduler import DAY, once_every

logger = logging.getLogger(__name__)

BROADEST = {4: 8, 6: 24}
"""Length of the shortest prefix that one operator may have: what Apple owns, and the largest IPv6 blocks."""
MOST_NETWORKS = 20_000
MOST_ADDRESSES = 2**25
"""IPv4 addresses of a list, all together: two /8."""


class ImplausibleError(ValueError):
    """Says in a few words why this can't be the list of an operator's networks."""


def parse(body: bytes) -> Networks:
    """The networks in JSON such as ``{"prefixes": [{"ipv4Prefix": "192.0.2.0/24"}]}``, or a plain list."""
    try:
        networks = [ip_network(written, strict=False) for written in _written(json.loads(body))]
    except (ValueError, RecursionError) as error:
        raise ImplausibleError("it is no list of networks") from error
    if not networks:
        raise ImplausibleError("it names no network")
    if len(networks) > MOST_NETWORKS:
        raise ImplausibleError(f"it names more than {MOST_NETWORKS} networks")
    for network in networks:
        _check(network)
    found = Networks(networks)
    if (
        sum(network.num_addresses for network in found.all if isinstance(network, IPv4Network))
        > MOST_ADDRESSES
    ):
        raise ImplausibleError("it names more addresses than one operator has")
    return found


def _written(found: Any) -> Iterator[str]:
    """Every network in a list of strings or of objects that hold strings, whatever these are called."""
    entries = found.get("prefixes") if isinstance(found, dict) else found
    if not isinstance(entries, list):
        raise ImplausibleError("it is no list of networks")
    for entry in entries:
        values = [entry]
        if isinstance(entry, dict):
            values = [value for key, value in entry.items() if key.lower().endswith("prefix")]
        for value in values:
            if not isinstance(value, str):
                raise ImplausibleError("it is no list of networks")
            yield value


def _check(network: Network) -> None:
    if network.prefixlen < BROADEST[network.version]:
        raise ImplausibleError(f"{network} is broader than one operator has")
    if not network.is_global or network.is_multicast:
        raise ImplausibleError(f"{network} is not public")


def refresh(open_to: Opener = PublicConnection) -> list[str]:
    """Fetches every list there is. What can't be had keeps what was fetched before; says which, and why."""
    before = on_file().lists
    addresses = dict.fromkeys(address for crawler in KNOWN.values() for address in crawler.ranges)
    lists, failures = {}, []
    for address in addresses:
        try:
            lists[address] = Published(parse(fetch(address, open_to)), clock.now())
        except (FetchError, ImplausibleError) as error:
            failures.append(f"{address}: {error}")
            if address in before:
                lists[address] = before[address]
    RangeFile(lists).write(settings.CRAWLER_RANGES)
    return failures


@task
def refresh_soon() -> None:
    if failures := refresh():
        logger.warning("Lists of crawlers’ networks that could not be fetched: %s", "; ".join(failures))


@once_every(DAY, "crawlers.ranges")
def refresh_daily(at: datetime) -> None:
    """In production: no crawler finds a magazine that is tried out, and its host may have no network."""
    if settings.PRODUCTION:
        refresh_soon.enqueue()
