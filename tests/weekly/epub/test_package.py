from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

from broadsheet.weekly.content import Amendment, Issue
from broadsheet.weekly.epub import write
from tests.weekly.epub.made import Originals, issue, whole
from tests.weekly.epub.reading import NAMES, Opened, found, words


def test_it_is_known_by_its_first_bytes(whole_file: Path) -> None:
    begins = whole_file.read_bytes()[:58]
    assert begins[30:58] == b"mimetypeapplication/epub+zip"
    assert begins[8:10] == b"\0\0"  # stored


def test_the_same_issue_gives_the_same_bytes(whole_file: Path, tmp_path: Path) -> None:
    again = write(whole(), Originals(tmp_path))
    assert again.read_bytes() == whole_file.read_bytes()
    again.unlink()


def test_it_says_who_can_read_it(opened: Opened) -> None:
    assert opened.meta("schema:accessMode") == ["textual", "visual"]
    assert opened.meta("schema:accessModeSufficient") == ["textual,visual", "textual"]
    assert {"tableOfContents", "alternativeText", "readingOrder"} <= set(
        opened.meta("schema:accessibilityFeature")
    )
    assert opened.meta("schema:accessibilityHazard") == ["none"]
    assert "notes that lead back" in opened.meta("schema:accessibilitySummary")[0]
    assert opened.meta("dcterms:conformsTo") == ["EPUB Accessibility 1.1 - WCAG 2.2 Level AA"]
    assert opened.meta("a11y:certifiedBy") == ["Meridian Press Ltd"]


def test_it_says_what_it_is_and_which_of_a_series(opened: Opened) -> None:
    told = {
        name: [str(e.text) for e in found(opened.package, f"//dc:{name}")] for name in ("title", "language")
    }
    assert told == {"title": ["The Meridian, No. 12, 14 to 20 November 2026"], "language": ["en-gb"]}
    assert opened.meta("belongs-to-collection") == ["The Meridian"]
    assert opened.meta("collection-type") == ["series"]
    assert opened.meta("group-position") == ["12"]
    assert opened.meta("dcterms:modified") == ["2026-11-20T05:00:00Z"]


def test_a_later_correction_is_a_later_version(made: Callable[[Issue], Opened]) -> None:
    corrected = issue(amendments=(Amendment("Correction", date(2026, 11, 23), "It was Tuesday."),))
    assert made(corrected).meta("dcterms:modified") == ["2026-11-23T00:00:00Z"]


def test_it_is_read_from_the_cover_to_the_last_page(opened: Opened) -> None:
    assert opened.order == [
        "cover.xhtml",
        "contents.xhtml",
        "note.xhtml",
        "a1.xhtml",
        "a2.xhtml",
        "a3.xhtml",
        "letters-3.xhtml",
        "numbers-4.xhtml",
        "colophon.xhtml",
    ]


def test_all_that_is_in_it_is_listed(opened: Opened) -> None:
    listed = {f"EPUB/{item.get('href')}" for item in opened.package.iter(f"{{{NAMES['opf']}}}item")}
    assert listed | {"mimetype", "META-INF/container.xml", "EPUB/package.opf"} == set(opened.files)


def test_one_finds_ones_way_by_departments(opened: Opened) -> None:
    nav = opened.document("nav")
    assert [words(e) for e in found(nav, "//h:nav[@epub:type='toc']/h:ol/h:li/*[1]")] == [
        "Cover",
        "Contents",
        "From the editor",
        "World",
        "Ideas",
        "Letters",
        "The week in numbers",
        "About this issue",
    ]
    assert [words(e) for e in found(nav, "//h:nav[@epub:type='toc']//h:ol//h:ol/h:li[1]")] == [
        "A truce at the strait",
        "Rules & <em>exceptions</em>, 🎈 and a headline that runs on and on",
    ]
    landmarks = found(nav, "//h:nav[@epub:type='landmarks']//h:a")
    assert [(e.get(f"{{{NAMES['epub']}}}type"), e.get("href")) for e in landmarks] == [
        ("cover", "cover.xhtml"),
        ("toc", "contents.xhtml"),
        ("bodymatter", "note.xhtml"),
        ("colophon", "colophon.xhtml"),
    ]


def test_the_cover_is_named_as_one(opened: Opened) -> None:
    (item,) = found(opened.package, "//opf:item[@properties='cover-image']")
    assert item.get("href") == "images/picture-1.jpg"
    (image,) = found(opened.document("cover"), "//h:img")
    assert image.get("alt") == "Cranes over the harbour at dawn"
    assert "Nadia Osei / Tidewater Pictures" in words(opened.document("cover"))


def test_an_issue_without_a_cover_has_one_in_type(made: Callable[[Issue], Opened]) -> None:
    opened = made(issue())
    assert not found(opened.package, "//opf:item[@properties='cover-image']")
    cover = opened.document("cover")
    assert not found(cover, "//h:img")
    assert [words(line) for line in found(cover, "//h:ul[@class='lines set']/h:li")] == [
        "A truce at the strait",
        "Who pays for the tide?",
    ]
    assert opened.meta("schema:accessMode") == ["textual"]


def test_it_has_the_language_and_direction_of_its_edition(made: Callable[[Issue], Opened]) -> None:
    opened = made(replace(issue(), language="ar", edition="ar", direction="rtl", title="العدد 12"))
    (spine,) = found(opened.package, "//opf:spine")
    assert spine.get("page-progression-direction") == "rtl"
    for name in ("nav", "cover", "contents", "a1", "colophon"):
        root = opened.document(name)
        assert (root.get("lang"), root.get("dir")) == ("ar", "rtl")
        assert root.get("{http://www.w3.org/XML/1998/namespace}lang") == "ar"


def test_it_speaks_the_language_of_its_edition(made: Callable[[Issue], Opened]) -> None:
    opened = made(replace(issue(), language="de", edition="de"))
    assert "18. November 2026" in words(opened.document("a1"))
    assert "Quellen" not in words(opened.document("a1"))


def test_an_issue_of_nothing_can_still_be_opened(made: Callable[[Issue], Opened]) -> None:
    assert made(replace(issue(), departments=())).order == ["cover.xhtml", "contents.xhtml", "colophon.xhtml"]


def test_control_characters_do_not_get_in(made: Callable[[Issue], Opened]) -> None:
    opened = made(replace(issue(), magazine="The\x0b Meridian", departments=()))
    assert opened.meta("belongs-to-collection") == ["The Meridian"]
