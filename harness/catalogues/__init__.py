"""The catalogues of the interface's words, one a language, in `broadsheet/locale`; kept by Babel alone."""

from pathlib import Path

PRODUCT = Path(__file__).resolve().parents[2] / "broadsheet"
LOCALE = PRODUCT / "locale"


def path_of(language: str, folder: Path = LOCALE) -> Path:
    return folder / language / "LC_MESSAGES" / "django.po"


def languages(folder: Path = LOCALE) -> list[str]:
    """Those that have a catalogue; English, in which all is written, needs none."""
    return sorted(path.parents[1].name for path in folder.glob("*/LC_MESSAGES/django.po"))
