"""Documents of Ghost’s older editor (Mobiledoc 0.3) as HTML.

https://github.com/bustle/mobiledoc-kit/blob/master/MOBILEDOC.md
"""

import json
from collections.abc import Iterable
from html import escape
from typing import Any

from broadsheet.importers.ghost import cards

MARKUP, IMAGE, LIST, CARD = 1, 2, 3, 10
TEXT, ATOM = 0, 1
TAGS = {"p", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "aside"}
MARKS = {"b", "strong", "i", "em", "a", "s", "u", "code", "sub", "sup", "del", "mark", "span"}
NAMES = {"card-markdown": "markdown", "hr": "horizontalrule", "image-card": "image"}


def html_of(document: str | dict[str, Any]) -> str:
    """Raises ValueError where it is no such document."""
    parsed = json.loads(document) if isinstance(document, str) else document
    if not isinstance(parsed, dict) or not isinstance(parsed.get("sections"), list):
        raise ValueError("it has no sections")
    return "".join(_section(section, parsed) for section in parsed["sections"] if isinstance(section, list))


def _section(section: list[Any], document: dict[str, Any]) -> str:
    match section:
        case [1, str(tag), list(markers), *_]:
            words = _words(markers, document)
            if tag == "aside":
                return f'<div data-card="pull-quote">{words}</div>'
            tag = tag if tag in TAGS else "p"
            return f"<{tag}>{words}</{tag}>"
        case [2, str(address), *_]:
            return f'<img src="{escape(address)}">'
        case [3, str(tag), list(items), *_]:
            tag = "ol" if tag == "ol" else "ul"
            inside = "".join(f"<li>{_words(item, document)}</li>" for item in items if isinstance(item, list))
            return f"<{tag}>{inside}</{tag}>"
        case [10, int(number), *_]:
            return _card(number, document)
    return ""


def _card(number: int, document: dict[str, Any]) -> str:
    found = _at(document.get("cards"), number)
    match found:
        case [str(name), *rest]:
            payload = cards.payload(rest[0] if rest else {})
            return cards.html_of(NAMES.get(name, name), payload)
    return ""


def _at(things: Any, number: Any) -> Any:
    is_there = isinstance(things, list) and isinstance(number, int) and 0 <= number < len(things)
    return things[number] if is_there else None


def _words(markers: Iterable[Any], document: dict[str, Any]) -> str:
    out, open_tags = [], []
    for marker in markers:
        match marker:
            case [int(kind), list(opens), int(closes), value]:
                for number in opens:
                    tag, opening = _mark(_at(document.get("markups"), number))
                    open_tags.append(tag)
                    out.append(opening)
                out.append(escape(str(value), quote=False) if kind == TEXT else _atom(value, document))
                for _ in range(min(closes, len(open_tags))):
                    out.append(f"</{open_tags.pop()}>")
    out += [f"</{tag}>" for tag in reversed(open_tags)]
    return "".join(out)


def _atom(number: Any, document: dict[str, Any]) -> str:
    match _at(document.get("atoms"), number):
        case ["soft-return" | "soft-break", *_]:
            return "<br>"
        case [_, str(words), *_]:
            return escape(words, quote=False)
    return ""


def _mark(markup: Any) -> tuple[str, str]:
    match markup:
        case ["a", [*attributes]]:
            pairs = dict(zip(attributes[::2], attributes[1::2], strict=False))
            return "a", f'<a href="{escape(str(pairs.get("href", "")))}">'
        case [str(tag), *_] if tag in MARKS:
            return tag, f"<{tag}>"
    return "span", "<span>"
