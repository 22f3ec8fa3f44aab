"""Drafts of the pages that each magazine needs, as files by language: title, standfirst, an empty line, text.

A line of the text is rich text, a heading after ``## ``, or a question after ``? `` with its answer below.
What only the publisher knows stands in marks, ``[[…]]``, and keeps a page from being published. ``{name}`` is
the magazine's, ``{contact}`` its address, and a route's name in braces becomes that page's address.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.urls import reverse
from django.utils import translation
from django.utils.html import escape
from django.utils.text import slugify
from wagtail.rich_text import RichText

KINDS = ("imprint", "ownership", "privacy", "terms", "accessibility", "help")
FOLDER = Path(__file__).parent
FALLBACK = "en"
ROUTE = re.compile(r"\{([a-z_:]+)\}")
HEADING, QUESTION = "## ", "? "

type Block = tuple[str, Any]
"""A block of a standing page: its kind, its value."""


@dataclass(frozen=True, slots=True)
class Draft:
    kind: str
    """One of KINDS."""
    title: str
    standfirst: str
    body: list[Block]

    @property
    def slug(self) -> str:
        return slugify(self.title)


def drafts_in(tag: str, known: Mapping[str, str]) -> Iterator[Draft]:
    """All of KINDS in the language of `tag`, else in English; ``{name}`` becomes what `known` says of it."""
    for kind in KINDS:
        yield draft_of(kind, tag, known)


def draft_of(kind: str, tag: str, known: Mapping[str, str]) -> Draft:
    folder = FOLDER / tag.partition("-")[0]
    file = (folder if folder.is_dir() else FOLDER / FALLBACK) / f"{kind}.txt"
    title, standfirst, _empty, text = file.read_text().split("\n", 3)
    for name, value in known.items():
        standfirst = standfirst.replace(f"{{{name}}}", value)
        text = text.replace(f"{{{name}}}", escape(value))
    with translation.override(tag):
        text = ROUTE.sub(lambda found: reverse(found[1]), text)
    return Draft(kind, title, standfirst, list(_blocks(text.splitlines())))


def _blocks(lines: Iterable[str]) -> Iterator[Block]:
    question, written = "", ""

    def ended() -> Iterator[Block]:
        if question:
            yield "question", {"question": question, "answer": RichText(written)}
        elif written:
            yield "text", RichText(written)

    for line in lines:
        if line.startswith((HEADING, QUESTION)):
            yield from ended()
            question, written = "", ""
        if line.startswith(HEADING):
            yield "heading", line.removeprefix(HEADING)
        elif line.startswith(QUESTION):
            question = line.removeprefix(QUESTION)
        else:
            written += line
    yield from ended()
