"""A real name server on this machine, for tests of what DNS says of an address."""

import socket
from collections import defaultdict
from collections.abc import Iterator
from threading import Thread

import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import dns.reversename
import dns.rrset
import pytest
from pytest_django import Settings


class NameServer:
    """Knows what a test told it; of everything else it says that there is no such name."""

    def __init__(self) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self.address: tuple[str, int] = self._socket.getsockname()
        self.forget()
        Thread(target=self._serve, daemon=True).start()

    def forget(self) -> None:
        self._records: dict[tuple[dns.name.Name, str], list[str]] = defaultdict(list)
        self._failing: set[dns.name.Name] = set()
        self._silent: set[dns.name.Name] = set()
        self.asked: list[str] = []
        """The questions so far, as ``1.66.249.66.in-addr.arpa. PTR``."""

    def names(self, address: str, *names: str) -> None:
        """Reverse: `address` has these names."""
        reverse = dns.reversename.from_address(address)
        self._records[reverse, "PTR"] += [f"{name}." for name in names]

    def leads(self, name: str, *addresses: str) -> None:
        """Forward: `name` has these addresses."""
        for address in addresses:
            self._records[dns.name.from_text(name), "AAAA" if ":" in address else "A"].append(address)

    def says(self, name: str, *texts: str) -> None:
        """`name` has these TXT records, each in the strings that DNS cuts it into."""
        for text in texts:
            strings = " ".join(f'"{text[at : at + 255]}"' for at in range(0, len(text), 255))
            self._records[dns.name.from_text(name), "TXT"].append(strings)

    def confirms(self, address: str, name: str) -> None:
        """There and back, as it is with a real crawler."""
        self.names(address, name)
        self.leads(name, address)

    def fails(self, address: str, *, silently: bool = False) -> None:
        """Of the names of `address` it says SERVFAIL, or nothing at all."""
        (self._silent if silently else self._failing).add(dns.reversename.from_address(address))

    def fails_to_lead(self, name: str) -> None:
        self._failing.add(dns.name.from_text(name))

    def mend(self) -> None:
        self._failing.clear()
        self._silent.clear()

    def close(self) -> None:
        self._socket.close()

    def _serve(self) -> None:
        while True:
            try:
                wire, asker = self._socket.recvfrom(4096)
            except OSError:
                return  # closed
            if answer := self._answer(dns.message.from_wire(wire)):
                self._socket.sendto(answer.to_wire(), asker)

    def _answer(self, query: dns.message.Message) -> dns.message.Message | None:
        question = query.question[0]
        kind = dns.rdatatype.to_text(question.rdtype)
        self.asked.append(f"{question.name} {kind}")
        if question.name in self._silent:
            return None
        response = dns.message.make_response(query)
        response.flags |= dns.flags.RA
        if question.name in self._failing:
            response.set_rcode(dns.rcode.SERVFAIL)
        elif found := self._records.get((question.name, kind)):
            response.answer.append(dns.rrset.from_text(question.name, 60, "IN", kind, *found))
        elif not any(name == question.name for name, _ in self._records):
            response.set_rcode(dns.rcode.NXDOMAIN)
        return response


@pytest.fixture(scope="session")
def _name_server() -> Iterator[NameServer]:
    server = NameServer()
    yield server
    server.close()


@pytest.fixture
def name_server(_name_server: NameServer, settings: Settings) -> NameServer:
    """Knows nothing yet; all that this process asks DNS, it is asked."""
    _name_server.forget()
    settings.DNS_SERVERS = [_name_server.address]
    return _name_server
