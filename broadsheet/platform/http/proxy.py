"""What a trusted proxy says of the visitor's address and scheme; what anybody else says is dropped."""

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Any

type Address = IPv4Address | IPv6Address
type Network = IPv4Network | IPv6Network

BY_FRONT = "broadsheet.front"
"""In a WSGI environ: that the request came by the front."""


def address_in(written: str) -> Address | None:
    """The address in `written`, with or without a port, as proxies write it; None where there is none.

    IPv4 that came over an IPv6 socket (``::ffff:1.2.3.4``) is IPv4: networks and limits know it by that.
    """
    host = written.strip()
    if host.startswith("["):
        host = host[1:].partition("]")[0]
    elif host.count(":") == 1:
        host = host.partition(":")[0]
    try:
        found = ip_address(host.partition("%")[0])
    except ValueError:
        return None
    mapped = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    return mapped or found


def apply_front(environ: dict[str, Any]) -> None:
    """As `apply_forwarded`, where the front says it: on its socket nobody else speaks."""
    environ[BY_FRONT] = True
    environ["REMOTE_ADDR"] = environ.pop("HTTP_X_FORWARDED_FOR", "")
    environ["wsgi.url_scheme"] = environ.pop("HTTP_X_FORWARDED_PROTO", "http")


def apply_forwarded(environ: dict[str, Any], proxies: Iterable[Network]) -> None:
    """Rewrites REMOTE_ADDR and wsgi.url_scheme in a WSGI environ.

    X-Forwarded-For is read from the right, past every trusted proxy, to the first address that is not
    one: everything left of it was written by the visitor. Both headers are removed afterwards, so that
    nothing further in can read them.
    """
    forwarded_for = environ.pop("HTTP_X_FORWARDED_FOR", "")
    scheme = environ.pop("HTTP_X_FORWARDED_PROTO", "").strip().lower()
    visitor = address_in(environ.get("REMOTE_ADDR", ""))
    if visitor and is_trusted(visitor, proxies):
        if scheme in {"http", "https"}:
            environ["wsgi.url_scheme"] = scheme
        visitor = visitor_of(visitor, forwarded_for, proxies)
    if visitor:
        environ["REMOTE_ADDR"] = str(visitor)


def visitor_of(hop: Address, forwarded_for: str, proxies: Iterable[Network]) -> Address:
    """Whom `hop`, which is trusted, speaks for."""
    visitor = hop
    for written in reversed(forwarded_for.split(",")):
        if not written.strip():
            continue
        if (found := address_in(written)) is None:
            break
        visitor = found
        if not is_trusted(found, proxies):
            break
    return visitor


def is_trusted(address: Address, proxies: Iterable[Network]) -> bool:
    return any(address in network for network in proxies)
