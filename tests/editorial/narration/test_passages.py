"""What of an article is read out."""

from datetime import date

from broadsheet.editorial.models import Correction
from broadsheet.editorial.narration.passages import passages_of
from tests.evidence import made
from tests.magazine import Magazine


def test_an_article_is_read_from_its_headline_to_its_correction(magazine: Magazine) -> None:
    body = [
        {
            "type": "text",
            "value": "<p>One\u00ad<b>two</b> &amp; 3</p><ul><li>Four</li><li>five!</li></ul>",
        },
        {"type": "wall", "value": None},
        {"type": "heading", "value": "What came next"},
        {"type": "pull_quote", "value": {"text": "One two", "attribution": ""}},
        {"type": "list", "value": {"ordered": True, "items": ["<p>Six</p>", "<p>seven</p>"]}},
        made.quotation("It rose.", "Ada Marsh", role="harbor master"),
        made.quotation("It fell", "Ada Marsh", setting="running", before="Later:", after="she said."),
        made.facts("It rose three feet"),
        made.timeline(("2012-03", "It fell"), ("2011", "It rose")),
        made.perspectives(("The port", "Higher", "Build it"), ("The town", "Lower", "")),
        made.contested(),
        {"type": "from_before", "value": "<p>Eight</p>\n<div><p>nine</p><p>ten</p></div>"},
    ]
    reef = magazine.publish("reefs", body=body, standfirst="")
    reef.corrections.add(Correction(article=reef, note="It was a Tuesday", date=date(2026, 3, 2)))
    assert [passage.text for passage in passages_of(reef)] == [
        "Reefs.",
        "By Nell Abernathy.",
        "Onetwo & 3.",
        "Four. five!",
        "What came next.",
        "Six. seven.",
        "Ada Marsh, harbor master: “It rose.”",
        "Later: “It fell” she said.",
        "What is known. It rose three feet.",
        "How it went. 2011: It rose. March 2012: It fell.",
        "Should it be higher? The port: Higher. “Build it” The town: Lower.",
        "Eight.",
        "nine ten.",
        "Correction, March 2, 2026: It was a Tuesday.",
    ]


def test_a_passage_is_named_by_its_first_words(magazine: Magazine) -> None:
    names = [passage.name for passage in passages_of(magazine.article("reef"))]
    assert names[:4] == [
        *("Reef.", "By Nell Abernathy.", "The standfirst of reef."),
        "reef-01 The tide went out over the …",
    ]
