"""Reads the demo magazine's text, one TOML file an article, into what Wagtail stores."""

import tomllib
import uuid
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

ROOT = Path(__file__).resolve().parent
CONTENT = ROOT / "content"
PICTURES = ROOT / "pictures"
# The blocks' ids are made from names, so that two seedings give the same pages.
NAMESPACE = uuid.UUID("6f1f3c1e-6d7b-4d7c-9a52-0d1f0a7a4f10")


def load(name: str) -> dict[str, Any]:
    return tomllib.loads((CONTENT / f"{name}.toml").read_text())


def pictures() -> dict[str, dict[str, Any]]:
    return tomllib.loads((PICTURES / "pictures.toml").read_text())


def articles() -> list[dict[str, Any]]:
    """Every article's file, with its `slug`."""
    return [
        tomllib.loads(path.read_text()) | {"slug": path.stem}
        for path in sorted((CONTENT / "articles").glob("*.toml"))
    ]


def moment(written: str, now: datetime, zone: ZoneInfo) -> datetime:
    """``-2d 07:30`` counts back from `now`; ``2015-10-21 14:05`` is itself. Local time of `zone`."""
    day, _, clock = written.partition(" ")
    at = time.fromisoformat(clock or "09:00")
    if day.startswith("-"):
        date = now.astimezone(zone).date() - timedelta(days=int(day.strip("-d")))
    else:
        date = datetime.fromisoformat(day).date()
    found = datetime.combine(date, at, tzinfo=zone)
    # Nothing in the demo is published in the future, whatever the hour it is made at.
    return min(found, now - timedelta(minutes=20)) if day.startswith("-") else found


def paragraphs(text: str) -> str:
    """Paragraphs separated by blank lines, with ``## `` crossheads, as rich text."""
    pieces = []
    for piece in text.strip().split("\n\n"):
        line = " ".join(piece.split())
        if line.startswith("## "):
            pieces.append(f"<h2>{line[3:]}</h2>")
        elif line:
            pieces.append(f"<p>{line}</p>")
    return "".join(pieces)


@dataclass
class Body:
    """Turns an article's list of blocks into StreamField data.

    `picture_ids` and `document_ids` map keys to primary keys, `article_ids` slugs to those of pages.
    """

    slug: str
    picture_ids: dict[str, int]
    document_ids: dict[str, int]
    register: Any
    """Where sources and speakers are entered: see register.py."""
    article_ids: dict[str, int] = field(default_factory=dict)

    def blocks(self, written: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [
            {
                "type": {"list": "list"}.get(kind, kind),
                "value": getattr(self, f"_{kind}")(value),
                "id": str(uuid.uuid5(NAMESPACE, f"{self.slug}/{position}")),
            }
            for position, block in enumerate(written)
            for kind, value in block.items()
        ]

    def _text(self, value: str) -> str:
        return paragraphs(value)

    def _heading(self, value: str) -> str:
        return value

    def _wall(self, value: bool) -> None:
        return None

    def _picture(self, value: dict[str, Any]) -> dict[str, Any]:
        return {
            "image": self.picture_ids[value["image"]],
            "caption": value.get("caption", ""),
            "alt": "",
            "width": value.get("width", "text"),
        }

    def _gallery(self, value: list[dict[str, Any]]) -> dict[str, Any]:
        return {"pictures": self._items([self._picture(picture) for picture in value])}

    def _pull_quote(self, value: dict[str, Any]) -> dict[str, Any]:
        return value

    def _list(self, value: dict[str, Any]) -> dict[str, Any]:
        return {"ordered": value.get("ordered", False), "items": self._items(value["items"])}

    def _table(self, value: dict[str, Any]) -> dict[str, Any]:
        head, *rows = value["rows"]
        table = {
            "columns": [{"type": "text", "heading": heading} for heading in head],
            "rows": [{"values": row} for row in rows],
            "caption": value.get("caption", ""),
        }
        return {"table": table, "source": value.get("source", "")}

    def _chart(self, value: dict[str, Any]) -> dict[str, Any]:
        return {"begins_at_zero": True} | value | {"figures": value["figures"].strip()}

    def _audio(self, value: dict[str, Any]) -> dict[str, Any]:
        return {
            "file": self.document_ids[value["file"]],
            "title": value["title"],
            "transcript": paragraphs(value["transcript"]),
        }

    def _embed(self, value: dict[str, Any]) -> dict[str, Any]:
        return value

    def _related(self, value: list[str]) -> dict[str, Any]:
        return {"articles": self._items([self.article_ids.get(slug) for slug in value])}

    def _sponsor(self, value: dict[str, Any]) -> dict[str, Any]:
        keys = ("sponsor", "headline", "url")
        return {key: value[key] for key in keys} | {"text": paragraphs(value["text"])}

    def _quotation(self, value: dict[str, Any]) -> dict[str, Any]:
        speaker = self.register.speaker(value["speaker"], "person")
        setting = {"setting": value.get("setting", "block")}
        return self._sourced(value) | {"speaker": speaker} | setting

    def _facts(self, value: dict[str, Any]) -> dict[str, Any]:
        return value | {"items": self._items([self._fact(item) for item in value["items"]])}

    def _fact(self, value: dict[str, Any]) -> dict[str, Any]:
        also = [(other["source"], other["source_url"]) for other in value.get("also", [])]
        sources = [(value["source"], value.get("source_url", "")), *also]
        return {
            "text": value["text"],
            "as_of": value["as_of"],
            "sources": self._items([self.register.source(*source) for source in sources]),
        }

    def _timeline(self, value: dict[str, Any]) -> dict[str, Any]:
        return value | {"entries": self._items([self._sourced(entry) for entry in value["entries"]])}

    def _perspectives(self, value: dict[str, Any]) -> dict[str, Any]:
        return value | {"positions": self._items([self._position(p) for p in value["positions"]])}

    def _position(self, value: dict[str, Any]) -> dict[str, Any]:
        return self._sourced(value) | {"holder": self.register.speaker(value["holder"], "group")}

    def _contested_term(self, value: dict[str, Any]) -> dict[str, Any]:
        return {"term": self.register.term(value)}

    def _further_sources(self, value: list[dict[str, Any]]) -> dict[str, Any]:
        ids = [self.register.source(source["source"], source["source_url"]) for source in value]
        return {"sources": self._items(ids)}

    def _sourced(self, value: dict[str, Any]) -> dict[str, Any]:
        kept = {key: part for key, part in value.items() if key not in {"source", "source_url"}}
        return kept | {"source": self.register.source(value["source"], value.get("source_url", ""))}

    def _items(self, values: list[Any]) -> list[dict[str, Any]]:
        return [
            {"type": "item", "value": value, "id": str(uuid.uuid5(NAMESPACE, f"{self.slug}/{i}/{value}"))}
            for i, value in enumerate(values)
        ]
