"""What a trusted proxy says of the visitor's address and scheme; what anybody else says is dropped."""

from collections.abc import Iterable
from ipaddress import ip_address
from typing import Any

from broadsheet.environment import Network


def _is_trusted(address: str, proxies: Iterable[Network]) -> bool:
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    return any(parsed in network for network in proxies)


def apply_forwarded(environ: dict[str, Any], proxies: Iterable[Network]) -> None:
    """Rewrites REMOTE_ADDR and wsgi.url_scheme in a WSGI environ.

    X-Forwarded-For is read from the right, past every trusted proxy, to the first address that is not
    one: everything left of it was written by the visitor. Both headers are removed afterwards, so that
    nothing further in can read them.
    """
    forwarded_for = environ.pop("HTTP_X_FORWARDED_FOR", "")
    scheme = environ.pop("HTTP_X_FORWARDED_PROTO", "").strip().lower()
    peer = environ.get("REMOTE_ADDR", "")
    if not _is_trusted(peer, proxies):
        return
    if scheme in {"http", "https"}:
        environ["wsgi.url_scheme"] = scheme
    for hop in reversed([part.strip() for part in forwarded_for.split(",") if part.strip()]):
        try:
            ip_address(hop)
        except ValueError:
            break
        environ["REMOTE_ADDR"] = hop
        if not _is_trusted(hop, proxies):
            break
