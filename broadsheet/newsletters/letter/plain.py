"""HTML as the text of a letter: paragraphs, lists, and each link's address behind its words."""

import re

from bs4 import BeautifulSoup, Tag
from bs4.element import NavigableString

BLOCKS = {
    "address", "blockquote", "div", "dd", "dl", "dt", "figcaption", "figure", "h1", "h2", "h3", "h4", "hr",
    "ol", "p", "section", "table", "tr", "ul",
}  # fmt: skip
UNSEEN = {"head", "script", "style", "title"}


def as_text(html: str) -> str:
    text = _written(BeautifulSoup(html, "html.parser"))
    text = re.sub(r"[ \t]*\n[ \t]*", "\n", text)
    return re.sub(r"\n{3,}", "\n\n", text).strip()


def _written(element: Tag) -> str:
    pieces: list[str] = []
    for child in element.children:
        if isinstance(child, Tag):
            pieces.append(_of_tag(child))
        elif type(child) is NavigableString:  # neither a comment nor a doctype
            pieces.append(re.sub(r"\s+", " ", child))
    return "".join(pieces)


def _of_tag(tag: Tag) -> str:
    if tag.name in UNSEEN:
        return ""
    if tag.name == "br":
        return "\n"
    if tag.name == "img":
        return str(tag.get("alt") or "")
    inner = _written(tag)
    if tag.name == "a":
        address = str(tag.get("href") or "")
        words = inner.strip()
        return inner if not address or address == words else f"{inner} <{address}>"
    if tag.name == "li":
        bullet = f"{_position(tag)}." if tag.parent and tag.parent.name == "ol" else "•"
        return f"\n{bullet} {inner.strip()}\n"
    if tag.name in {"td", "th"}:
        return f"{inner.strip()}  "
    if tag.name in BLOCKS:
        return f"\n\n{inner.strip()}\n\n"
    return inner


def _position(item: Tag) -> int:
    return 1 + sum(1 for sibling in item.find_previous_siblings("li"))
