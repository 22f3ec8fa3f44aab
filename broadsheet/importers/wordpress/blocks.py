"""Pieces as WordPress’s editor keeps them: markup between comments that name its block."""

from collections.abc import Iterable, Iterator
from html import escape
from json import dumps

from lxml import etree, html

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
from broadsheet.importers.exporting.markup import captioned, piece_html, table_html


def content_of(pieces: Iterable[Piece]) -> str:
    return "\n\n".join(block for piece in pieces for block in _blocks(piece))


def _blocks(piece: Piece) -> Iterator[str]:
    match piece:
        case Text(markup):
            yield from _of_text(markup)
        case Heading(text):
            yield _block("heading", f'<h2 class="wp-block-heading">{escape(text, quote=False)}</h2>')
        case Shown():
            yield _image(piece)
        case Gallery(pictures, caption):
            words = f'<figcaption class="blocks-gallery-caption">{caption}</figcaption>' if caption else ""
            shown = "\n".join(map(_image, pictures))
            markup = (
                f'<figure class="wp-block-gallery has-nested-images columns-default">{shown}{words}</figure>'
            )
            yield _block("gallery", markup, {"linkTo": "none"})
        case PullQuote(text, attribution):
            cite = f"<cite>{escape(attribution, quote=False)}</cite>" if attribution else ""
            said = f"<blockquote><p>{escape(text, quote=False)}</p>{cite}</blockquote>"
            yield _block("pullquote", f'<figure class="wp-block-pullquote">{said}</figure>')
        case Table():
            # A caption of ours stands in the table, where its own editor has none.
            yield (
                _block("html", table_html(piece))
                if piece.caption
                else _block("table", f'<figure class="wp-block-table">{table_html(piece)}</figure>')
            )
        case Embed(address, _title, caption):
            words = f"<figcaption>{escape(caption, quote=False)}</figcaption>" if caption else ""
            shown = f'<div class="wp-block-embed__wrapper">\n{escape(address)}\n</div>'
            markup = f'<figure class="wp-block-embed">{shown}{words}</figure>'
            yield _block("embed", markup, {"url": address})
        case Sound():
            yield _block("audio", f'<figure class="wp-block-audio">{piece_html(piece)}</figure>')
        case Related():
            yield _block("paragraph", piece_html(piece))
        case Divider():
            yield _block("separator", '<hr class="wp-block-separator"/>')
        case Wall():
            yield _block("more", "<!--more-->")
        case Kept(markup, _what):
            yield _block("html", markup)


def _image(shown: Shown) -> str:
    caption = captioned(shown)
    words = f'<figcaption class="wp-element-caption">{caption}</figcaption>' if caption else ""
    picture = f'<img src="{escape(shown.address)}" alt="{escape(shown.alt)}"/>'
    return _block("image", f'<figure class="wp-block-image">{picture}{words}</figure>')


def _of_text(markup: str) -> Iterator[str]:
    for element in html.fragment_fromstring(markup, create_parent="div"):
        said = str(etree.tostring(element, encoding="unicode", method="html", with_tail=False))
        match element.tag:
            case "ul" | "ol":
                yield _block("list", said, {"ordered": True} if element.tag == "ol" else None)
            case "h2" | "h3" | "h4":
                yield _block("heading", said, {"level": int(str(element.tag)[1])})
            case "blockquote":
                inside = said.removeprefix("<blockquote>").removesuffix("</blockquote>")
                paragraph = _block("paragraph", f"<p>{inside}</p>")
                yield _block("quote", f'<blockquote class="wp-block-quote">{paragraph}</blockquote>')
            case _:
                yield _block("paragraph", said)


def _block(name: str, markup: str, attributes: dict[str, object] | None = None) -> str:
    # A comment ends at two hyphens, which an address may hold.
    about = f" {dumps(attributes).replace('--', '\\u002d\\u002d')}" if attributes else ""
    return f"<!-- wp:{name}{about} -->\n{markup}\n<!-- /wp:{name} -->"
