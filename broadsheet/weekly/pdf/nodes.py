"""What a body is made of, once it is read.

A block is a dict with `kind`, an inline a text or a dict with `kind` and `words` (a list of inlines).
"""

from collections.abc import Iterator
from typing import Any

from lxml import etree

type Node = dict[str, Any]
type Inline = str | Node


def text_of(nodes: Any) -> str:
    """All that is read in them."""
    if isinstance(nodes, str):
        return nodes
    if isinstance(nodes, dict):
        return " ".join(
            text_of(value)
            for key, value in nodes.items()
            if key not in {"kind", "name", "href", "anchor", "look"}
        )
    return "".join(map(text_of, nodes)) if isinstance(nodes, list) else ""


def inner_blocks(node: Node) -> Iterator[list[Node]]:
    """The lists of blocks that stand in a block."""
    if "blocks" in node:
        yield node["blocks"]
    for item in node.get("items", []):
        yield item["blocks"] if isinstance(item, dict) else item


def tag_of(element: etree._Element) -> str:
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def trimmed(words: list[Inline]) -> list[Inline]:
    """Joined where texts follow one another, spaces as HTML has them; nothing where there is only space."""
    joined: list[Inline] = []
    for word in words:
        if isinstance(word, str) and joined and isinstance(joined[-1], str):
            joined[-1] += word
        elif word != "":
            joined.append(word)
    tidy = [_collapsed(word) if isinstance(word, str) else word for word in joined]
    if tidy and isinstance(tidy[0], str):
        tidy[0] = tidy[0].lstrip(" ")
    if tidy and isinstance(tidy[-1], str):
        tidy[-1] = tidy[-1].rstrip(" ")
    tidy = [word for word in tidy if word != ""]
    return tidy if any(not isinstance(word, str) or word.strip() for word in tidy) else []


def _collapsed(text: str) -> str:
    words = text.replace("\n", " ").replace("\t", " ").replace("\r", " ")
    while "  " in words:
        words = words.replace("  ", " ")
    return words


def as_words(text: str) -> list[Inline]:
    return [text] if text.strip() else []
