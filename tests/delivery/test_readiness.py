"""Whether the mail server lets us in, and whether DNS has our key."""

from collections.abc import Iterator

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pytest_django import Settings

from broadsheet.delivery import post_room
from broadsheet.delivery.readiness import check_dkim_record, check_mail_server
from broadsheet.delivery.smtp import Relay, Security
from harness.ports import free_port
from harness.smtp_server import SmtpServer
from tests.name_server import NameServer

NAME = "autumn._domainkey.magazine.example"


@pytest.fixture
def server() -> Iterator[SmtpServer]:
    with SmtpServer(users={"ada": "engine"}) as server:
        yield server


@pytest.fixture
def record(settings: Settings) -> str:
    """What DNS should say of the key."""
    settings.DKIM_KEY = pem()
    settings.DKIM_SELECTOR, settings.DKIM_DOMAIN = "autumn", "magazine.example"
    signer = post_room.signer()
    assert signer
    return signer.record


def pem() -> bytes:
    key = rsa.generate_private_key(65537, 2048)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def test_a_mail_server_that_lets_us_in_is_passed_over(settings: Settings, server: SmtpServer) -> None:
    settings.SMTP = Relay("127.0.0.1", server.port, Security.NONE, "ada", "engine")

    assert check_mail_server() == []
    assert server.taken == []


def test_a_wrong_password_is_told_without_repeating_it(settings: Settings, server: SmtpServer) -> None:
    settings.SMTP = Relay("127.0.0.1", server.port, Security.NONE, "ada", "guess")
    (found,) = check_mail_server()

    assert found.msg.startswith(
        f"SMTP_URL: the mail server does not let us in: 127.0.0.1:{server.port} said: 5"
    )
    assert "guess" not in found.msg


def test_a_mail_server_that_is_not_there_is_named(settings: Settings) -> None:
    settings.SMTP = Relay("127.0.0.1", free_port(), Security.NONE)
    (found,) = check_mail_server()

    said = f"SMTP_URL: the mail server does not let us in: 127.0.0.1:{settings.SMTP.port}: "
    assert found.msg.startswith(said)
    assert "\n" not in found.msg


def test_without_a_mail_server_none_is_asked(settings: Settings) -> None:
    settings.SMTP = None

    assert check_mail_server() == []


@pytest.mark.parametrize("written", ["{}", "{};", "k=rsa; p={key}", "v=DKIM1;p= {key} ;t=s"])
def test_a_key_that_dns_has_is_passed_over(record: str, name_server: NameServer, written: str) -> None:
    name_server.says(NAME, "v=spf1 -all", written.format(record, key=record.partition("p=")[2]))

    assert check_dkim_record() == []


def test_a_key_that_dns_has_not_is_named(record: str, name_server: NameServer) -> None:
    (found,) = check_dkim_record()

    assert found.msg == (
        f"DKIM_KEY: DNS has no record {NAME}: `broadsheet post_records` prints what it must say"
    )


def test_another_key_in_dns_is_named(record: str, name_server: NameServer, settings: Settings) -> None:
    name_server.says(NAME, record)
    settings.DKIM_KEY = pem()
    (found,) = check_dkim_record()

    assert found.msg.startswith(f"DKIM_KEY: DNS has another key at {NAME}: ")
    assert found.is_serious()


def test_a_name_server_that_fails_is_told_of_but_stops_nothing(record: str, name_server: NameServer) -> None:
    name_server.fails_to_lead(NAME)
    (found,) = check_dkim_record()

    assert found.msg.startswith(f"DKIM_KEY: DNS does not say what it has at {NAME}: ")
    assert not found.is_serious()


def test_without_a_key_dns_is_not_asked(settings: Settings, name_server: NameServer) -> None:
    settings.DKIM_KEY = None

    assert check_dkim_record() == []
    assert name_server.asked == []
