"""The settings, read in this process or in one of its own, as an operator's shell would have them read."""

import os
import re
import runpy
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

ROOT = Path(__file__).parents[2]
PRODUCTION = {
    "BROADSHEET_MODE": "production",
    "SECRET_KEY": "k7Vq-2mZr9xWb4Nf1sTd8LpYc3HgJe6RuAo5XiKwQzMv0BnEtSyUCaGFDhPjOl",
    "PUBLIC_URL": "https://magazine.example",
    "DATABASE_URL": "postgresql://magazine:secret@db.example/magazine",
    "SMTP_URL": "smtps://magazine:secret@mail.example",
    "MAIL_FROM": "The Meridian <letters@magazine.example>",
}


def run(*command: str, stdin: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    # Nothing of this shell's: only what every process needs.
    clean = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(
        [sys.executable, *command],
        env=clean | environment,
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )


type Read = Callable[..., dict[str, Any]]


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Read:
    """The settings of production, but for what is given; None for a variable that is not set."""

    def read(**given: str | None) -> dict[str, Any]:
        for name in documented():
            monkeypatch.delenv(name, raising=False)
        for name, value in (PRODUCTION | {"VAR_DIR": str(tmp_path)} | given).items():
            if value is not None:
                monkeypatch.setenv(name, value)
        return runpy.run_path(str(ROOT / "broadsheet/settings.py"))

    return read


def refusal(read: Read, **given: str | None) -> str:
    with pytest.raises(ImproperlyConfigured) as refused:
        read(**given)
    return str(refused.value)


def documented() -> dict[str, str]:
    """Name → default, from the table in docs/settings.md."""
    rows = re.findall(
        r"^\| `(\w+)` \| (?:`(.*?)`)? *\|", (ROOT / "docs/settings.md").read_text(), re.MULTILINE
    )
    return dict(rows)
