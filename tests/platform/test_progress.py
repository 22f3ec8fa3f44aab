"""How far something is, as a file or a terminal shows it."""

import os
from io import StringIO

import pytest

from broadsheet.platform.processes import progress


def test_a_file_gets_plain_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "EVERY", 0.0)
    file = StringIO()
    with progress.step("Database", 1_200, "migrations", to=file) as advance:
        advance(700)
        advance(500)

    assert file.getvalue() == (
        "Database: 1,200 migrations\nDatabase: 700 of 1,200 migrations\nDatabase: 1,200 of 1,200 migrations\n"
    )


def test_a_file_is_told_no_more_than_now_and_then() -> None:
    file = StringIO()
    with progress.step("Uploads", 5_000, "files", to=file) as advance:
        for _ in range(5_000):
            advance(1)

    assert file.getvalue() == "Uploads: 5,000 files\n"


def test_a_terminal_gets_a_bar() -> None:
    reading, writing = os.openpty()
    with os.fdopen(writing, "w") as terminal, progress.step("Uploads", 8, "files", to=terminal) as advance:
        advance(3)
    said = os.read(reading, 100_000).decode()
    os.close(reading)

    assert "Uploads" in said
    assert "8/8" in said
    assert "\x1b[" in said
