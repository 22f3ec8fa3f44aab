from collections.abc import Callable
from dataclasses import replace

import pytest

from broadsheet.weekly.content import Department, Issue, Reference
from broadsheet.weekly.epub import write
from broadsheet.weekly.files.makers import NotMade
from tests.weekly.epub.made import DRAWING, PICTURE, WIDE, Originals, issue, piece
from tests.weekly.epub.reading import Opened, found, words
from tests.weekly.handmade import paragraphs

type Make = Callable[[Issue], Opened]


def of(body: str, **fields: object) -> Issue:
    return issue(Department("World", (piece(body=body, **fields), piece("a2"))))


def test_a_mark_leads_to_its_source_and_back(opened: Opened) -> None:
    page = opened.document("a1")
    marks = found(page, "//h:a[@epub:type='noteref']")
    assert [(mark.get("href"), mark.get("id")) for mark in marks] == [
        ("#ref-1", "mark-1-1"),
        ("#ref-3", "mark-3-1"),
        ("#ref-1", "mark-1-2"),
        ("#ref-3", "mark-3-2"),
    ]
    first, third = found(page, "//h:section[@epub:type='endnotes']//h:li")
    assert (first.get("id"), first.get("value"), third.get("id")) == ("ref-1", "1", "ref-3")
    assert words(first).startswith("Tolls of the strait, Harbour Office, May 2026")
    assert [a.get("href") for a in found(first, "h:a")] == [
        "https://harbour.example/tolls?a=1&b=2",
        "#mark-1-1",
        "#mark-1-2",
    ]
    assert words(third).startswith("A day’s count, 18 November 2026")


def test_a_source_that_no_mark_names_leads_nowhere(made: Make) -> None:
    opened = made(of("<p>Short.</p>", references=(Reference(2, "", "Wire", "https://wire.example/", ""),)))
    (source,) = found(opened.document("a1"), "//h:section[@epub:type='endnotes']//h:li")
    assert words(source) == "Wire"


def test_links_lead_within_the_issue_where_they_can(opened: Opened) -> None:
    body = opened.document("a1")
    addresses = [a.get("href") for a in found(body, "//h:p/h:a[not(@class)]")]
    assert addresses == ["a2.xhtml", "https://elsewhere.example/a%20b?q=%E2%80%9Cx%E2%80%9D"]
    assert "A link to nothing." in words(body)
    assert [a.get("href") for a in found(opened.document("note"), "//h:a")] == ["a1.xhtml"]


def test_a_piece_of_20_000_words_is_there_to_its_end(made: Make) -> None:
    page = words(made(of(paragraphs(340) + "<p>These are the last words.</p>")).document("a1"))
    assert len(page.split()) > 20_000
    assert "These are the last words." in page


def test_pictures_have_a_text_and_a_credit(opened: Opened) -> None:
    page = opened.document("a1")
    assert [(e.get("src"), e.get("alt"), e.get("width")) for e in found(page, "//h:img")] == [
        ("images/picture-1.jpg", PICTURE.alt, "1600"),
        ("images/picture-2.png", DRAWING.alt, "800"),
    ]
    assert "Nadia Osei / Tidewater Pictures" in words(page)


def test_a_picture_without_a_credit_says_so(made: Make) -> None:
    opened = made(replace(of("", picture=DRAWING), images=(DRAWING,)))
    assert words(found(opened.document("a1"), "//h:figcaption")[0]) == "Credit unknown"


def test_a_wide_table_can_be_moved_by_keyboard(made: Make) -> None:
    opened = made(of(WIDE))
    (frame,) = found(opened.document("a1"), "//h:div[h:table]")
    assert (frame.get("tabindex"), frame.get("role"), frame.get("aria-label")) == (
        "0",
        "region",
        "Tolls by month",
    )


def test_words_of_another_direction_keep_it(opened: Opened) -> None:
    (quoted,) = found(opened.document("a1"), "//h:blockquote[@dir='rtl']")
    assert quoted.get("{http://www.w3.org/XML/1998/namespace}lang") == "ar"


def test_asides_can_be_told_apart(made: Make) -> None:
    aside = '<aside class="term"><h2>Contested term: toll</h2><p>Who says it.</p></aside>'
    opened = made(of(f'{aside}<aside class="pull-quote"><p>Again.</p></aside>'))
    term, quote = found(opened.document("a1"), "//h:aside")
    assert (term.get("aria-label"), term.get("role")) == ("Contested term: toll", None)
    assert (quote.get("aria-label"), quote.get("role")) == (None, "doc-pullquote")


def test_a_chart_is_a_drawing_and_a_table(opened: Opened) -> None:
    for name in ("a1", "numbers-4"):
        assert found(opened.document(name), "//svg:svg/svg:title")
        assert found(opened.document(name), "//h:td")
        assert not found(opened.document(name), "//svg:rect[@class='plot-place']")
    properties = found(opened.package, "//opf:item[@properties='svg']")
    assert [item.get("href") for item in properties] == ["a1.xhtml", "numbers-4.xhtml"]


def test_what_is_shortened_says_where_all_of_it_is(opened: Opened) -> None:
    for name in ("a2", "a3"):
        assert "The whole article is on the website of The Meridian." in words(opened.document(name))
    assert "whole article" not in words(opened.document("a1"))


def test_text_that_people_type_is_text(opened: Opened) -> None:
    assert "Rules & <em>exceptions</em>, 🎈" in words(opened.document("a3"))
    letters = words(opened.document("letters-3"))
    assert "It is <not> so." in letters
    assert "On “A truce at the strait”" in letters
    assert "R. Amsel, Aldmouth" in letters


def test_corrections_methods_and_amendments_are_told(opened: Opened) -> None:
    page = words(opened.document("a1"))
    assert "Correction, 19 Nov 2026: The strait is 34 miles long, not 43." in page
    assert "Reported on the spot We spoke with nine captains. Two of them" in page
    assert "A city counts itself Correction, 16 Nov 2026: Aldmouth has 90,000" in words(
        opened.document("colophon")
    )


def test_a_very_long_piece_is_set(made: Make) -> None:
    paragraph = "<p>" + "The strait opened again and the ships went through it. " * 20 + "</p>"
    opened = made(of(paragraph * 100))
    assert len(words(opened.document("a1")).split()) > 20_000


def test_an_id_stands_once_in_a_document(made: Make) -> None:
    opened = made(of('<h2 id="one">1</h2><h2 id="one">2</h2><p id="a b"><a href="#one">up</a></p>'))
    body = opened.document("a1")
    assert [e.get("id") for e in found(body, "//h:h2")] == ["one", None]
    assert [e.get("href") for e in found(body, "//h:p/h:a")] == ["#one"]


def test_what_is_taken_out_leaves_its_words_in_order(made: Make) -> None:
    opened = made(of('<p>a<a href="#x">b<i>c</i>d</a>e<a href="javascript:x">f</a>g<img src="y"/>h</p>'))
    assert "abcdefgh" in words(opened.document("a1"))
    assert not found(opened.document("a1"), "//h:p/h:a | //h:p/h:img")


def test_a_body_that_is_no_xml_is_named(tmp_path) -> None:
    with pytest.raises(NotMade, match="text of the article") as caught:
        write(of("<p>open"), Originals(tmp_path))
    assert caught.value.article == 1
