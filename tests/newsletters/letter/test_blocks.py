"""Every kind of block that an issue's body can hold, as its letter shows it."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.base import ContentFile
from wagtail.documents import get_document_model

from broadsheet.editorial.body import BodyBlock
from broadsheet.newsletters.letter.blocks import COMPONENTS
from broadsheet.newsletters.letter.composing import letter_of
from tests.evidence import made
from tests.magazine import Magazine, make_picture
from tests.newsletters.letter.made import briefing, issue_of

# The same on any database.
pytestmark = pytest.mark.sqlite

VALUES: dict[str, Any] = {
    "text": "<p>Read <a href='https://a.example/'>the tables</a></p>",
    "heading": "On the quay",
    "pull_quote": {"text": "They lay where it left them", "attribution": "Ilse Marr"},
    "list": {"ordered": True, "items": ["<p>One boat</p>", "<p>Two boats</p>"]},
    "table": {
        "table": {
            "columns": [{"type": "text", "heading": "Port"}, {"type": "rich_text", "heading": "Depth"}],
            "rows": [{"values": ["Hull", "<p>Six <b>fathoms</b></p>"]}],
            "caption": "Depths at noon",
        },
        "source": "The almanac",
    },
    "chart": {
        "title": "Boats by port",
        "kind": "bars",
        "figures": "Port,Boats\nHull,12",
        "unit": "hundreds",
        "begins_at_zero": True,
        "source": "The tide office",
        "source_url": "",
        "note": "At anchor.",
        "description": "",
    },
    "divider": None,
    "from_before": "<p>Kept as it was</p><script>alert(1)</script>",
    "embed": {"url": "https://vimeo.com/1084537", "title": "The tide comes in", "caption": "Filmed at dawn"},
    "sponsor": {
        "sponsor": "Hull & Co",
        "headline": "Paint for boats",
        "text": "<p>It lasts</p>",
        "url": "https://h.example/",
    },
}
EVIDENCE: dict[str, Callable[[], dict[str, Any]]] = {
    "quotation": lambda: made.quotation(
        "The water rose", role="harbour master", said_on="2026-02-27", where="Port Ellery"
    ),
    "facts": lambda: made.facts("Nine boats sank"),
    "timeline": lambda: made.timeline(("2026-02", "The flood came"), ("2011", "The wall was built")),
    "perspectives": lambda: made.perspectives(
        ("The port", "It should", "A yard more"),
        ("The town", "It should not", ""),
        question="Should the wall be higher?",
    ),
    "contested_term": made.contested,
    "further_sources": lambda: made.further("The tide office"),
}
SHOWN = {
    "text": ["Read", "the tables"],
    "heading": ["On the quay"],
    "pull_quote": ["They lay where it left them", "Ilse Marr"],
    "list": ["One boat", "Two boats"],
    "table": ["Depths at noon", "Port", "Depth", "Hull", "fathoms", "The almanac"],
    "chart": ["Boats by port", "hundreds", "Port", "Hull", "12", "At anchor.", "The tide office"],
    "embed": ["The tide comes in", "Filmed at dawn", "https://vimeo.com/1084537"],
    "sponsor": ["Paid for by Hull", "Paint for boats", "It lasts", "https://h.example/"],
    "quotation": [
        "The water rose",
        "Ada Marsh",
        "harbour master",
        "Port Ellery",
        "Feb. 27, 2026",
        "The tide office",
    ],
    "facts": ["What is known", "Nine boats sank", "As of Feb. 28, 2026", "The tide office"],
    "timeline": ["How it went", "The flood came", "The wall was built", "2011"],
    "perspectives": ["Should the wall be higher?", "The town", "It should not", "A yard more"],
    "further_sources": ["The tide office", "https://source.example/the-tide-office"],
    "divider": ["* * *"],
    "from_before": ["Kept as it was"],
    "contested_term": ["flood", "of ruin", "High water above the quay"],
    "picture": ["A fog over the quay", "Ilse Marr"],
    "gallery": ["A fog over the quay", "Bells in the mist"],
    "audio": ["Listen: The bell", "/bell"],
    "related": ["The headline of reef"],
}
WITHOUT_WORDS = {"wall"}


def value_of(kind: str, magazine: Magazine) -> Any:
    if kind == "audio":
        bell = get_document_model().objects.create(title="Bell", file=ContentFile(b"ID3", name="bell.mp3"))
        return {"file": bell.pk, "title": "The bell", "transcript": "<p>It rings.</p>"}
    if kind == "related":
        return {"articles": [magazine.article("reef").pk]}
    if kind in EVIDENCE:
        return EVIDENCE[kind]()["value"]
    if kind not in {"picture", "gallery"}:
        return VALUES[kind]
    shown = {
        "image": make_picture("fog").pk,
        "caption": "<p>A fog over the quay</p>",
        "alt": "",
        "width": "text",
    }
    return (
        shown if kind == "picture" else {"pictures": [shown, shown | {"caption": "<p>Bells in the mist</p>"}]}
    )


def test_a_letter_knows_every_kind_of_block() -> None:
    kinds = set(BodyBlock().child_blocks) - WITHOUT_WORDS
    assert kinds == COMPONENTS == set(SHOWN)


@pytest.mark.parametrize("kind", sorted(SHOWN))
def test_each_kind_of_block_is_in_the_letter_and_its_text(magazine: Magazine, kind: str) -> None:
    issue = issue_of(briefing(), magazine, body=[{"type": kind, "value": value_of(kind, magazine)}])
    letter = letter_of(issue)
    shown = SHOWN[kind] if kind != "related" else [magazine.article("reef").headline]
    for words in shown:
        assert words in letter.html
        assert words in letter.text
    assert 'src="/' not in letter.html
    assert 'href="/' not in letter.html
