"""Issues as PDF, read again by another program."""

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from pypdf import PageObject, PdfReader
from pypdf.generic import DictionaryObject

from broadsheet.weekly.content import Department, Issue
from broadsheet.weekly.pdf import Form, NotStampable, Printed, PrintingError, stamp, write
from broadsheet.weekly.pdf.numbers import pages_of
from tests.weekly.handmade import handmade, originals, paragraphs, picture, piece

pytestmark = pytest.mark.sqlite


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("weekly-pdf")


@pytest.fixture(scope="module")
def a4(folder: Path) -> Printed:
    return write(handmade(), originals(folder), Form.A4, folder / "a4.pdf")


@pytest.fixture(scope="module")
def phone(folder: Path) -> Printed:
    return write(handmade(), originals(folder), Form.PHONE, folder / "phone.pdf")


@pytest.fixture(scope="module")
def words(a4: Printed) -> str:
    return text_of(a4)


def text_of(printed: Printed) -> str:
    """All that is on the pages in reading order, with one space wherever there is any."""
    return " ".join(" ".join(page.extract_text() for page in PdfReader(printed.file).pages).split())


def root(printed: Printed) -> Any:
    return PdfReader(printed.file).trailer["/Root"].get_object()


def titles(items: object) -> Iterator[str]:
    for item in items if isinstance(items, list) else []:
        yield from titles(item) if isinstance(item, list) else [str(item.title)]


def structure(printed: Printed) -> list[DictionaryObject]:
    """The elements of the tagged PDF, in reading order."""
    found: list[DictionaryObject] = []

    def walk(element: object) -> None:
        if isinstance(element, DictionaryObject):
            if "/S" in element:
                found.append(element)
            kids = element.get("/K")
            resolved = kids.get_object() if kids is not None else None
            for kid in resolved if isinstance(resolved, list) else [resolved]:
                walk(kid.get_object() if kid is not None else None)

    walk(root(printed)["/StructTreeRoot"])
    return found


def placed(page: PageObject) -> list[tuple[str, float, float]]:
    """What stands on the page in pieces of one line, with how far from its left and its lower edge."""
    found: list[tuple[str, float, float]] = []

    def note(words: str, cm: list[float], tm: list[float], *_font: object) -> None:
        if words.strip():
            x, y = tm[4], tm[5]
            found.append((words.strip(), cm[0] * x + cm[2] * y + cm[4], cm[1] * x + cm[3] * y + cm[5]))

    page.extract_text(visitor_text=note)
    return found


def alone(body: str, number: int = 7) -> Issue:
    """An issue of two articles, of which the second has this body."""
    pieces = (piece(1, "Calm", "<p>Nothing happens here.</p>"), piece(number, "Trouble", body))
    return handmade(cover=None, departments=(Department("World", pieces),), note="", amendments=())


def test_text_stands_in_reading_order(words: str) -> None:
    expected = [
        "The Meridian",
        "A quay for sale",
        "Contents",
        "From the editor",
        "this week we went to the sea",
        "The last wall mended by hand",
        "A wall is mended by hand",
        "By Eleanor Vance",
        "has stood",
        "How it is mended",
        "It would be the machine’s wall",
        "Tom Bryce, mason",
        "Two masons are left",
        "And that is all",
        "Sources",
        "We spoke to both masons",
        "The wall is 400 metres long, not 300",
        "Lights out at the pier",
        "What the tide took",
        "I read it all",
        "Bo Lind",
        "How the week went",
        "The seals are back",
        "A ferry has two decks",
        "This copy was made for reader no.",
    ]
    at = 0
    for part in expected:
        assert part in words[at:], part
        at = words.index(part, at)


def test_what_looks_like_commands_is_text(words: str) -> None:
    assert "#set text(fill: red) is not a command, nor are $x^2$, *stars* and @labels." in words


def test_sources_have_their_numbers_and_addresses(words: str) -> None:
    assert re.search(r"1 Minutes of the parish, St Ives Archive, 1911\. archive\.example/parish/1911/", words)
    assert "2 How many stones, Harbour office, May 2026" in words


def test_it_is_tagged_with_language_title_and_bookmarks(a4: Printed) -> None:
    reader = PdfReader(a4.file)
    catalogue = root(a4)
    assert catalogue["/MarkInfo"]["/Marked"]
    assert catalogue["/Lang"] == "en-US"
    assert reader.metadata is not None
    assert reader.metadata.title == "The Meridian, No. 12, November 14 to 20, 2026"
    assert b"<pdfuaid:part>1</pdfuaid:part>" in catalogue["/Metadata"].get_data()
    marks = list(titles(reader.outline))
    assert (
        marks.index("World") < marks.index("The last wall mended by hand") < marks.index("How it is mended")
    )
    assert {"Contents", "From the editor", "Letters", "The week in numbers", "Good news"} <= set(marks)


