"""Articles, letters and corrections as the templates want them."""

import re
from dataclasses import dataclass, field
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from lxml import etree

from broadsheet.weekly.content import Amendment, Issue, Length, Piece, ReadersLetter
from broadsheet.weekly.pdf import drawings
from broadsheet.weekly.pdf.errors import PrintingError
from broadsheet.weekly.pdf.markup import Markup, on_paper
from broadsheet.weekly.pdf.nodes import Inline, Node, as_words, inner_blocks, text_of
from broadsheet.weekly.pdf.places import Places

OPENS = 150
"""Words of an article that begins on a page of its own on a phone."""


@dataclass
class Pieces:
    """Reads articles of one issue, and keeps their sources by the keys that marks in their text have."""

    issue: Issue
    places: Places
    drawn: int = 0
    references: dict[str, Node] = field(default_factory=dict)

    def piece(self, piece: Piece, place: str) -> Node:
        """Raises PrintingError with the article."""
        try:
            return self._piece(piece, place)
        except PrintingError as error:
            error.article = piece.article
            raise

    def _piece(self, piece: Piece, place: str) -> Node:
        body = self.nodes(piece.body, lowest=2, place=place)
        _cite(body, piece)
        # One that is only pointed to has no picture of its own.
        picture = piece.picture if piece.length is not Length.STANDFIRST else None
        return {
            "anchor": piece.anchor,
            "kicker": piece.kicker,
            "headline": piece.headline,
            "standfirst": piece.standfirst,
            "byline": piece.byline,
            "dateline": piece.dateline,
            "picture": self.places.lead(picture, place) if picture else None,
            "body": body,
            "more": _more(piece),
            "sources": self._sources(piece),
            "work": piece.work,
            "methods": piece.methods,
            "amendments": [amendment_of(one) for one in piece.amendments],
            "opens": len(text_of(body).split()) >= OPENS,
        }

    def nodes(self, body: str, *, lowest: int, place: str = "narrow") -> list[Node]:
        """Raises PrintingError."""
        addresses = {piece.url: piece.anchor for piece in self.issue.pieces}
        wide = place in {"hero", "column"}

        def drawn(svg: etree._Element, figures: str) -> Node:
            self.drawn += 1
            return drawings.draw(svg, figures, self.places.folder / f"chart-{self.drawn}.svg", wide=wide)

        try:
            nodes = Markup(addresses, drawn).read(body, lowest)
        except etree.XMLSyntaxError as error:
            raise PrintingError(PrintingError.NOT_XHTML, said=str(error)) from error
        return self._with_files(nodes, place)

    def _with_files(self, nodes: list[Node], place: str) -> list[Node]:
        kept = []
        for node in nodes:
            if node["kind"] == "picture":
                image = next((one for one in self.issue.images if one.name == node["name"]), None)
                if image is None:
                    continue
                node |= self.places.column(image, place)
                node["caption"] = node["caption"] or as_words(image.caption)
                node["credit"] = node["credit"] or as_words(image.credit)
            elif node["kind"] == "table":
                self.places.table(node, place)
            for inner in inner_blocks(node):
                inner[:] = self._with_files(inner, place)
            kept.append(node)
        return kept

    def _sources(self, piece: Piece) -> list[str]:
        found = {
            f"{piece.anchor}-{reference.number}": {
                "number": reference.number,
                "title": reference.title,
                "outlet": reference.outlet,
                "url": reference.url,
                "dated": reference.dated,
            }
            for reference in piece.references
        }
        self.references |= found
        return list(found)


def letter_of(letter: ReadersLetter) -> Node:
    return {
        "paragraphs": [" ".join(part.split()) for part in re.split(r"\n\s*\n", letter.text) if part.strip()],
        "name": letter.name,
        "place": letter.place,
        "about": letter.about,
    }


def amendment_of(amendment: Amendment) -> Node:
    day = date_format(amendment.day, "DATE_FORMAT")
    note = amendment.note
    if amendment.headline:
        note = _("“{headline}”: {note}").format(headline=amendment.headline, note=note)
    return {"label": _("{kind}, {day}.").format(kind=amendment.kind, day=day), "note": note}


def _more(piece: Piece) -> list[Inline]:
    """Where the rest of it is, if this is not all."""
    if piece.length is Length.FULL:
        return []
    words = _("In full: {address}").format(address=on_paper(piece.url))
    return [{"kind": "link", "href": piece.url, "words": [words]}]


def _cite(nodes: Any, piece: Piece) -> None:
    """Says of each mark in the text which source it leads to."""
    if isinstance(nodes, list):
        for one in nodes:
            _cite(one, piece)
    elif isinstance(nodes, dict):
        if nodes.get("kind") == "ref":
            nodes["key"] = f"{piece.anchor}-{nodes['number']}"
        _cite(list(nodes.values()), piece)
