"""Values that cannot work: each is refused in a sentence that names the variable, with an example."""

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.core.exceptions import ImproperlyConfigured

from broadsheet.environment import Environment
from tests.platform.conftest import PRODUCTION, Read, refusal, run


@pytest.mark.parametrize("name", ["SECRET_KEY", "PUBLIC_URL", "DATABASE_URL", "SMTP_URL", "MAIL_FROM"])
@pytest.mark.parametrize("value", [None, "", " "])
def test_production_says_which_setting_is_missing(read: Read, name: str, value: str | None) -> None:
    assert refusal(read, **{name: value}) == f"production needs {name}: see docs/settings.md"


NUMBER = "it must be a whole number from 1 to"
ADDRESS = "as in PUBLIC_URL=https://magazine.example"
PORT = f"its port must be a number from 1 to 65535, {ADDRESS}"
FROM = "as in MAIL_FROM=The Magazine <letters@magazine.example>"
NO_SENDER = f"it must be an address, or a name with the address in angle brackets, {FROM}"
EDITIONS = "as in EDITIONS=en-us en-gb:uk"
HOSTS = "as in EXTRA_HOSTS=www.magazine.example"
KEY = "as in DKIM_KEY=/etc/magazine-dkim.pem"
NAMES = "as in DNS_SERVERS=127.0.0.1:5353"


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        (
            "BROADSHEET_MODE",
            "prod",
            "it must be one of development, demo, production, as in BROADSHEET_MODE=",
        ),
        ("PORT", "80x", f"{NUMBER} 65535, as in PORT=8000"),
        ("PORT", "70000", f"{NUMBER} 65535, as in PORT=8000"),
        ("PORT", "８０", f"{NUMBER} 65535, as in PORT=8000"),
        (
            "SPEECH_COMMAND",
            "speak 'a word",
            "a quotation mark in it is not closed, as in SPEECH_COMMAND=speak {language}",
        ),
        ("WEB_THREADS", "-4", f"{NUMBER} 1000000, as in WEB_THREADS=8"),
        ("PUBLIC_URL", "magazine.example", f"it must be an address with http:// or https://, {ADDRESS}"),
        (
            "PUBLIC_URL",
            "https://magazine.example/news",
            f"nothing may follow the host’s name and port, {ADDRESS}",
        ),
        (
            "PUBLIC_URL",
            "https://magazine.example/#top",
            f"nothing may follow the host’s name and port, {ADDRESS}",
        ),
        ("PUBLIC_URL", "https://magazine.example:abc", PORT),
        ("PUBLIC_URL", "https://magazine.example:99999", PORT),
        ("PUBLIC_URL", "https://magazine.example:0", PORT),
        ("PUBLIC_URL", "https://magazine.example:", PORT),
        ("PUBLIC_URL", "https://our magazine.example", f"it is no host’s name, {ADDRESS}"),
        (
            "PUBLIC_URL",
            "https://käse.example",
            f"browsers write that host’s name xn--kse-qla.example, {ADDRESS}",
        ),
        ("PUBLIC_URL", "https://[::1", f"it is no address, {ADDRESS}"),
        (
            "EXTRA_HOSTS",
            "https://www.magazine.example",
            f"it must be a host’s name without http:// and path, {HOSTS}",
        ),
        (
            "EXTRA_HOSTS",
            "ok.example www.magazine.example:80",
            f"it must be a host’s name without a port, {HOSTS}",
        ),
        ("EXTRA_HOSTS", "*", f"it is no host’s name, {HOSTS}"),
        (
            "TRUSTED_PROXIES",
            "10.0.0.0/99",
            "'10.0.0.0/99' does not appear to be an IPv4 or IPv6 network, as in ",
        ),
        ("POST_THROTTLE", "gmail.com", "it must say messages a minute for each domain, as in POST_THROTTLE="),
        ("DNS_SERVERS", "127.0.0.1:0", f"0 is no port, {NAMES}"),
        ("DNS_SERVERS", "ns.example", f"'ns.example' does not appear to be an IPv4 or IPv6 address, {NAMES}"),
        ("EDITIONS", "en-us en-gb", f"en-gb needs a path of small letters, digits and hyphens, {EDITIONS}"),
        (
            "EDITIONS",
            "en-us en-gb:UK",
            f"en-gb needs a path of small letters, digits and hyphens, {EDITIONS}",
        ),
        ("EDITIONS", "en-us:us", f"the first edition stands at / and takes no path, {EDITIONS}"),
        ("EDITIONS", "en-us en-gb:uk en-us:us", f"en-us is there twice, {EDITIONS}"),
        ("EDITIONS", "en-us en-gb:uk en-au:uk", f"two editions stand under uk, {EDITIONS}"),
        ("EDITIONS", "klingon", f"klingon is no language tag that is known, {EDITIONS}"),
        ("EDITIONS", "en-us tlh:kl", f"tlh is no language tag that is known, {EDITIONS}"),
        ("EDITIONS", "en-us zu:zu", f"Django has no words in zu, {EDITIONS}"),
        ("EDITIONS", ",", f"it names no edition, {EDITIONS}"),
        ("MAIL_FROM", "The Meridian", NO_SENDER),
        ("MAIL_FROM", "The Meridian <letters@>", NO_SENDER),
        (
            "MAIL_FROM",
            "Meridian, The <letters@magazine.example>",
            "it must be one address (around a name with a comma",
        ),
        (
            "MAIL_FROM",
            '"The Meridian <letters@magazine.example>"',
            "its quotation marks are taken for a part of it",
        ),
        (
            "RETURN_PATH_DOMAIN",
            "bounces@magazine.example",
            "it must be a domain without what stands before an @",
        ),
        ("DKIM_SELECTOR", "two words", "it is no host’s name, as in DKIM_SELECTOR=broadsheet"),
        ("DKIM_KEY", "/nowhere/key.pem", f"the file can’t be read (No such file or directory), {KEY}"),
        ("DKIM_KEY", "/etc/passwd", f"it holds no private key in the form of PEM, {KEY}"),
        ("HSTS_SUBDOMAINS", "yes", "it must be one of no, include, preload, as in HSTS_SUBDOMAINS=no"),
        (
            "VAR_DIR",
            "/nowhere/magazine",
            "there is no such folder; make it, for the user who runs Broadsheet, as in ",
        ),
        ("VAR_DIR", "/etc/passwd", "it is no folder, as in VAR_DIR=/var/lib/magazine"),
    ],
)
def test_what_cannot_work_is_refused_with_its_reason_and_an_example(
    read: Read, name: str, value: str, reason: str
) -> None:
    assert refusal(read, **{name: value}).startswith(f"{name}={value} can’t be used: {reason}")


