from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from broadsheet.weekly.content import Issue
from broadsheet.weekly.epub import write
from tests.weekly.epub.made import Originals, whole
from tests.weekly.epub.reading import Opened


@pytest.fixture(scope="session")
def whole_file(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Of the issue that has everything in it."""
    path = write(whole(), Originals(tmp_path_factory.mktemp("originals")))
    yield path
    path.unlink()


@pytest.fixture
def opened(whole_file: Path) -> Opened:
    return Opened(whole_file)


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Callable[[Issue], Opened]]:
    """Writes an issue and opens it."""
    files: list[Path] = []

    def make(issue: Issue) -> Opened:
        files.append(write(issue, Originals(tmp_path)))
        return Opened(files[-1])

    yield make
    for file in files:
        file.unlink()
