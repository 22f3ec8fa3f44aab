"""Tables: their cells in order, and how much room they want."""

from collections.abc import Callable
from typing import Any

from lxml import etree

WIDEST_WORD = 26
"""Letters of a word that counts in full: a longer one is hyphenated."""
WIDEST_CELL = 30
"""Letters of a line in a cell that is not wider than it need be."""
GAP = 2
"""Letters between two columns."""


def table_of(element: etree._Element, inlines: Callable[[etree._Element], list[Any]]) -> dict[str, Any]:
    """Rows of cells, and its width in letters: at its least, and when its cells are not squeezed."""
    head: list[list[dict[str, Any]]] = []
    body: list[list[dict[str, Any]]] = []
    for row in element.iter("{*}tr"):
        cells = [_cell(cell, inlines) for cell in row if _name(cell) in {"th", "td"}]
        in_head = _name(row.getparent()) == "thead" or (
            not body and bool(cells) and all(cell["head"] for cell in cells) and len(cells) > 1
        )
        (head if in_head else body).append(cells)
    grid = _Grid()
    for cells in head + body:
        grid.add(cells)
    if not body:
        head, body = [], head
    caption = element.find("{*}caption")
    return {
        "kind": "table",
        "caption": inlines(caption) if caption is not None else [],
        "head": head,
        "rows": body,
        "columns": max(1, len(grid.least)),
        "figures": [
            _are_figures([cell["text"] for cell in cells if cell["at"] == column and not cell["head"]])
            for column in range(max(1, len(grid.least)))
            for cells in [[cell for row in body for cell in row]]
        ],
        "least": sum(grid.least.values()) + GAP * len(grid.least),
        "wanted": sum(grid.wanted.values()) + GAP * len(grid.wanted),
    }


class _Grid:
    """Where cells stand, so that spans push the next ones on, and how wide each column is in letters."""

    def __init__(self) -> None:
        self.least: dict[int, int] = {}
        self.wanted: dict[int, int] = {}
        self.taken: dict[int, int] = {}

    def add(self, cells: list[dict[str, Any]]) -> None:
        at = 0
        spans: list[tuple[int, int]] = []
        for cell in cells:
            while self.taken.get(at, 0) > 0:
                at += 1
            cell["at"] = at
            words = [min(len(word), WIDEST_WORD) for word in cell["text"].split()] or [1]
            for column in range(at, at + cell["colspan"]):
                spans.append((column, cell["rowspan"]))
                self.least[column] = max(self.least.get(column, 1), max(words) // cell["colspan"])
                self.wanted[column] = max(
                    self.wanted.get(column, 1), min(len(cell["text"]), WIDEST_CELL) // cell["colspan"]
                )
            at += cell["colspan"]
        self.taken = {column: left - 1 for column, left in self.taken.items() if left > 1}
        self.taken |= {column: rows - 1 for column, rows in spans if rows > 1}


def _cell(element: etree._Element, inlines: Callable[[etree._Element], list[Any]]) -> dict[str, Any]:
    return {
        "words": inlines(element),
        "head": _name(element) == "th",
        "colspan": _span(element.get("colspan"), 20),
        "rowspan": _span(element.get("rowspan"), 100),
        "text": " ".join("".join(map(str, element.itertext())).split()),
    }


def _span(written: str | None, most: int) -> int:
    return min(most, max(1, int(written))) if written and written.isdecimal() else 1


def _are_figures(texts: list[str]) -> bool:
    """Whether a column is one of numbers, which stand below one another at its end."""
    written = [text for text in texts if text.strip(" –-—")]
    return bool(written) and all(
        any(character.isdigit() for character in text) and sum(map(str.isalpha, text)) <= 3
        for text in written
    )


def _name(element: Any) -> str:
    return etree.QName(element).localname if element is not None and isinstance(element.tag, str) else ""