SMTP = "as in SMTP_URL=smtp://user:password@mail.example:587"
POSTGRESQL = "as in DATABASE_URL=postgresql://user:password@host:5432/name"
SQLITE = "as in DATABASE_URL=sqlite:////var/lib/magazine/magazine.sqlite3"
REDIS = "as in REDIS_URL=redis://localhost:6379"


@pytest.mark.parametrize(
    ("name", "value", "reason", "example"),
    [
        ("SECRET_KEY", "hunter2", "it is shorter than 50 characters: see docs/settings.md", ""),
        ("DATABASE_URL", "mysql://u:hunter2@db.example/m", "it must begin with postgresql:// or ", SQLITE),
        (
            "DATABASE_URL",
            "postgresql://u:hunter2@db.example",
            "it must end in one database’s name",
            POSTGRESQL,
        ),
        (
            "DATABASE_URL",
            "postgresql://u:hunter2@db.example/",
            "it must end in one database’s name",
            POSTGRESQL,
        ),
        ("DATABASE_URL", "postgresql://u:hunter2@db:5432x/m", "its port is no number", POSTGRESQL),
        ("DATABASE_URL", "postgresql://u:hunter2/x@db/m", "its port is no number", POSTGRESQL),
        ("DATABASE_URL", "postgresql://u:hunter2#x@db/m", "its port is no number", POSTGRESQL),
        ("DATABASE_URL", "postgresql://u:hunter2?x@db/m", "its port is no number", POSTGRESQL),
        ("DATABASE_URL", "postgresql://u:9%hunter2@db/m", "it holds a % that encodes nothing", POSTGRESQL),
        ("DATABASE_URL", "postgresql://db/m?sslmod=hunter2", "PostgreSQL has no option sslmod", POSTGRESQL),
        ("DATABASE_URL", "sqlite://tmp/x", "a file needs three slashes and its path", SQLITE),
        ("DATABASE_URL", "sqlite:tmp/x", "a file needs three slashes and its path", SQLITE),
        ("DATABASE_URL", "sqlite:///", "it names no file", SQLITE),
        ("DATABASE_URL", "sqlite:////var/lib/magazine/", "it names no file", SQLITE),
        ("REDIS_URL", "localhost:6379", "it must begin with redis:// or rediss:// or unix://", REDIS),
        ("REDIS_URL", "redis://", "it names no host", REDIS),
        ("REDIS_URL", "redis://:hunter2/x@cache:6379", "its port is no number", REDIS),
        ("SMTP_URL", "mail.example", "it must begin with smtp:// or smtps://", SMTP),
        ("SMTP_URL", "smpt//user:hunter2@host", "it must begin with smtp:// or smtps://", SMTP),
        ("SMTP_URL", "smtp://", "it names no host", SMTP),
        ("SMTP_URL", "smtp://mail.example?tls=maybe", "tls can only be “no”, and only with smtp://", SMTP),
        ("SMTP_URL", "smtps://mail.example?tls=no", "tls can only be “no”, and only with smtp://", SMTP),
        ("SMTP_URL", "smtp://mail.example?ssl=no", "it has an option that is not known, ssl", SMTP),
        ("SMTP_URL", "smtp://user:hun/ter2@host:25", "its port is no number", SMTP),
        ("SMTP_URL", "smtp://mail.example/inbox", "nothing but ?tls=no and ?utf8=yes may follow", SMTP),
        (
            "MAIL_PROVIDER",
            "postmark://",
            "Postmark needs server_token",
            "as in MAIL_PROVIDER=postmark://token@",
        ),
        ("MAIL_PROVIDER", "postmark://hunter2@?at=eu.x", "at must be an address with https://", ""),
        ("MAIL_PROVIDER", "postmark://hunter2@?signing-key=x", "Postmark has no signing-key", ""),
        (
            "DKIM_KEY",
            "-----BEGIN RSA PRIVATE KEY-----\\nhunter2",
            "it holds no private key in the form of PEM",
            "",
        ),
    ],
)
def test_what_may_hold_a_password_is_refused_without_showing_it(
    read: Read, name: str, value: str, reason: str, example: str
) -> None:
    said = refusal(read, **{name: value} | ({"SMTP_URL": None} if name == "MAIL_PROVIDER" else {}))

    assert said.startswith(f"{name} can’t be used: {reason}")
    assert example in said
    assert "hun" not in said
    assert "ter2" not in said