def test_pictures_and_charts_are_told_and_ornaments_are_not(a4: Printed) -> None:
    told = [str(element["/Alt"]) for element in structure(a4) if "/Alt" in element]
    assert "The sea wall at low tide, picture 1" in told
    assert "Stones in a row" in told
    assert any(alt.startswith("Ferries a day. From Mon to Sun.") for alt in told)


def test_headings_go_down_one_step_at_a_time(a4: Printed) -> None:
    levels = [
        int(str(element["/S"])[2:]) for element in structure(a4) if re.fullmatch(r"/H\d", str(element["/S"]))
    ]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_tables_have_heads(a4: Printed) -> None:
    kinds = [str(element["/S"]) for element in structure(a4)]
    assert kinds.count("/Table") >= 2
    assert "/TH" in kinds


def test_pages_have_the_size_of_their_form(a4: Printed, phone: Printed) -> None:
    for printed, (width, height) in ((a4, (210, 297)), (phone, (90, 160))):
        box = PdfReader(printed.file).pages[0].mediabox
        assert round(float(box.width) / 72 * 25.4) == width
        assert round(float(box.height) / 72 * 25.4) == height


def test_letters_that_no_face_has_are_told_and_all_others_are_printed(a4: Printed, phone: Printed) -> None:
    assert set(a4.unprintable) == set("東京") == set(phone.unprintable)


def test_pages_are_told(a4: Printed) -> None:
    assert a4.pages == len(PdfReader(a4.file).pages) == pages_of(a4.file)


def test_a_phone_has_all_of_the_text(phone: Printed) -> None:
    words = text_of(phone)
    assert "And that is all." in words
    assert "Bo Lind" in words


def test_an_opener_stays_above_its_page_s_foot(folder: Path) -> None:
    said = "The treaty was signed, obeyed and tightened, and the sky is mending. Few read its small print. "
    lead = piece(
        1,
        "The hole that closed, at last",
        paragraphs(40),
        picture=picture(2, 1600, 1400),
        standfirst=said * 3,
    )
    one = handmade(cover=None, departments=(Department("World", (lead,)),), note="", amendments=())
    printed = write(one, originals(folder), Form.PHONE, folder / "opener.pdf")
    opener = next(page for page in PdfReader(printed.file).pages if "HARBOURS" in page.extract_text())
    lines = placed(opener)
    standfirst = min(y for words, _x, y in lines if "print" in words)
    byline = next(y for words, _x, y in lines if words.startswith("By Eleanor"))
    folio = next(y for words, _x, y in lines if words.startswith("The Meridian"))
    assert standfirst > byline > folio + 10


def test_columns_of_a_narrow_page_do_not_run_into_one_another(folder: Path) -> None:
    head = "<th>Round</th><th>Year</th><th>Capacity, MW</th><th>Guaranteed price, £ per MWh</th>"
    row = "<th>AR44</th><td>2022</td><td>41</td><td>178.54</td>"
    table = f"<table><thead><tr>{head}</tr></thead><tbody><tr>{row}</tr></tbody></table>"
    printed = write(alone(table), originals(folder), Form.PHONE, folder / "columns.pdf")
    page = next(page for page in PdfReader(printed.file).pages if "AR44" in page.extract_text())
    at = {words: x for words, x, _y in placed(page)}
    assert at["2022"] - at["AR44"] > 20


def test_a_sound_is_where_paper_can_name_it(folder: Path) -> None:
    address = piece(7, "").url
    link = f'<a href="{address}" rel="external">Listen on our website</a>'
    body = f'<section class="audio"><p><b>The bell</b> {link}</p></section>'
    printed = write(alone(body), originals(folder), Form.A4, folder / "sound.pdf")
    assert f"Listen on our website: {address.removeprefix('https://')}" in text_of(printed)


def test_the_reader_s_number_is_on_the_cover_and_at_the_end(a4: Printed, folder: Path) -> None:
    stamped = folder / "stamped.pdf"
    stamped.write_bytes(b"".join(stamp(a4.file, "4711")))
    pages = PdfReader(stamped, strict=True).pages
    assert "0000004711" in pages[0].extract_text()
    assert "made for reader no. 0000004711." in " ".join(pages[-1].extract_text().split())
    kept = PdfReader(a4.file).pages
    assert [page.extract_text() for page in pages][1:-1] == [page.extract_text() for page in kept][1:-1]
    assert sum(old != new for old, new in zip(a4.file.read_bytes(), stamped.read_bytes(), strict=True)) <= 20


