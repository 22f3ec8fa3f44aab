"""Documents of Ghost’s newer editor (Lexical) as HTML and pieces.

Text becomes HTML, which is read like any other. Cards that mean more than their markup become elements with
`data-card`, of which `cards.py` makes pieces.
"""

import json
from collections.abc import Iterator
from html import escape
from typing import Any

from broadsheet.importers.ghost import cards

BOLD, ITALIC, STRUCK, UNDERLINED, CODE, SUBSCRIPT, SUPERSCRIPT = 1, 2, 4, 8, 16, 32, 64
FORMATS = ((CODE, "code"), (BOLD, "strong"), (ITALIC, "em"), (STRUCK, "s"), (UNDERLINED, "u"),
           (SUBSCRIPT, "sub"), (SUPERSCRIPT, "sup"))  # fmt: skip
DEEPEST = 60


def html_of(document: str | dict[str, Any]) -> str:
    """Raises ValueError where it is no such document."""
    parsed = json.loads(document) if isinstance(document, str) else document
    root = parsed.get("root") if isinstance(parsed, dict) else None
    if not isinstance(root, dict):
        raise ValueError("it has no root")
    return "".join(_below(root, 0))


def _below(node: dict[str, Any], depth: int) -> Iterator[str]:
    children = node.get("children")
    for child in children if isinstance(children, list) else []:
        if isinstance(child, dict):
            yield _node(child, depth + 1)


def _node(node: dict[str, Any], depth: int) -> str:
    kind = str(node.get("type", "")).removeprefix("extended-")
    inside = "".join(_below(node, depth)) if depth < DEEPEST else ""
    match kind:
        case "text" | "at-link-search":
            return _text(node)
        case "linebreak":
            return "<br>"
        case "tab":
            return " "
        case "paragraph":
            return f"<p>{inside}</p>"
        case "heading":
            tag = node.get("tag") if node.get("tag") in {"h1", "h2", "h3", "h4", "h5", "h6"} else "h2"
            return f"<{tag}>{inside}</{tag}>"
        case "quote":
            return f"<blockquote>{inside}</blockquote>"
        case "aside":
            return f'<div data-card="pull-quote">{inside}</div>'
        case "list":
            tag = "ol" if node.get("listType") == "number" or node.get("tag") == "ol" else "ul"
            return f"<{tag}>{inside}</{tag}>"
        case "listitem":
            return f"<li>{inside}</li>"
        case "link" | "autolink" | "at-link":
            return f'<a href="{escape(str(node.get("url") or ""))}">{inside}</a>'
    return cards.html_of(kind, node) + inside


def _text(node: dict[str, Any]) -> str:
    words = escape(str(node.get("text") or ""), quote=False)
    style = node.get("format")
    for bit, tag in FORMATS:
        if isinstance(style, int) and style & bit:
            words = f"<{tag}>{words}</{tag}>"
    return words