def test_a_password_that_breaks_its_address_says_how_to_write_it(read: Read) -> None:
    said = refusal(read, DATABASE_URL="postgresql://u:one#two@db.example/m")

    assert "# as %23" in said


@pytest.mark.parametrize("size", [1024, None])
def test_a_key_that_receivers_would_not_believe_is_refused(
    read: Read, tmp_path: Path, size: int | None
) -> None:
    key = rsa.generate_private_key(65537, size) if size else ec.generate_private_key(ec.SECP256R1())
    path = tmp_path / "key.pem"
    path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    said = refusal(read, DKIM_KEY=str(path))

    reason = "its key has 1,024 bits, and at least 2,048 are needed" if size else "its key is no RSA key"
    assert said.startswith(f"DKIM_KEY={path} can’t be used: {reason}, as in DKIM_KEY=")


@pytest.mark.parametrize("command", [("check", "--deploy"), ("prepare",), ("serve",), ("staff", "list")])
def test_every_command_says_it_in_one_line(command: tuple[str, ...], tmp_path: Path) -> None:
    environment = PRODUCTION | {"VAR_DIR": str(tmp_path), "REDIS_URL": "localhost:6379"}
    answer = run("-m", "broadsheet.cli", *command, **environment)

    assert answer.returncode == 1
    assert answer.stderr == (
        "broadsheet: REDIS_URL can’t be used: it must begin with redis:// or rediss:// or unix://, "
        "as in REDIS_URL=redis://localhost:6379\n"
    )


def test_a_folder_that_cannot_be_made_where_none_is_named_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ImproperlyConfigured, match=r"^VAR_DIR is not set, and .* can’t be made \(Not"):
        Environment({}).folder("VAR_DIR", tmp_path / "file/var", tmp_path, must_exist=False)
