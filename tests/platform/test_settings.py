"""The settings and their documentation, read as an operator's shell reads them: in a process of its own."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from broadsheet.environment import Environment

ROOT = Path(__file__).parents[2]
PRODUCTION = {
    "BROADSHEET_MODE": "production",
    "SECRET_KEY": "k7Vq-2mZr9xWb4Nf1sTd8LpYc3HgJe6RuAo5XiKwQzMv0BnEtSyUCaGFDhPjOl",
    "PUBLIC_URL": "https://magazine.example",
    "DATABASE_URL": "postgresql://magazine:secret@db.example/magazine",
    "SMTP_URL": "smtps://magazine:secret@mail.example",
    "MAIL_FROM": "The Meridian <letters@magazine.example>",
}


def run(*command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    # Nothing of this shell's: only what every process needs.
    clean = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(
        [sys.executable, *command],
        env=clean | environment,
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )


def documented() -> dict[str, str]:
    """Name → default, from the table in docs/settings.md."""
    rows = re.findall(
        r"^\| `(\w+)` \| (?:`(.*?)`)? *\|", (ROOT / "docs/settings.md").read_text(), re.MULTILINE
    )
    return dict(rows)


def test_every_setting_is_documented_with_its_default() -> None:
    script = "import json; from broadsheet.settings import env; print(json.dumps(env.defaults))"
    answer = run("-c", script)
    defaults = json.loads(answer.stdout)

    assert documented() == {name: default.replace(f"{ROOT}/", "") for name, default in defaults.items()}


def test_production_passes_djangos_checks_for_deployment(tmp_path: Path) -> None:
    answer = run(
        *("-m", "broadsheet.cli", "check", "--deploy", "--fail-level", "WARNING"),
        **PRODUCTION | {"VAR_DIR": str(tmp_path)},
    )

    assert answer.returncode == 0, answer.stderr


@pytest.mark.parametrize("name", ["SECRET_KEY", "PUBLIC_URL", "DATABASE_URL", "SMTP_URL", "MAIL_FROM"])
def test_production_says_which_setting_is_missing(name: str, tmp_path: Path) -> None:
    environment = PRODUCTION | {"VAR_DIR": str(tmp_path)}
    del environment[name]
    answer = run("-m", "broadsheet.cli", "check", **environment)

    assert answer.returncode != 0
    assert answer.stderr == f"broadsheet: production needs {name}: see docs/settings.md\n"


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("BROADSHEET_MODE", "prod", "expected one of development, demo, production"),
        ("PORT", "80x", "expected a whole number of at least 1"),
        ("WEB_THREADS", "-4", "expected a whole number of at least 1"),
        ("PUBLIC_URL", "magazine.example", "expected an address such as https://magazine.example"),
        ("PUBLIC_URL", "https://magazine.example/news", "expected no path behind the host name"),
        ("DATABASE_URL", "mysql://db.example/magazine", "expected sqlite:///… or postgresql://…"),
        ("MAIL_PROVIDER", "postmark://", "Postmark needs server_token"),
        ("SMTP_URL", "mail.example", "expected smtp://user:password@host:port or smtps://…"),
        ("TRUSTED_PROXIES", "10.0.0.0/99", "'10.0.0.0/99' does not appear to be an IPv4 or IPv6 network"),
        (
            "POST_THROTTLE",
            "gmail.com",
            "expected messages a minute for each domain, as in gmail.com=600 *=60",
        ),
        ("DKIM_KEY", "/nowhere/key.pem", "No such file or directory"),
        ("DNS_SERVERS", "127.0.0.1:0", "0 is no port"),
        ("DNS_SERVERS", "ns.example", "'ns.example' does not appear to be an IPv4 or IPv6 address"),
        ("EDITIONS", "en-us en-gb", "en-gb needs a prefix, as in en-gb:uk"),
    ],
)
def test_a_malformed_setting_is_refused_in_one_sentence(
    name: str, value: str, reason: str, tmp_path: Path
) -> None:
    answer = run("-m", "broadsheet.cli", "check", **PRODUCTION | {"VAR_DIR": str(tmp_path), name: value})

    assert answer.returncode != 0
    assert answer.stderr == f"broadsheet: {name}={value!r} is malformed: {reason}\n"


def test_name_servers_are_written_with_or_without_a_port() -> None:
    written = "192.0.2.1, 192.0.2.2:5353 2001:db8::1 [2001:db8::2] [2001:db8::3]:5353"
    assert Environment({"DNS_SERVERS": written}).servers("DNS_SERVERS", 53) == [
        ("192.0.2.1", 53),
        ("192.0.2.2", 5353),
        ("2001:db8::1", 53),
        ("2001:db8::2", 53),
        ("2001:db8::3", 5353),
    ]
    assert Environment({}).servers("DNS_SERVERS", 53) is None


@pytest.mark.parametrize("name", ["DATABASE_URL", "SMTP_URL"])
@pytest.mark.parametrize("value", ["smpt//user:hunter2@host", "smtp://user:hun/ter2@host:25"])
def test_a_malformed_address_does_not_show_its_password(name: str, value: str, tmp_path: Path) -> None:
    answer = run("-m", "broadsheet.cli", "check", **PRODUCTION | {"VAR_DIR": str(tmp_path), name: value})

    assert answer.returncode != 0
    assert answer.stderr == f"broadsheet: {name} is malformed: see docs/settings.md\n"


def test_a_provider_takes_the_place_of_a_mail_server(tmp_path: Path) -> None:
    environment = PRODUCTION | {"VAR_DIR": str(tmp_path), "MAIL_PROVIDER": "postmark://token@"}
    answer = run("-m", "broadsheet.cli", "check", **environment)
    assert answer.stderr == ("broadsheet: SMTP_URL and MAIL_PROVIDER are two ways to send: set one of them\n")

    del environment["SMTP_URL"]
    assert run("-m", "broadsheet.cli", "check", **environment).returncode == 0


def test_a_short_key_is_refused(tmp_path: Path) -> None:
    environment = PRODUCTION | {"VAR_DIR": str(tmp_path), "SECRET_KEY": "hunter2"}
    answer = run("-m", "broadsheet.cli", "check", **environment)

    assert answer.stderr == "broadsheet: SECRET_KEY is shorter than 50 characters\n"
