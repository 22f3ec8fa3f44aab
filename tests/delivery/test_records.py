import re
from base64 import b64decode
from io import StringIO

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_der_public_key,
)
from django.core.management import CommandError, call_command
from pytest_django import Settings


def records() -> str:
    said = StringIO()
    call_command("post_records", stdout=said)
    return said.getvalue()


@pytest.fixture
def key(settings: Settings) -> rsa.RSAPrivateKey:
    key = rsa.generate_private_key(65537, 2048)
    settings.DKIM_KEY = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    settings.DKIM_SELECTOR, settings.DKIM_DOMAIN = "autumn", "magazine.example"
    settings.DEFAULT_FROM_EMAIL = "The Magazine <letters@magazine.example>"
    return key


def test_dns_is_told_the_public_half_of_the_key_that_signs(key: rsa.RSAPrivateKey) -> None:
    (line,) = [
        line for line in records().splitlines() if line.startswith("autumn._domainkey.magazine.example. TXT ")
    ]
    strings = re.findall(r'"([^"]*)"', line)
    assert all(len(string) <= 255 for string in strings)
    public = load_der_public_key(b64decode("".join(strings).partition("p=")[2]))
    assert public == key.public_key()


@pytest.mark.parametrize(
    ("sender", "is_warned"), [("letters@magazine.example", False), ("letters@another.example", True)]
)
def test_a_key_of_another_domain_is_warned_of(
    key: rsa.RSAPrivateKey, settings: Settings, sender: str, is_warned: bool
) -> None:
    settings.DEFAULT_FROM_EMAIL = sender
    warning = "; magazine.example signs, but MAIL_FROM is of another.example: DMARC takes no notice."
    assert (warning in records()) == is_warned


def test_where_nothing_signs_it_says_who_must(settings: Settings) -> None:
    settings.DKIM_KEY = None
    settings.RETURN_PATH_DOMAIN = "bounces.meridian.example"
    said = records()
    assert "DKIM_KEY is not set" in said
    assert '_dmarc.meridian.example. TXT "v=DMARC1; p=none"' in said
    assert "bounces.meridian.example. MX" in said


def test_a_key_that_can_be_none_is_said_in_one_sentence(settings: Settings) -> None:
    settings.DKIM_KEY = b"not a key"
    with pytest.raises(CommandError, match=r"^DKIM_KEY: "):
        records()
