"""Networks, as limits count them."""

from ipaddress import IPv6Address, ip_network

from broadsheet.platform.http.proxy import Address


def network_of(address: Address) -> str:
    """What stands for one household or firm: an IPv4 address, or an IPv6 /56 by its first address."""
    if isinstance(address, IPv6Address):
        return str(ip_network((address, 56), strict=False).network_address)
    return str(address)
