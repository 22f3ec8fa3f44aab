import os
from pathlib import Path

import pytest

from broadsheet.newsletters.preflight.finding import Severity
from broadsheet.newsletters.preflight.spam import check_spam, scored

HEAD = """X-Spam-Checker-Version: SpamAssassin 4.0.1
X-Spam-Status: No, score={score} required=5.0 tests=HTML_MESSAGE,
\tMIME_HTML_ONLY autolearn=no autolearn_force=no version=4.0.1
Subject: Trains

Text
"""


def install(folder: Path, script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    program = folder / "spamassassin"
    program.write_text(f"#!/bin/sh\ncat > /dev/null\n{script}\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")


@pytest.mark.parametrize(
    ("score", "severity"),
    [("-0.1", Severity.NOTE), ("1.9", Severity.NOTE), ("2.0", Severity.WARNING), ("5.1", Severity.FAULT)],
)
def test_points_are_told_by_how_grave_they_are(
    score: str, severity: Severity, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "answer").write_text(HEAD.format(score=score))
    install(tmp_path, f"cat {tmp_path}/answer", monkeypatch)
    (finding,) = check_spam(b"Subject: Trains\r\n\r\nText\r\n")
    assert finding.severity == severity
    assert "HTML_MESSAGE, MIME_HTML_ONLY" in finding.message


def test_where_it_is_not_installed_the_list_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    (finding,) = check_spam(b"")
    assert finding.severity == Severity.NOTE


@pytest.mark.parametrize("script", ["exit 3", "echo nothing"])
def test_a_program_that_fails_is_a_warning(
    script: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(tmp_path, script, monkeypatch)
    (finding,) = check_spam(b"x")
    assert finding.severity == Severity.WARNING


def test_no_rules_are_no_rules() -> None:
    assert scored("X-Spam-Status: No, score=0.0 required=5.0 tests=none autolearn=no\nTo: x\n") == (0.0, "")
