"""Speakers, sources and bodies with evidence, as a browser's form would have made them."""

from typing import Any
from uuid import uuid4

from broadsheet.evidence.models import ContestedTerm, Source, Speaker, TermUse


def source(name: str = "The tide office", **fields: Any) -> Source:
    link = fields.pop("link", f"https://source.example/{name.lower().replace(' ', '-')}")
    found: Source = Source.objects.at(link) or Source.objects.create(outlet=name, link=link, **fields)
    return found


def speaker(name: str = "Ada Marsh", **fields: Any) -> Speaker:
    found = Speaker.objects.filter(name=name).first()
    return found or Speaker.objects.create(name=name, **fields)


def term(word: str = "flood", **fields: Any) -> ContestedTerm:
    found: ContestedTerm | None = ContestedTerm.objects.filter(term=word).first()
    if found:
        return found
    made = ContestedTerm(term=word, slug=word, our_use="High water above the quay", source=source(), **fields)
    made.uses = [TermUse(who="The port", whom="high water"), TermUse(who="The town", whom="ruin")]
    made.save()
    return made


def block(kind: str, value: Any, key: str = "") -> dict[str, Any]:
    return {"type": kind, "value": value} | ({"id": key} if key else {})


def item(value: Any, key: str = "") -> dict[str, Any]:
    return {"type": "item", "value": value, "id": key or str(uuid4())}


def quotation(text: str, who: str = "Ada Marsh", key: str = "", **fields: Any) -> dict[str, Any]:
    value = {"text": text, "speaker": speaker(who).pk, "role": "", "said_on": None, "where": ""}
    return block("quotation", value | {"source": source().pk} | fields, key)


def facts(*texts: str, key: str = "", **fields: Any) -> dict[str, Any]:
    items = [
        item({"text": text, "as_of": "2026-02-28", "sources": [item(source().pk)]} | fields) for text in texts
    ]
    return block("facts", {"title": "What is known", "items": items}, key)


def timeline(*entries: tuple[str, str], key: str = "") -> dict[str, Any]:
    items = [item({"when": when, "text": text, "source": source().pk}) for when, text in entries]
    return block("timeline", {"title": "How it went", "entries": items}, key)


def perspectives(*held: tuple[str, str, str], question: str = "Should it be higher?", key: str = "") -> Any:
    positions = [
        item({"holder": speaker(who).pk, "position": text, "evidence": words, "source": source().pk})
        for who, text, words in held
    ]
    return block("perspectives", {"question": question, "positions": positions}, key)


def contested(word: str = "flood", key: str = "") -> dict[str, Any]:
    return block("contested_term", {"term": term(word).pk}, key)


def further(*names: str, key: str = "") -> dict[str, Any]:
    return block("further_sources", {"sources": [item(source(name).pk) for name in names]}, key)
