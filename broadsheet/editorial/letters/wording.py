"""When two texts say the same, and where they differ. Plain values, no models."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

QUOTES = str.maketrans(dict.fromkeys("“”„‟«»", '"') | dict.fromkeys("‘’‚‛‹›", "'"))
TURNS_DIRECTION = re.compile("[\u202a-\u202e\u2066-\u2069]")
"""Marks that turn the direction of what follows, so that a name or an address reads as another."""
BLANK_LINES = re.compile(r"\n{3,}")
TOKEN = re.compile(r"\s+|\w+(?:[’'-]\w+)*|[^\w\s]")


def tidy(text: str) -> str:
    """`text` in paragraphs, with one empty line between two and no space at the end of a line."""
    lines = "\n".join(line.rstrip() for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"))
    return BLANK_LINES.sub("\n\n", lines).strip()


def is_same_wording(one: str, other: str) -> bool:
    """Whether the two differ in nothing but white space and the form of quotation marks."""
    return _folded(one) == _folded(other)


def _folded(text: str) -> str:
    return " ".join(text.translate(QUOTES).split())


class Change(StrEnum):
    NONE = "same"
    GONE = "gone"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class Run:
    change: Change
    text: str


def differences(before: str, after: str) -> list[Run]:
    """`after` with what is gone of `before` in its place, by whole words."""
    old, new = TOKEN.findall(before), TOKEN.findall(after)
    return list(_joined(_runs(old, new)))


def _runs(old: list[str], new: list[str]) -> Iterator[Run]:
    compared = SequenceMatcher(None, old, new, autojunk=False)
    for what, first, last, begin, end in compared.get_opcodes():
        if what == "equal":
            yield Run(Change.NONE, "".join(new[begin:end]))
            continue
        if first < last:
            yield Run(Change.GONE, "".join(old[first:last]))
        if begin < end:
            yield Run(Change.NEW, "".join(new[begin:end]))


def _joined(runs: Iterator[Run]) -> Iterator[Run]:
    """With changes that only a space parts as one: five words struck out read better than five strikes."""
    gone, new, space = "", "", ""
    for run in runs:
        is_space = run.change is Change.NONE and not run.text.strip() and "\n" not in run.text
        if is_space and (gone or new):
            space += run.text
            continue
        if run.change is Change.NONE:
            yield from _told(gone, new, space)
            gone = new = space = ""
            yield run
            continue
        if space:
            gone, new, space = gone + space, new + space, ""
        if run.change is Change.GONE:
            gone += run.text
        else:
            new += run.text
    yield from _told(gone, new, space)


def _told(gone: str, new: str, space: str) -> Iterator[Run]:
    if gone:
        yield Run(Change.GONE, gone)
    if new:
        yield Run(Change.NEW, new)
    if space:
        yield Run(Change.NONE, space)