@pytest.mark.parametrize("number", ["", "12345678901", "12a", "-5", "١٢"])
def test_no_other_number_is_stamped(a4: Printed, number: str) -> None:
    with pytest.raises(NotStampable):
        stamp(a4.file, number)


def test_a_file_of_others_is_not_stamped(folder: Path) -> None:
    other = folder / "other.pdf"
    other.write_bytes(b"%PDF-1.7\n%%EOF\n")
    with pytest.raises(NotStampable):
        stamp(other, "1")


def test_what_is_cut_of_a_picture_keeps_its_focus_in_sight(folder: Path) -> None:
    left, right = 0.85, 0.98
    wide = picture(8, 1600, 900, focus=(left, 0.1, right, 0.4))
    issue = handmade(cover=wide, images=(wide,), departments=(), note="", amendments=())
    page = PdfReader(write(issue, originals(folder), Form.PHONE, folder / "focus.pdf").file).pages[0]
    places: list[tuple[float, float]] = []

    def see(operator: bytes, operands: Any, matrix: list[float], text: Any) -> None:
        if operator == b"Do":
            places.append((matrix[4], matrix[0]))

    page.extract_text(visitor_operand_before=see)
    begins, width = max(places, key=lambda place: place[1])
    seen = float(page.mediabox.width)
    assert width > 1.5 * seen, "it is cut"
    bleed = 3
    assert begins + left * width >= -bleed
    assert begins + right * width <= seen + bleed


def test_a_piece_of_20_000_words_is_printed_to_its_end(folder: Path) -> None:
    issue = alone(paragraphs(340) + "<p>These are the last words.</p>")
    words = text_of(write(issue, originals(folder), Form.A4, folder / "long.pdf"))
    assert len(words.split()) > 20_000
    assert "340. " in words
    assert "These are the last words." in words


def test_the_same_issue_gives_the_same_bytes(folder: Path) -> None:
    issue = alone("<p>Something.</p>")
    first, second = (write(issue, originals(folder), Form.PHONE, folder / f"same-{n}.pdf") for n in range(2))
    assert first.file.read_bytes() == second.file.read_bytes()


def test_a_text_that_is_no_xhtml_is_named(folder: Path) -> None:
    with pytest.raises(PrintingError, match="can’t be read") as raised:
        write(alone("<p>Open <b>for ever</p>"), originals(folder), Form.A4, folder / "never.pdf")
    assert raised.value.article == 107
    assert not (folder / "never.pdf").exists()


def test_a_picture_that_is_none_is_named(folder: Path) -> None:
    broken = picture(9)
    (folder / broken.name).write_bytes(b"GIF89a, or not")
    issue = alone("")
    pieces = (issue.departments[0].pieces[0], replace(piece(7, "Trouble"), picture=broken))
    with pytest.raises(PrintingError, match=broken.name) as raised:
        write(
            replace(issue, departments=(Department("World", pieces),)),
            originals(folder),
            Form.PHONE,
            folder / "never.pdf",
        )
    assert raised.value.article == 107


def test_an_article_that_typst_refuses_is_named(folder: Path) -> None:
    deep = "<ul><li>" * 120 + "down here" + "</li></ul>" * 120
    with pytest.raises(PrintingError, match="can’t be set in type") as raised:
        write(alone(deep), originals(folder), Form.PHONE, folder / "never.pdf")
    assert raised.value.article == 107
    assert "recursion" in raised.value.said


def test_an_issue_without_a_cover_and_with_nothing_in_it_is_printed(folder: Path) -> None:
    empty = handmade(cover=None, cover_lines=(), departments=(), note="", amendments=(), images=())
    printed = write(empty, originals(folder), Form.LETTER, folder / "empty.pdf")
    assert "The Meridian" in text_of(printed)


def test_an_edition_that_runs_from_right_to_left_is_printed(folder: Path) -> None:
    body = "<p>البحر لا ينسى أحدا، ونحن لا ننسى البحر.</p>"
    issue = replace(alone(body), language="ar", direction="rtl", magazine="المرسى")
    printed = write(issue, originals(folder), Form.A4, folder / "arabic.pdf")
    assert printed.unprintable == ""
    assert root(printed)["/Lang"] == "ar"
