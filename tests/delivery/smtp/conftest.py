"""A fence that counts, the certificates of a server, and one way to send."""

import asyncio
import ssl
from collections.abc import AsyncIterable, Callable, Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from broadsheet.delivery.smtp import Answer, Envelope, Relay, Result, Sealed, Security, Timeouts, deliver
from broadsheet.platform import clock
from harness.smtp_server import SmtpServer

HASTE = Timeouts(connecting=20, greeting=20, command=20, data=20, content=20, dot=20, idle=0.3)
MESSAGE = b"From: letters@magazine.example\r\nSubject: Briefing\r\n\r\nGood morning.\r\n"


def envelope(key: int, recipient: str = "", message: bytes | Callable[[], bytes] = MESSAGE) -> Envelope:
    return Envelope(
        key, f"bounces+{key}@magazine.example", recipient or f"reader-{key}@reader.example", message
    )


def envelopes(count: int) -> list[Envelope]:
    return [envelope(key) for key in range(1, count + 1)]


@dataclass
class CountingFence:
    """Lets everything pass but what is sealed, and holds that nothing is answered or sent twice."""

    sealed: set[int] = field(default_factory=set)
    passed: list[int] = field(default_factory=list)
    answers: dict[int, Answer] = field(default_factory=dict)
    at_dot: Callable[[int], None] = lambda key: None

    def before_dot(self, key: int) -> None:
        assert key not in self.answers
        if key in self.sealed:
            raise Sealed
        self.passed.append(key)
        self.at_dot(key)

    def after(self, key: int, answer: Answer) -> None:
        assert key not in self.answers
        self.answers[key] = answer

    @property
    def results(self) -> dict[int, Result]:
        return {key: answer.result for key, answer in sorted(self.answers.items())}


def relay_of(server: SmtpServer, timeouts: Timeouts = HASTE, **given: object) -> Relay:
    fields = {"security": Security.NONE, "name": "magazine.example"} | given
    return Relay("127.0.0.1", server.port, timeouts=timeouts, **fields)


def send(
    server: SmtpServer,
    given: Iterable[Envelope] | AsyncIterable[Envelope],
    fence: CountingFence | None = None,
    *,
    connections: int = 1,
    relay: Relay | None = None,
) -> CountingFence:
    """`given`, sent over one connection at a time unless more are asked for; the fence it all passed."""
    fence = fence or CountingFence()
    asyncio.run(deliver(relay or relay_of(server), given, fence, connections=connections))
    return fence


@dataclass
class Certified:
    server: ssl.SSLContext
    client: ssl.SSLContext
    """Trusts the server's certificate, and no other."""


def certified(folder: Path, name: str) -> Certified:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    named = x509.IPAddress(ip_address(name)) if name[0].isdecimal() else x509.DNSName(name)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(clock.now() - timedelta(days=1))
        .not_valid_after(clock.now() + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([named]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, SHA256())
    )
    file = folder / f"{name}.pem"
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file.write_bytes(private + certificate.public_bytes(Encoding.PEM))
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(file)
    return Certified(server, ssl.create_default_context(cafile=str(file)))


@pytest.fixture(scope="session")
def here(tmp_path_factory: pytest.TempPathFactory) -> Certified:
    """A certificate for 127.0.0.1."""
    return certified(tmp_path_factory.mktemp("certificates"), "127.0.0.1")


@pytest.fixture(scope="session")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Certified:
    """A certificate for another host."""
    return certified(tmp_path_factory.mktemp("certificates"), "post.elsewhere.example")
