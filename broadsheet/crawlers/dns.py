"""Reverse and forward DNS: whether an address is an operator's, by the operator's own names."""

import time
from collections.abc import Iterable, Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address

import dns.exception
import dns.name
import dns.rdatatype
import dns.resolver
import dns.reversename

from broadsheet.platform.resolver import resolver

type Address = IPv4Address | IPv6Address

SECONDS = 3.0
"""For all questions about one address together."""
MOST_NAMES = 4
"""An address may have any number of names; so many of the operator's are looked up."""

SAYS_NO = (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer)


class UnansweredError(Exception):
    """DNS gave no answer, neither yes nor no: it failed, or took too long."""


def belongs(address: Address, domains: Iterable[str]) -> bool:
    """Whether a name of `address` lies in one of `domains` and leads back to `address`.

    Waits at most three seconds. Raises UnansweredError where the answer may be another one later.
    """
    deadline = time.monotonic() + SECONDS
    try:
        asking = resolver()
        operators = [dns.name.from_text(domain) for domain in domains]
        names = [
            name
            for name in _names_of(asking, address, deadline)
            if any(name.is_subdomain(operator) for operator in operators)
        ]
        return _any_leads_back(asking, names[:MOST_NAMES], address, deadline)
    except (dns.exception.DNSException, OSError) as error:
        raise UnansweredError(str(error)) from error


def _any_leads_back(
    asking: dns.resolver.Resolver, names: Sequence[dns.name.Name], address: Address, deadline: float
) -> bool:
    failure: dns.exception.DNSException | None = None
    for name in names:
        try:
            if address in _addresses_of(asking, name, address.version, deadline):
                return True
        except SAYS_NO:
            continue
        except dns.exception.DNSException as error:
            # Another of its names may still lead back; only if none does is this no answer.
            failure = error
    if failure:
        raise failure
    return False


def _names_of(asking: dns.resolver.Resolver, address: Address, deadline: float) -> list[dns.name.Name]:
    reverse = dns.reversename.from_address(str(address))
    try:
        answer = asking.resolve(reverse, dns.rdatatype.PTR, lifetime=_left(deadline))
    except SAYS_NO:
        return []
    return [record.target for record in answer]


def _addresses_of(
    asking: dns.resolver.Resolver, name: dns.name.Name, version: int, deadline: float
) -> list[Address]:
    kind = dns.rdatatype.A if version == 4 else dns.rdatatype.AAAA
    answer = asking.resolve(name, kind, lifetime=_left(deadline))
    return [ip_address(record.address) for record in answer]


def _left(deadline: float) -> float:
    return max(0.0, deadline - time.monotonic())
