"""The `broadsheet` command as somebody types it."""

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.ports import free_port
from tests.platform.conftest import ROOT, run
from tests.platform.test_supervisor import await_that

CLI = ("-m", "broadsheet.cli")


def test_help_lists_our_commands_with_a_sentence_each(tmp_path: Path) -> None:
    said = run(*CLI, "--help", VAR_DIR=str(tmp_path), COLUMNS="200").stdout

    files = {path.stem for path in ROOT.glob("broadsheet/*/management/commands/[a-z]*.py")}
    entries = dict(re.findall(r"^  (\w+) +(\w.*(?:\n {26}.*)*)", said, re.MULTILINE))
    assert entries.keys() == files | {"check"}
    assert all(sentence.endswith(".") and sentence.count(" ") > 3 for sentence in entries.values())
    assert "makemigrations" not in said
    assert "broadsheet --help --all" in said


def test_help_lists_the_others_when_asked_for_all(tmp_path: Path) -> None:
    said = run(*CLI, "help", "--all", VAR_DIR=str(tmp_path)).stdout

    assert "\n  prepare " in said
    assert "\ndjango.core:\n" in said
    assert "\n  makemigrations\n" in said


def answers(port: int) -> bool:
    with socket.socket() as visitor:
        return visitor.connect_ex(("127.0.0.1", port)) == 0


def test_serve_says_where_it_listens_at_once_and_that_it_has_stopped(tmp_path: Path) -> None:
    port = free_port()
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "broadsheet.settings",
        "VAR_DIR": str(tmp_path),
        "PORT": str(port),
        "DATABASE_URL": "",
    }
    with subprocess.Popen(
        [sys.executable, *CLI, "serve"],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as serving:
        assert serving.stdout
        said = serving.stdout.readline()
        await_that(lambda: answers(port), 60)
        serving.send_signal(signal.SIGINT)
        rest = serving.stdout.read()

    assert said == (
        f"Serving on 127.0.0.1:{port} for http://localhost:{port}: web, worker, scheduler. Ctrl+C stops.\n"
    )
    assert rest.endswith("Stopped.\n")
    assert serving.returncode == 0


@pytest.fixture
def heard_ctrl_c() -> Iterator[None]:
    """What a shell starts in the background ignores it, and so does all that is started from there."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def test_ctrl_c_ends_with_a_sentence(tmp_path: Path, heard_ctrl_c: None) -> None:
    with subprocess.Popen(
        [sys.executable, *CLI, "take_in"],
        cwd=ROOT,
        env=os.environ | {"VAR_DIR": str(tmp_path)},
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as waiting:
        with pytest.raises(subprocess.TimeoutExpired):
            waiting.wait(8)  # it reads what nobody writes
        waiting.send_signal(signal.SIGINT)
        assert waiting.stderr
        assert waiting.stderr.read() == "broadsheet: stopped by Ctrl+C\n"
