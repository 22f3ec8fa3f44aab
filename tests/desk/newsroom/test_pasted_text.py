"""What the server makes of text that was not cleaned while it was pasted."""

import json

import pytest

from broadsheet.desk.newsroom.pasted_text import cleaned, leads_to
from broadsheet.editorial.models import Article
from tests.cast import signed_in
from tests.desk.editor import body, edit
from tests.magazine import Magazine

LEADS_SOMEWHERE = {
    "https://tides.example/tables": "https://tides.example/tables",
    " https://tides.example/a?b=c#d ": "https://tides.example/a?b=c#d",
    "mailto:desk@magazine.example": "mailto:desk@magazine.example",
    "tel:+441234567": "tel:+441234567",
    "/world/reef/": "/world/reef/",
    "http://localhost/world/reef/": "http://localhost/world/reef/",
    "https://elsewhere.example/desk/pages/96/": "https://elsewhere.example/desk/pages/96/",
    "https://www.google.com/url?q=https://tides.example/tables&sa=D": "https://tides.example/tables",
    "https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Ftides.example%2Ft&data=0": (
        "https://tides.example/t"
    ),
}
LEADS_NOWHERE = [
    "",
    "#_ftn1",
    "#sdfootnote1sym",
    "/desk/pages/96/edit/#_ftn1",
    "http://localhost/desk/pages/96/edit/#_ftn1",
    "clip.htm#_ftn1",
    "?page=2",
    "file:///C:/Users/nell/clip.htm",
    "about:blank#_ftn1",
    "applewebdata://5E1B0C6A/#_ftn1",
    "javascript:alert(1)",
    "https://www.google.com/url?q=%23_ftn1",
    "https://www.google.com/url?sa=D",
    "http://[broken/",
]


@pytest.mark.parametrize(("url", "address"), LEADS_SOMEWHERE.items())
def test_a_link_is_kept_without_what_wraps_it(url, address):
    assert leads_to(url) == address


@pytest.mark.parametrize("url", LEADS_NOWHERE)
def test_a_link_into_a_file_or_the_desk_leads_nowhere(url):
    assert leads_to(url) == ""


def block(text: str, kind: str = "unstyled", *links: tuple[int, int, int]) -> dict[str, object]:
    ranges = [{"offset": offset, "length": length, "key": key} for offset, length, key in links]
    return {
        "key": "k0001",
        "text": text,
        "type": kind,
        "depth": 0,
        "inlineStyleRanges": [],
        "entityRanges": ranges,
    }


def link(url: str) -> dict[str, object]:
    return {"type": "LINK", "mutability": "MUTABLE", "data": {"url": url}}


PASTED = {
    "blocks": [
        block("The harbour", "header-one"),
        block("\u00a0"),
        block("The tide went out.[1] See the tables.", "unstyled", (18, 3, 0), (26, 10, 1)),
        block("", "unordered-list-item"),
        block("What was left", "header-two"),
        block("[1] Measured at noon.", "unstyled", (0, 3, 2)),
    ],
    "entityMap": {
        "0": link("http://localhost/desk/pages/96/edit/#_ftn1"),
        "1": link("https://www.google.com/url?q=https://tides.example/tables&sa=D"),
        "2": link("#_ftnref1"),
    },
}


def test_text_that_is_saved_keeps_a_footnote_as_text_and_headings_as_headings(magazine: Magazine, carla):
    edit(signed_in(carla), magazine.draft, body=body(("text", json.dumps(PASTED))))
    saved = Article.objects.get(pk=magazine.draft.pk).get_latest_revision_as_object().body[0].value.source
    assert saved.count("<h3") == 2
    assert saved.count("<p") == 2
    assert saved.count("<a ") == 1
    assert '<a href="https://tides.example/tables">the tables</a>' in saved
    for words in ("The harbour", "went out.[1] See", "What was left", "[1] Measured at noon."):
        assert words in saved
    for gone in ("/desk/", "_ftn", "google", "\u00a0"):
        assert gone not in saved


def test_links_to_pages_of_the_magazine_and_empty_text_stay_as_they_are():
    page = {"type": "LINK", "mutability": "MUTABLE", "data": {"id": 7, "url": "/world/", "parentId": 2}}
    text = {"blocks": [block("Reef", "unstyled", (0, 4, 0))], "entityMap": {"0": page}}
    assert cleaned(text) == text
    empty = {"blocks": [block("")], "entityMap": {}}
    assert cleaned(empty) == empty
    assert cleaned(None) is None
