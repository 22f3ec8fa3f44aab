"""`broadsheet start` as an operator types it, on a database as `prepare` leaves it."""

import os
import pty
import subprocess
import sys
import time
from pathlib import Path
from select import select

import pytest

pytestmark = pytest.mark.sqlite

COMMAND = [sys.executable, "-m", "broadsheet.cli", "start"]
SECONDS = 180
TYPED = {
    "Name of the magazine.": ["", "The Gazette"],
    "Editions to begin with": ["de", "en-gb"],
    "First section.": [""],
    "Time zone.": ["London", "Europe/London"],
    "Currency.": [""],
    "Sender of the newsletters.": ["letters@gazette.example"],
    "Your name.": ["Ilse Marr"],
    "Your e-mail address.": ["ilse", "ilse@gazette.example"],
    "Password.": ["short", "nine green wagons roll"],
}
"""Question → what is answered, until it serves."""

HAS_USUAL = ("First section.", "Time zone.", "Currency.")
"""Questions with an answer in brackets."""


def environment(address: str, folder: Path) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return kept | {"DATABASE_URL": address, "VAR_DIR": str(folder), "LANG": "C.UTF-8"}


def run(address: str, folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *options],
        env=environment(address, folder),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=SECONDS,
    )


class Terminal:
    def __init__(self, address: str, folder: Path) -> None:
        self.end, theirs = pty.openpty()
        self.process = subprocess.Popen(
            COMMAND, env=environment(address, folder), stdin=theirs, stdout=theirs, stderr=theirs
        )
        os.close(theirs)
        self.said = ""

    def read_until(self, words: str, after: int) -> int:
        """Where `words` end, behind `after`."""
        deadline = time.monotonic() + SECONDS
        while words not in self.said[after:]:
            assert time.monotonic() < deadline, self.said
            if select([self.end], [], [], 1)[0]:
                self.said += os.read(self.end, 4096).decode(errors="replace")
        return self.said.index(words, after) + len(words)

    def type(self, answer: str) -> None:
        os.write(self.end, f"{answer}\n".encode())


def test_questions_are_asked_until_the_answers_serve(prepared_sqlite: str, tmp_path: Path) -> None:
    terminal, place = Terminal(prepared_sqlite, tmp_path), 0
    for question, answers in TYPED.items():
        for answer in answers:
            place = terminal.read_until(question, place)
            place = terminal.read_until("] " if question in HAS_USUAL else "> ", place)
            terminal.type(answer)
    place = terminal.read_until("lists what comes next.", place)

    assert terminal.process.wait(SECONDS) == 0
    os.close(terminal.end)
    assert "The Gazette GB: http://localhost:8000/uk/" in terminal.said
    assert "nine green wagons" not in terminal.said
    assert "Enter the name of the magazine." in terminal.said

    again = run(prepared_sqlite, tmp_path, "--name", "Another", "--email", "eve@evil.example")
    assert (again.returncode, again.stderr) == (0, "")
    assert "The Gazette is set up." in again.stdout
    assert "Another" not in again.stdout


def test_bad_input_ends_it_with_one_sentence(prepared_sqlite: str, tmp_path: Path) -> None:
    answer = run(prepared_sqlite, tmp_path, "--name", "The Gazette", "--time-zone", "London")

    assert answer.returncode == 1
    assert answer.stdout == ""
    assert (
        answer.stderr
        == "CommandError: --time-zone: “London” is no time zone. Choose one such as Europe/London.\n"
    )


def test_an_unprepared_database_is_named(tmp_path: Path) -> None:
    answer = run(f"sqlite:///{tmp_path}/empty.sqlite3", tmp_path, "--name", "The Gazette")

    assert answer.returncode == 1
    assert "run `broadsheet prepare`" in answer.stderr
    assert "Traceback" not in answer.stderr
