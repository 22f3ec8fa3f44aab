"""What a body is made of, as far as the room that it takes and its faults depend on it.

It is read from the database's own form of the body, so that sixty articles take no query of their own.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import unescape
from typing import Any

from django.utils.html import strip_tags

from broadsheet.editorial.models import Article, Kind
from broadsheet.editorial.opening import BREAK
from broadsheet.weekly.content import Length
from broadsheet.weekly.models import IssueItem
from broadsheet.weekly.said import Said

LEFT_OUT = frozenset({"wall", "sponsor", "related", "divider"})
"""Blocks that an issue has not, or that have no words."""
NO_WORDS = frozenset(
    {"id", "type", "width", "alt", "url", "kind", "ordered", "setting", "figures", "said_on", "as_of"}
)


@dataclass(frozen=True, slots=True)
class Placed:
    """A picture in a body."""

    picture: int
    alt: str
    """Typed for this place; may be empty."""


@dataclass(frozen=True, slots=True)
class Shape:
    words: int
    texts: tuple[str, ...] = ()
    """The plain words of each block."""
    pictures: tuple[Placed, ...] = ()
    columns: tuple[int, ...] = ()
    """How many each table has."""
    charts: int = 0


def shape_of(item: IssueItem) -> Shape:
    """Of as much of the article as the issue has."""
    if item.length == Length.SHORT:
        text = _plain(item.short_form)
        return Shape(len(text.split()), (text,))
    if item.length == Length.STANDFIRST:
        return Shape(0)
    return _shape(list(_blocks(item)))


def _blocks(item: IssueItem) -> Iterable[dict[str, Any]]:
    if item.pinned:
        said = Said.from_pinned(item.pinned)
        return [*said.body, *(block for entry in said.entries for block in entry.body)]
    article: Article | None = item.article
    if article is None:
        return []
    if article.kind == Kind.LIVE:
        return [
            {"type": bound.block_type, "value": bound.block.get_prep_value(bound.value)}
            for bound in article.told
        ]
    return [dict(block) for block in article.body.raw_data]


def _shape(blocks: list[dict[str, Any]]) -> Shape:
    kept = [block for block in blocks if block["type"] not in LEFT_OUT]
    texts = tuple(filter(None, (" ".join(_words_in(block["value"])) for block in kept)))
    return Shape(
        sum(len(text.split()) for text in texts),
        texts,
        tuple(_pictures(kept)),
        tuple(
            len((block["value"].get("table") or {}).get("columns") or ())
            for block in kept
            if block["type"] == "table"
        ),
        sum(block["type"] == "chart" for block in kept),
    )


def _pictures(blocks: list[dict[str, Any]]) -> Iterator[Placed]:
    for block in blocks:
        if block["type"] == "picture":
            values = [block["value"]]
        elif block["type"] == "gallery":
            # Each as a list holds it, or as one did before lists gave their items ids.
            values = [one.get("value", one) for one in block["value"].get("pictures", ())]
        else:
            continue
        for value in values:
            if value.get("image"):
                yield Placed(value["image"], value.get("alt") or "")


def _words_in(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        if text := _plain(value):
            yield text
    elif isinstance(value, list):
        for one in value:
            yield from _words_in(one)
    elif isinstance(value, dict):
        for name, one in value.items():
            if name not in NO_WORDS:
                yield from _words_in(one)


def _plain(markup: str) -> str:
    return unescape(strip_tags(BREAK.sub(" ", markup))).strip()
