"""Hosts, addresses and networks."""

import re
from ipaddress import IPv4Network, IPv6Network, ip_address
from urllib.parse import SplitResult, urlsplit

import idna

from broadsheet.environment.malformed import Malformed

type Network = IPv4Network | IPv6Network

LABEL = r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?"
NAME = re.compile(rf"(?=.{{1,253}}$){LABEL}(\.{LABEL})*", re.IGNORECASE)


def web_address(raw: str) -> SplitResult:
    """An absolute http or https address without a path; raises Malformed."""
    try:
        parts = urlsplit(raw)
    except ValueError:
        raise Malformed("it is no address") from None
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise Malformed("it must be an address with http:// or https://")
    if parts.path.strip("/") or parts.query or parts.fragment:
        raise Malformed("nothing may follow the host’s name and port")
    if "@" in parts.netloc:
        raise Malformed("it may hold no user and no password")
    try:
        port = parts.port
    except ValueError:
        port = 0
    if port == 0 or parts.netloc.endswith(":"):
        raise Malformed("its port must be a number from 1 to 65535")
    host_name(parts.hostname)
    return parts


def host_name(raw: str) -> str:
    """A name or an address without a port; raises Malformed."""
    if "/" in raw:
        raise Malformed("it must be a host’s name without http:// and path")
    if raw.count(":") == 1:
        raise Malformed("it must be a host’s name without a port")
    if ":" in raw or raw.startswith("["):
        try:
            ip_address(raw.strip("[]"))
        except ValueError:
            raise Malformed("it is no host’s name") from None
        return raw
    if not raw.isascii():
        try:
            written = idna.encode(raw, uts46=True).decode()
        except idna.IDNAError:
            raise Malformed("it is no host’s name") from None
        raise Malformed(f"browsers write that host’s name {written}")
    if not NAME.fullmatch(raw):
        raise Malformed("it is no host’s name")
    return raw


def allowed_host(raw: str) -> str:
    """A host’s name; with a dot before it, those of all below it as well. Raises Malformed."""
    host_name(raw.removeprefix("."))
    return raw


def domain(raw: str) -> str:
    """A domain for mail, which may be written as people write it; raises Malformed."""
    if "@" in raw:
        raise Malformed("it must be a domain without what stands before an @")
    try:
        host_name(raw if raw.isascii() else idna.encode(raw, uts46=True).decode())
    except idna.IDNAError:
        raise Malformed("it is no domain") from None
    return raw


def server(raw: str, port: int) -> tuple[str, int]:
    """An address with or without a port (else `port`); raises ValueError."""
    host, after = raw, ""
    if raw.startswith("["):
        host, _, after = raw[1:].partition("]")
    elif raw.count(":") == 1:
        host, _, after = raw.partition(":")
    after = after.removeprefix(":")
    if after and not (after.isdecimal() and 0 < int(after) < 65_536):
        raise Malformed(f"{after} is no port")
    return str(ip_address(host)), int(after or port)
