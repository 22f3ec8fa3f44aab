"""Our blocks, as a StreamField stores them, made of pieces."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from html import escape
from typing import Any

from broadsheet.editorial.embeds import player_for
from broadsheet.editorial.templatetags.editorial_tags import from_before
from broadsheet.importers.bodies.credits import plain
from broadsheet.importers.bodies.line import rewritten
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


@dataclass(frozen=True, slots=True)
class Held:
    """A picture that is here."""

    pk: int
    credit: str = ""


@dataclass(frozen=True, slots=True)
class Setting:
    """What a body needs of all that was imported."""

    pictures: Mapping[str, Held]
    """Address → the picture; what is gone is missing."""
    sounds: Mapping[str, int]
    leads_to: Callable[[str], str]
    """An old address → the new one, or the same."""
    article_at: Callable[[str], int | None]

    def blocks(self, pieces: Iterable[Piece]) -> list[dict[str, Any]]:
        return [{"type": kind, "value": value} for piece in pieces for kind, value in self._blocks(piece)]

    def _blocks(self, piece: Piece) -> Iterator[tuple[str, Any]]:
        match piece:
            case Text(html):
                yield "text", rewritten(html, self.leads_to)
            case Heading(text):
                yield "heading", text
            case Shown():
                if shown := self._picture(piece):
                    yield "picture", shown
                else:
                    yield from self._words(piece.caption, piece.credit)
            case Gallery(pictures, caption):
                shown_ones = [(picture, self._picture(picture)) for picture in pictures]
                here = [shown for _picture, shown in shown_ones if shown]
                if len(here) > 1:
                    yield "gallery", {"pictures": here}
                else:
                    yield from (("picture", shown) for shown in here)
                for picture, shown in shown_ones:
                    if not shown:
                        yield from self._words(picture.caption, picture.credit)
                yield from self._words(caption)
            case PullQuote(text, attribution):
                yield "pull_quote", {"text": text, "attribution": attribution}
            case Table():
                yield "table", {"table": self._table(piece), "source": ""}
            case Embed(address, title, caption):
                player = player_for(address)
                if player:
                    title = title or player.provider
                    yield "embed", {"url": address, "title": title, "caption": caption}
                else:
                    yield "text", self._link(address, title or address)
                    yield from self._words(escape(caption, quote=False))
            case Sound(address, title):
                if address in self.sounds:
                    # A transcript is what nobody has yet: it is listed for repair.
                    named = title or address.rpartition("/")[2]
                    yield "audio", {"file": self.sounds[address], "title": named[:160], "transcript": ""}
                else:
                    yield "text", self._link(address, title or address.rpartition("/")[2] or address)
            case Related(address, title, words):
                if pk := self.article_at(address):
                    yield "related", {"articles": [pk]}
                else:
                    yield "text", self._link(address, title)
                    yield from self._words(escape(words, quote=False))
            case Divider():
                yield "divider", None
            case Wall():
                yield "wall", None
            case Kept(html, _what):
                yield "from_before", str(from_before(rewritten(html, self.leads_to)))

    def _words(self, *parts: str) -> Iterator[tuple[str, Any]]:
        if words := " ".join(filter(None, parts)):
            yield "text", rewritten(f"<p>{words}</p>", self.leads_to)

    def _link(self, address: str, words: str) -> str:
        return f'<p><a href="{escape(self.leads_to(address))}">{escape(words, quote=False)}</a></p>'

    def _picture(self, shown: Shown) -> dict[str, Any] | None:
        held = self.pictures.get(shown.address)
        if held is None:
            return None
        caption = shown.caption
        if shown.credit and shown.credit != held.credit:
            caption = f"{caption} {escape(shown.credit, quote=False)}".strip()
        return {
            "image": held.pk,
            "caption": rewritten(f"<p>{caption}</p>", self.leads_to) if caption else "",
            "alt": shown.alt,
            "width": "text",
        }

    def _table(self, table: Table) -> dict[str, Any]:
        rich = [any("<" in row[column] for row in table.rows) for column in range(len(table.head))]
        columns = [
            {"type": "rich_text" if is_rich else "text", "heading": heading}
            for is_rich, heading in zip(rich, table.head, strict=True)
        ]
        rows = [
            {
                "values": [
                    rewritten(f"<p>{cell}</p>", self.leads_to) if is_rich else plain(cell)
                    for is_rich, cell in zip(rich, row, strict=True)
                ]
            }
            for row in table.rows
        ]
        return {"columns": columns, "rows": rows, "caption": table.caption}
