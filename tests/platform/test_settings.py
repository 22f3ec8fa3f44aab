"""The settings and their documentation."""

import json
from pathlib import Path

import pytest

from broadsheet.environment import Environment
from tests.platform.conftest import PRODUCTION, ROOT, Read, documented, refusal, run


def test_every_setting_is_documented_with_its_default() -> None:
    script = "import json; from broadsheet.settings import env; print(json.dumps(env.defaults))"
    answer = run("-c", script)
    defaults = json.loads(answer.stdout)

    assert documented() == {name: default.replace(f"{ROOT}/", "") for name, default in defaults.items()}


def test_production_passes_djangos_checks_for_deployment(tmp_path: Path) -> None:
    answer = run(
        *("-m", "broadsheet.cli", "check", "--deploy", "--fail-level", "WARNING"),
        **PRODUCTION
        | {
            "VAR_DIR": str(tmp_path),
            # Neither of them is asked whether it is there.
            "DATABASE_URL": f"sqlite:///{tmp_path}/magazine.sqlite3",
            "SMTP_URL": "",
            "MAIL_PROVIDER": "postmark://token@",
            "TRUSTED_PROXIES": "127.0.0.1",
        },
    )

    assert answer.returncode == 0, answer.stderr


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ("sqlite:////srv/a b.sqlite3", "/srv/a b.sqlite3"),
        ("sqlite:///kept/here.sqlite3", str(ROOT / "kept/here.sqlite3")),
        ("postgresql:///magazine?host=/run/postgresql", "magazine"),
    ],
)
def test_where_the_database_is(read: Read, value: str, name: str) -> None:
    assert read(DATABASE_URL=value)["DATABASES"]["default"]["NAME"] == name


def test_development_makes_its_folder_itself(read: Read, tmp_path: Path) -> None:
    read(BROADSHEET_MODE=None, VAR_DIR=str(tmp_path / "new"))

    assert (tmp_path / "new").is_dir()


@pytest.mark.parametrize(
    ("written", "subdomains", "preload"),
    [(None, False, False), ("include", True, False), ("preload", True, True)],
)
def test_hosts_below_ours_are_bound_to_https_only_where_the_operator_says_so(
    read: Read, written: str | None, subdomains: bool, preload: bool
) -> None:
    found = read(HSTS_SUBDOMAINS=written)

    assert found["SECURE_HSTS_SECONDS"] > 0
    assert found["SECURE_HSTS_INCLUDE_SUBDOMAINS"] is subdomains
    assert found["SECURE_HSTS_PRELOAD"] is preload


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


def test_a_provider_takes_the_place_of_a_mail_server(read: Read) -> None:
    both = "SMTP_URL and MAIL_PROVIDER are two ways to send: set one of them"
    assert refusal(read, MAIL_PROVIDER="postmark://token@") == both

    assert read(MAIL_PROVIDER="postmark://token@", SMTP_URL=None)["MAIL_PROVIDER"]
