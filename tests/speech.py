"""A magazine that has a speech program: see tests/speaker.py."""

import sys
from pathlib import Path
from typing import Any

import pytest

from broadsheet.editorial.models import Article, Narration

SPEAKER = Path(__file__).with_name("speaker.py")


class Speech:
    """What the program does wrong, if anything, and what it was given to read."""

    def __init__(self, settings: Any, log: Path) -> None:
        self._settings = settings
        self._log = log
        self.goes_wrong("")

    def goes_wrong(self, how: str) -> None:
        command = [sys.executable, "-S", str(SPEAKER), how, str(self._log), "{language}"]
        self._settings.SPEECH_COMMAND = command

    def heard(self) -> list[str]:
        """The passages since this was last asked."""
        said = self._log.read_text().splitlines() if self._log.exists() else []
        self._log.unlink(missing_ok=True)
        return said

    def read_out(self, article: Article) -> Narration:
        """`article` as the program reads it, as an editor asked for it."""
        asked = Narration.objects.ask(article, None)
        self.heard()
        found: Narration = Narration.objects.get(pk=asked.pk)
        assert found.is_ready, found.fault
        return found


@pytest.fixture
def speech(settings: Any, tmp_path: Path) -> Speech:
    return Speech(settings, tmp_path / "heard")
