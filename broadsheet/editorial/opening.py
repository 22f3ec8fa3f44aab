"""Where the public opening of an article ends.

The cut falls between whole elements: blocks of the body, or paragraphs, lists and headings within a
text block. It never falls inside one. What is withheld is chosen here once, and everything public
(page, search, feeds, structured data) is made of the opening alone.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import unescape
from typing import Any

from bs4 import BeautifulSoup, Tag
from django.utils.html import strip_tags
from django.utils.safestring import SafeString
from wagtail.blocks import StreamValue
from wagtail.rich_text import RichText

from broadsheet.evidence.models import Speaker

# Word boundaries without a space.
BREAK = re.compile(r"</(?:p|li|h[1-6]|blockquote|td|th|tr|dt|dd|pre|div|summary)>|<br\s*/?>")

type Bound = StreamValue.StreamChild


@dataclass(frozen=True, slots=True)
class Unit:
    """The smallest piece that can be shown or withheld as a whole."""

    kind: str
    words: int
    block: Bound


@dataclass(frozen=True, slots=True)
class Parts:
    """`words` are those of both."""

    opening: list[Bound]
    rest: list[Bound]
    words: int


def words_in(text: str) -> int:
    return len(text.split())


def plain_text(value: Any) -> str:
    """The readable text of any block value, without markup or addresses."""
    if isinstance(value, RichText | SafeString):
        markup = value.source if isinstance(value, RichText) else str(value)
        return unescape(strip_tags(BREAK.sub(" ", markup))).strip()
    if isinstance(value, SafeString):  # HTML, of what was imported
        return unescape(strip_tags(BREAK.sub(" ", value))).strip()
    if isinstance(value, str):
        return value
    if isinstance(value, Speaker):
        return str(value.current.name)
    if isinstance(said := getattr(value, "plain_text", None), str):
        return said  # an entry of a live coverage, or what stands above its entries
    if hasattr(value, "bound_blocks"):
        children = value.bound_blocks
        values = children.values() if isinstance(children, dict) else children
        return " ".join(filter(None, (plain_text(child.value) for child in values)))
    if hasattr(value, "rows"):
        return " ".join(plain_text(cell.value) for row in value.rows for cell in row)
    return ""


def pieces(blocks: Iterable[Bound]) -> Iterator[Bound]:
    """`blocks`, with those of an entry in its place."""
    for block in blocks:
        if block.block_type == "entry":
            yield from block.value.blocks
        elif block.block_type != "coverage":
            yield block


def units_of(body: StreamValue) -> list[Unit]:
    units: list[Unit] = []
    for bound in body:
        if bound.block_type != "text":
            words = (
                0 if bound.block_type in {"related", "sponsor", "wall"} else words_in(plain_text(bound.value))
            )
            units.append(Unit(bound.block_type, words, bound))
            continue
        for piece in _top_level(bound.value.source):
            value = RichText(piece)
            units.append(
                Unit(
                    "text",
                    words_in(plain_text(value)),
                    StreamValue.StreamChild(bound.block, value, id=bound.id),
                )
            )
    return units


def _top_level(html: str) -> list[str]:
    """The outermost elements of a rich text's markup, each whole."""
    soup = BeautifulSoup(html, "html.parser")
    return [str(node) for node in soup.contents if isinstance(node, Tag) or str(node).strip()]


NO_READING = frozenset({"divider", "heading", "sponsor", "related"})
"""Kinds of unit that only introduce what follows, or lead away from the text."""


def divide(body: StreamValue, words: int, *, besides: int = 0) -> Parts:
    """Splits `body` at the editor's marker, else after about `words` words in whole units.

    The opening is never more than half of the words, so that a short article is withheld in part too. So many
    words as `besides` are told in entries, and count as well.
    """
    units = units_of(body)
    marker = next((i for i, unit in enumerate(units) if unit.kind == "wall"), None)
    units_without = [unit for unit in units if unit.kind != "wall"]
    whole = sum(unit.words for unit in units_without) + besides
    # A marker with nothing to read below it would make a metered article public by accident.
    if marker is not None and any(unit.kind not in NO_READING for unit in units_without[marker:]):
        return Parts(_join(units_without[:marker]), _join(units_without[marker:]), whole)
    half = whole / 2
    shown, cut = 0, 0
    for unit in units_without:
        if shown >= words or shown + unit.words > half:
            break
        shown += unit.words
        cut += 1
    # A crosshead or an advertisement must not come last, with nothing under it.
    while cut and units_without[cut - 1].kind in NO_READING:
        cut -= 1
    return Parts(_join(units_without[:cut]), _join(units_without[cut:]), whole)


def _join(units: Iterable[Unit]) -> list[Bound]:
    """Joins adjacent pieces of one text block into one block again."""
    joined: list[Bound] = []
    for unit in units:
        last = joined[-1] if joined else None
        if (
            unit.kind == "text"
            and last is not None
            and last.block_type == "text"
            and last.id == unit.block.id
        ):
            value = RichText(last.value.source + unit.block.value.source)
            joined[-1] = StreamValue.StreamChild(last.block, value, id=last.id)
        else:
            joined.append(unit.block)
    return joined
