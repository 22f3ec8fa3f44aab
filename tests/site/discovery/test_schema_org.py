"""What we say in schema.org's words is what schema.org means by them.

The table holds the properties that we use, with what each may hold. It was made from the npm package
schema-dts, whose version and day it names; a new property is taken from there.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from wagtail.rich_text import RichText

from broadsheet.editorial.models import Article, StandingPage, Topic
from tests.cast import signed_in
from tests.evidence import made
from tests.magazine import Magazine, text_block
from tests.site.discovery.test_head import look

# The same on any database.
pytestmark = pytest.mark.sqlite

TABLE = json.loads((Path(__file__).parent / "schema_org.json").read_text())["types"]
TEXTS = {
    "Text",
    "URL",
    "Date",
    "DateTime",
    "Boolean",
    "Integer",
    "Number",
    "Distance",
    "QuantitativeValue",
    "CssSelectorType",
}
OURS = {"query-input"}
"""Of Google's, which schema.org doesn't have."""


def properties(kind: str) -> dict[str, list[str]]:
    assert kind in TABLE, f"schema.org’s table has no {kind}"
    found: dict[str, list[str]] = dict(TABLE[kind]["properties"])
    for parent in TABLE[kind]["extends"]:
        found |= properties(parent)
    return found


def kinds_above(kind: str) -> set[str]:
    return {kind, *(above for parent in TABLE[kind]["extends"] for above in kinds_above(parent))}


def kinds_of(node: dict[str, Any]) -> list[str]:
    kind = node["@type"]
    return kind if isinstance(kind, list) else [kind]


def faults(node: dict[str, Any]) -> Iterator[str]:
    kinds = kinds_of(node)
    allowed: dict[str, list[str]] = {}
    for kind in kinds:
        allowed |= properties(kind)
    for name, value in node.items():
        if name.startswith("@") or name in OURS:
            continue
        if name not in allowed:
            yield f"{kinds} has no {name}"
            continue
        for one in value if isinstance(value, list) else [value]:
            yield from faults_of_value(name, one, set(allowed[name]))


def faults_of_value(name: str, value: Any, allowed: set[str]) -> Iterator[str]:
    if not isinstance(value, dict):
        # In JSON-LD the address of a thing stands for it.
        if not (allowed & TEXTS or str(value).startswith("http")):
            yield f"{name} is no text"
    elif "@type" in value:
        if not any(kinds_above(kind) & allowed for kind in kinds_of(value)):
            yield f"{name} is no {kinds_of(value)}, but one of {sorted(allowed)}"
        yield from faults(value)


@pytest.fixture
def lagoon(magazine: Magazine) -> Article:
    for slug in ("corrections-policy", "ethics", "how-we-work"):
        body = [("text", RichText("<p>So.</p>"))]
        page = StandingPage(title=slug, slug=slug, body=body, locale=magazine.us.locale)
        magazine.us.add_child(instance=page)
    sources = []
    for kind in ("document", "statement", "report", "data", "law", "news", "book", "heard"):
        source = made.source(f"Outlet of {kind}", title="A title", date="2026-02-01")
        source.kind, source.archived_link = kind, "https://archive.example/1"
        source.save()
        sources.append(made.item(source.pk))
    body = [
        text_block("lagoon", 1),
        made.quotation("It rained all day.", said_on="2026-02-27"),
        made.facts("It rained.", sources=sources),
    ]
    picture = magazine.article("harbour").picture
    article = magazine.publish("lagoon", section="good-news", body=body, picture=picture, kind="explainer")
    article.topics.add(Topic.objects.get(slug="oceans"))
    article.save()
    article.correct("It was a Tuesday.")
    return article


def test_all_that_we_say_is_as_schema_org_defines_it(lagoon: Article, client: Client, bruno: Any) -> None:
    addresses = [
        "/",
        "/good-news/lagoon/",
        "/world/harbour/",
        "/authors/nell-abernathy/",
        "/speakers/ada-marsh/",
    ]
    said: set[str] = set()
    for reader in (client, signed_in(bruno)):
        for address in addresses:
            for text in look(reader, address).data:
                for node in json.loads(text)["@graph"]:
                    assert list(faults(node)) == [], address
                    said |= {*kinds_of(node), *node}
    assert {"Quotation", "citation", "correction", "correctionsPolicy", "ethicsPolicy", "masthead"} <= said


def test_a_wrong_word_would_be_seen() -> None:
    node = {"@type": "Quotation", "text": "x", "creatr": "y", "isPartOf": {"@type": "Person", "name": "z"}}
    misspelt, misplaced = faults(node)
    assert "creatr" in misspelt
    assert "isPartOf" in misplaced
