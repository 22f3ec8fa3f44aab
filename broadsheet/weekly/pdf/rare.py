"""Letters that no face of ours has, before anything is printed: Typst is asked of each once in a process."""

import json
import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path
from threading import Lock

import typst

from broadsheet.platform.typesetting import FONTS, printable

TEMPLATES = Path(__file__).with_name("setting")
LAST_LATIN = "\u024f"
"""Up to here every face has all."""

_asking = Lock()
_lacking: dict[str, bool] = {}


def rare_in(texts: Iterable[str]) -> str:
    """Letters that it is not certain of that a face of ours has them, each once."""
    return "".join(sorted({letter for text in texts for letter in text if letter > LAST_LATIN}))


def unprintable_in(texts: Iterable[str]) -> str:
    """Letters for which a crossed box is printed, each once."""
    rare = rare_in(map(printable, texts))
    with _asking:
        if unknown := "".join(letter for letter in rare if letter not in _lacking):
            lacking = _asked(unknown)
            _lacking.update((letter, letter in lacking) for letter in unknown)
    return "".join(letter for letter in rare if _lacking[letter])


def _asked(letters: str) -> str:
    copy = {"form": "a4", "language": "en", "region": None, "direction": "ltr", "setter": {"rare": letters}}
    with tempfile.TemporaryDirectory(prefix="weekly-rare-") as folder:
        work = Path(folder) / "setting"
        shutil.copytree(TEMPLATES, work)
        (work / "copy.json").write_text(json.dumps(copy))
        (work / "plan.json").write_text("{}")
        fonts = typst.Fonts(include_system_fonts=False, font_paths=[str(FONTS)])
        said = typst.query(
            str(work / "rare.typ"),
            "<unprintable>",
            field="value",
            one=True,
            root=str(work),
            font_paths=fonts,
            ignore_system_fonts=True,
        )
    found: str = json.loads(said)
    return found
