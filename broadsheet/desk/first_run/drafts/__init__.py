"""Drafts of the pages that each magazine needs, as files by language: title, standfirst, an empty line, text.

What only the publisher knows stands in marks, ``[[…]]``, and keeps a page from being published.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from django.utils.html import escape
from django.utils.text import slugify

KINDS = ("imprint", "ownership", "privacy", "terms", "accessibility")
FOLDER = Path(__file__).parent
FALLBACK = "en"


@dataclass(frozen=True, slots=True)
class Draft:
    kind: str
    """One of KINDS."""
    title: str
    standfirst: str
    text: str
    """Rich text."""

    @property
    def slug(self) -> str:
        return slugify(self.title)


def drafts_in(tag: str, known: Mapping[str, str]) -> Iterator[Draft]:
    """All of KINDS in the language of `tag`, else in English; ``{name}`` becomes what `known` says of it."""
    folder = FOLDER / tag.partition("-")[0]
    for kind in KINDS:
        file = (folder if folder.is_dir() else FOLDER / FALLBACK) / f"{kind}.txt"
        title, standfirst, _empty, text = file.read_text().split("\n", 3)
        for name, value in known.items():
            standfirst = standfirst.replace(f"{{{name}}}", value)
            text = text.replace(f"{{{name}}}", escape(value))
        yield Draft(kind, title, standfirst, text.replace("\n", ""))
