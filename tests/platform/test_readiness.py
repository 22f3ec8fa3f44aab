"""What `check --deploy`, `prepare` and `serve` find missing, each in a sentence."""

import os
from pathlib import Path

import pytest
from pytest_django import Settings

from broadsheet.platform.processes import readiness
from harness.ports import free_port
from tests.platform.conftest import run


def said(findings: list[object]) -> list[str]:
    return [str(getattr(found, "msg", found)) for found in findings]


REPORT = "From: <>\nTo: bounces@magazine.example\nSubject: Undelivered\n\nNobody lives there.\n"


@pytest.mark.django_db
def test_a_database_that_is_there_and_prepared_is_passed_over() -> None:
    assert readiness.check_database() == []


def test_redis_that_does_not_answer_is_named(settings: Settings) -> None:
    settings.REDIS_URL = f"redis://127.0.0.1:{free_port()}"
    (sentence,) = said(readiness.check_redis())

    assert sentence.startswith("REDIS_URL: Redis does not answer: Error 111 connecting to 127.0.0.1:")


def test_without_redis_none_is_asked(settings: Settings) -> None:
    settings.REDIS_URL = ""

    assert readiness.check_redis() == []


@pytest.mark.parametrize("prefix", ["desk", "account", "archive", "static", "media", "post", "read"])
def test_an_edition_can_not_take_one_of_our_own_addresses(settings: Settings, prefix: str) -> None:
    settings.EDITIONS = {"en-us": "", "en-gb": prefix}
    (sentence,) = said(readiness.check_editions())

    assert sentence == (
        f"EDITIONS=en-gb:{prefix} can’t be used: /{prefix}/ is an address of Broadsheet’s own, "
        "as in EDITIONS=en-us en-gb:uk"
    )


def test_any_other_path_is_free_for_an_edition(settings: Settings) -> None:
    settings.EDITIONS = {"en-us": "", "en-gb": "uk", "en-au": "oz"}

    assert readiness.check_editions() == []


def test_a_folder_that_may_not_be_written_to_is_named(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.VAR = tmp_path
    assert readiness.check_folder() == []

    monkeypatch.setattr(os, "access", lambda path, mode: False)  # root may write anywhere
    (sentence,) = said(readiness.check_folder())
    assert sentence.endswith(f" may not write to {tmp_path}")
    assert sentence.startswith("VAR_DIR: ")


@pytest.mark.parametrize("command", [("prepare",), ("staff", "list"), ("check", "--deploy")])
def test_a_database_that_is_away_is_said_in_a_sentence(command: tuple[str, ...], tmp_path: Path) -> None:
    port = free_port()
    answer = run(
        *("-m", "broadsheet.cli", *command),
        VAR_DIR=str(tmp_path),
        DATABASE_URL=f"postgresql://magazine:hunter2@127.0.0.1:{port}/magazine",
    )

    assert answer.returncode == 1
    sentence = f"DATABASE_URL: the database magazine at 127.0.0.1:{port} can’t be used: Connection refused"
    assert sentence in answer.stderr
    assert "Traceback" not in answer.stderr
    assert "hunter2" not in answer.stderr


def test_a_folder_without_the_database_is_said_in_a_sentence(tmp_path: Path) -> None:
    answer = run(
        *("-m", "broadsheet.cli", "prepare"),
        VAR_DIR=str(tmp_path),
        DATABASE_URL=f"sqlite:///{tmp_path}/none/magazine.sqlite3",
    )

    assert answer.returncode == 1
    assert answer.stderr == (
        f"CommandError: DATABASE_URL: {tmp_path}/none/magazine.sqlite3 can’t be used: its folder is missing\n"
    )


def test_a_database_that_is_not_prepared_is_said_in_a_sentence(tmp_path: Path) -> None:
    answer = run("-m", "broadsheet.cli", "staff", "list", VAR_DIR=str(tmp_path))

    assert answer.returncode == 1
    assert answer.stderr == (
        "broadsheet: DATABASE_URL: the database is not prepared (no such table: people_person): "
        "run `broadsheet prepare`\n"
    )


def test_a_further_host_gets_its_static_files_without_the_database(tmp_path: Path) -> None:
    answer = run(
        *("-m", "broadsheet.cli", "prepare", "--static-only"),
        BROADSHEET_MODE="demo",
        VAR_DIR=str(tmp_path),
        DATABASE_URL=f"postgresql://magazine@127.0.0.1:{free_port()}/magazine",
    )

    assert (answer.returncode, answer.stderr) == (0, "")
    assert (tmp_path / "static/staticfiles.json").is_file()


def test_a_mail_server_keeps_what_comes_back_while_the_settings_are_wrong(tmp_path: Path) -> None:
    answer = run("-m", "broadsheet.cli", "take_in", VAR_DIR=str(tmp_path), PORT="x")

    assert answer.returncode == os.EX_TEMPFAIL
    assert answer.stderr.startswith("broadsheet: PORT=x can’t be used: ")


def test_what_comes_back_is_a_line_in_the_log(tmp_path: Path) -> None:
    answer = run("-m", "broadsheet.cli", "take_in", stdin=REPORT, VAR_DIR=str(tmp_path))

    assert answer.returncode == 0
    assert (answer.stdout + answer.stderr).count("\n") == 1
