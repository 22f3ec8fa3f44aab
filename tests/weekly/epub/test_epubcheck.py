"""What the checker of EPUBs says: `npm install --global @likecoin/epubcheck-ts`; .ci/run has the version."""

import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from django.utils import translation

from broadsheet.weekly.content import Issue
from broadsheet.weekly.epub import stamp
from broadsheet.weekly.epub.note import note
from tests.weekly.epub.made import issue
from tests.weekly.epub.reading import Opened

CHECKER = shutil.which("epubcheck-ts")
pytestmark = [
    pytest.mark.sqlite,
    pytest.mark.skipif(CHECKER is None, reason="epubcheck-ts is not installed"),
]


def said_of(file: Path) -> str:
    command = [str(CHECKER), str(file), "--quiet", "--fail-on-warnings"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return f"{done.stdout}{done.stderr}" if done.returncode else ""


def test_it_finds_no_fault_in_an_issue_with_everything(whole_file: Path) -> None:
    assert said_of(whole_file) == ""


def test_it_finds_no_fault_in_a_stamped_file(whole_file: Path, tmp_path: Path) -> None:
    path = tmp_path / "stamped.epub"
    path.write_bytes(b"".join(stamp(whole_file, "R-ABCDE-12345")))
    assert said_of(path) == ""


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"departments": (), "cover_lines": (), "motto": "", "published": None, "publisher": ""},
        {"language": "ar", "direction": "rtl", "magazine": "خط الزوال", "title": "العدد 12"},
    ],
    ids=["without a cover", "with nothing in it", "from right to left"],
)
def test_it_finds_no_fault_in_an_issue(changed: dict[str, object], made: Callable[[Issue], Opened]) -> None:
    assert said_of(made(replace(issue(), **changed)).path) == ""


@pytest.mark.parametrize("language", ["en-GB", "ar"])
def test_it_finds_no_fault_in_a_book_of_one_page(language: str, tmp_path: Path) -> None:
    path = tmp_path / "note.epub"
    paragraphs = ["Type it.", "Or\x00 don’t."]
    with translation.override(language.lower()):
        path.write_bytes(note("123456 <is> & code", paragraphs, language=language, publisher="A & B"))
    assert said_of(path) == ""
