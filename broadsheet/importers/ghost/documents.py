"""Pieces as a document of Ghost’s editor (Lexical): what `lexical.py` and `cards.py` read, written."""

import json
from collections.abc import Iterable, Iterator
from html import escape
from typing import Any

from lxml import etree, html

from broadsheet.editorial.embeds import player_for
from broadsheet.importers.bodies.pieces import (
    Divider,
    Embed,
    Gallery,
    Heading,
    Kept,
    Piece,
    PullQuote,
    Related,
    Shown,
    Sound,
    Table,
    Text,
    Wall,
)
from broadsheet.importers.exporting.markup import captioned, table_html
from broadsheet.importers.ghost.lexical import BOLD, ITALIC, SUBSCRIPT, SUPERSCRIPT

type Node = dict[str, Any]

IN_A_ROW = 3  # pictures of a gallery
STYLES = {"b": BOLD, "strong": BOLD, "i": ITALIC, "em": ITALIC, "sub": SUBSCRIPT, "sup": SUPERSCRIPT}
WHOLE = {"direction": "ltr", "format": "", "indent": 0, "version": 1}


def document_of(pieces: Iterable[Piece]) -> str:
    children = [node for piece in pieces for node in _nodes(piece)]
    # Ghost opens no document without a paragraph.
    root = {"children": children or [_whole("paragraph", [])], "type": "root", **WHOLE}
    return json.dumps({"root": root}, ensure_ascii=False)


def _nodes(piece: Piece) -> Iterator[Node]:
    match piece:
        case Text(markup):
            yield from _blocks(markup)
        case Heading(text):
            yield _whole("extended-heading", [_text(text, 0)], tag="h2")
        case Shown():
            yield _card("image", **_image(piece), cardWidth="regular", href="", title="")
        case Gallery(pictures, caption):
            images = [
                _image(shown) | {"row": number // IN_A_ROW, "fileName": shown.address.rpartition("/")[2]}
                for number, shown in enumerate(pictures)
            ]
            yield _card("gallery", images=images, caption=caption)
        case PullQuote(text, attribution):
            words = f"{text} — {attribution}" if attribution else text
            yield _whole("aside", [_text(words, 0)])
        case Table():
            yield _card("html", html=table_html(piece))
        case Embed(address, title, caption):
            player = player_for(address)
            shown = (
                f'<iframe src="{escape(player.address)}" title="{escape(title)}"></iframe>' if player else ""
            )
            yield _card(
                "embed",
                url=address,
                embedType="video",
                html=shown,
                metadata={"title": title},
                caption=escape(caption, quote=False),
            )
        case Sound(address, title):
            yield _card("audio", src=address, title=title, duration=0, mimeType="", thumbnailSrc="")
        case Related(address, title, words):
            about = {
                "icon": "",
                "title": title,
                "description": words,
                "author": "",
                "publisher": "",
                "thumbnail": "",
            }
            yield _card("bookmark", url=address, metadata=about, caption="")
        case Divider():
            yield _card("horizontalrule")
        case Wall():
            yield _card("paywall")
        case Kept(markup, _what):
            yield _card("html", html=markup)


def _image(shown: Shown) -> Node:
    return {"src": shown.address, "alt": shown.alt, "caption": captioned(shown)}


def _card(kind: str, **more: Any) -> Node:
    return {"type": kind, "version": 1, **more}


def _whole(kind: str, children: list[Node], **more: Any) -> Node:
    return {"children": children, "type": kind, **WHOLE, **more}


# --- Text: paragraphs, headings, lists, quotations, and what stands in their lines ------------------------


def _blocks(markup: str) -> Iterator[Node]:
    for element in html.fragment_fromstring(markup, create_parent="div"):
        match element.tag:
            case "ul" | "ol":
                yield _list(element)
            case "h2" | "h3" | "h4":
                yield _whole("extended-heading", list(_inside(element, 0)), tag=element.tag)
            case "blockquote":
                yield _whole("extended-quote", list(_inside(element, 0)))
            case _:
                yield _whole("paragraph", list(_inside(element, 0)))


def _list(element: etree._Element) -> Node:
    items: list[Node] = []
    for item in element:
        below = [part for part in item if part.tag in {"ul", "ol"}]
        items.append(_whole("listitem", list(_inside(item, 0)), value=len(items) + 1))
        # A list in a list is an item of its own, as Ghost's editor writes it.
        items += (_whole("listitem", [_list(part)], value=len(items) + 1) for part in below)
    kind = "number" if element.tag == "ol" else "bullet"
    return _whole("list", items, listType=kind, start=1, tag=str(element.tag))


def _inside(element: etree._Element, style: int) -> Iterator[Node]:
    yield from _words(element.text, style)
    for child in element:
        match child.tag:
            case "br":
                yield {"type": "linebreak", "version": 1}
            case "a":
                about = {"rel": None, "target": None, "title": None, "url": child.get("href", "")}
                yield _whole("link", list(_inside(child, style)), **about)
            case "ul" | "ol":
                pass
            case tag:
                yield from _inside(child, style | STYLES.get(str(tag), 0))
        yield from _words(child.tail, style)


def _words(words: str | None, style: int) -> Iterator[Node]:
    if words:
        yield _text(words, style)


def _text(words: str, style: int) -> Node:
    about = {"detail": 0, "format": style, "mode": "normal", "style": ""}
    return {"type": "extended-text", "text": words, "version": 1, **about}
