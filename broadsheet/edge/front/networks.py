"""Whether an address is in one of many networks, found by halving."""

from bisect import bisect_right
from collections.abc import Iterable
from ipaddress import IPv4Network, IPv6Network, collapse_addresses, ip_network

from broadsheet.platform.http.proxy import Address


class Networks:
    def __init__(self, written: Iterable[str]) -> None:
        networks = [ip_network(one, strict=False) for one in written]
        fourth = collapse_addresses(one for one in networks if isinstance(one, IPv4Network))
        sixth = collapse_addresses(one for one in networks if isinstance(one, IPv6Network))
        self._ranges = {
            4: sorted((int(one.network_address), int(one.broadcast_address)) for one in fourth),
            6: sorted((int(one.network_address), int(one.broadcast_address)) for one in sixth),
        }

    def __contains__(self, address: Address) -> bool:
        ranges, number = self._ranges[address.version], int(address)
        at = bisect_right(ranges, (number, 1 << 128)) - 1
        return at >= 0 and number <= ranges[at][1]
