"""Pieces as plain HTML, without a class of ours."""

from collections.abc import Iterable
from html import escape

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


def html_of(pieces: Iterable[Piece]) -> str:
    return "\n".join(map(piece_html, pieces))


def piece_html(piece: Piece) -> str:
    match piece:
        case Text(markup) | Kept(markup, _):
            return markup
        case Heading(text):
            return f"<h2>{_said(text)}</h2>"
        case Shown():
            return figure(piece)
        case Gallery(pictures, caption):
            words = f"<figcaption>{caption}</figcaption>" if caption else ""
            return f"<figure>{''.join(map(figure, pictures))}{words}</figure>"
        case PullQuote(text, attribution):
            cite = f"<cite>{_said(attribution)}</cite>" if attribution else ""
            return f'<figure class="pullquote"><blockquote><p>{_said(text)}</p></blockquote>{cite}</figure>'
        case Table():
            return table_html(piece)
        case Embed(address, title, caption):
            words = f"<figcaption>{_said(caption)}</figcaption>" if caption else ""
            return (
                f'<figure><iframe src="{escape(address)}" title="{escape(title)}"></iframe>{words}</figure>'
            )
        case Sound(address, title):
            return f'<audio controls src="{escape(address)}" title="{escape(title)}"></audio>'
        case Related(address, title, _words):
            return f'<p><a href="{escape(address)}">{_said(title)}</a></p>'
        case Divider():
            return "<hr>"
        case Wall():
            return "<!-- wall -->"


def figure(shown: Shown) -> str:
    caption = captioned(shown)
    words = f"<figcaption>{caption}</figcaption>" if caption else ""
    return f'<figure><img src="{escape(shown.address)}" alt="{escape(shown.alt)}">{words}</figure>'


def captioned(shown: Shown) -> str:
    """The caption with the credit at its end, where people and importers look for it."""
    credit = f"(Photo: {_said(shown.credit)})" if shown.credit else ""
    return " ".join(filter(None, (shown.caption, credit)))


def table_html(table: Table) -> str:
    caption = f"<caption>{_said(table.caption)}</caption>" if table.caption else ""
    head = "".join(f"<th>{_said(cell)}</th>" for cell in table.head)
    head = f"<thead><tr>{head}</tr></thead>" if any(table.head) else ""
    rows = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in table.rows)
    return f"<table>{caption}{head}<tbody>{rows}</tbody></table>"


def _said(text: str) -> str:
    return escape(text, quote=False)
