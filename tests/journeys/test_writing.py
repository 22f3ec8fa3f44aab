"""What an author meets in the editor: the checks, and text that comes from other programs."""

import re
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from broadsheet.editorial.models import Article, Picture, Section
from tests.journeys.conftest import Piece, sign_in
from tests.journeys.test_newsroom import do

type OpenWindow = Callable[..., Page]


@pytest.fixture
def new_article(rows: None) -> str:
    """The address of an empty article in the American World section."""
    world = Section.objects.get(slug="world", locale__language_code="en-us")
    return f"/desk/pages/add/editorial/article/{world.pk}/"


def test_staff_go_from_an_article_to_its_editor_where_the_checks_count_its_words(
    open_window: OpenWindow, pieces: list[Piece]
) -> None:
    carla = open_window()
    sign_in(carla, "editor@meridian.example")
    carla.goto("/desk/")
    carla.goto(pieces[0].path)
    carla.get_by_role("button", name="View Wagtail quick actions").click()
    carla.get_by_role("menuitem", name="Edit this page").click()
    expect(carla.locator("#id_title")).to_have_value(pieces[0].headline)

    article = Article.objects.get(title=pieces[0].headline, locale__language_code="en-us", alias_of=None)
    body_words = len(" ".join(block.render() for block in article.body).split())
    for _ in range(2):
        carla.get_by_role("button", name="Toggle checks").click()
        checks = carla.locator("[data-side-panel=checks]")
        words = checks.locator("[data-content-word-count]")
        expect(words).to_have_text(re.compile(r"^\d{3,}$"))
        assert 100 < int(words.inner_text()) < 2 * body_words
        expect(checks.locator("[data-content-reading-time]")).to_have_text(re.compile(r"^\d+ mins?$"))
        expect(checks.locator("[data-content-readability-score]")).to_have_text(
            re.compile("Good|Fair|Complex")
        )
        expect(checks.locator("[data-content-checker-count]")).to_have_text("0")
        carla.get_by_role("button", name="Toggle preview").click()
        preview = carla.frame_locator("#w-preview-iframe")
        expect(preview.get_by_role("heading", name=pieces[0].headline)).to_be_visible()
        carla.go_back()
        expect(carla.get_by_role("heading", name=pieces[0].headline)).to_be_visible()
        carla.go_forward()
        expect(carla.locator("#id_title")).to_have_value(pieces[0].headline)


def test_what_has_no_headline_yet_is_not_sent_and_what_has_one_is_saved(
    desktop: Page, new_article: str
) -> None:
    refused: list[str] = []
    desktop.on("response", lambda answer: refused.append(answer.url) if answer.status >= 400 else None)
    sign_in(desktop, "editor@meridian.example")
    desktop.goto(new_article)
    standfirst = desktop.get_by_role("textbox", name="Standfirst")
    paused = desktop.get_by_text("Autosave is paused").first
    # What is typed while the editor loads is no change to it.
    for word in ["What", "is", "known", "so", "far", "of", "the", "tide"]:
        standfirst.press_sequentially(f"{word} ")
        with suppress(AssertionError):
            expect(paused).to_be_visible(timeout=5_000)
            break
    expect(paused).to_be_visible()
    desktop.get_by_role("textbox", name="Headline").press_sequentially("The tide at noon")
    expect(desktop).to_have_url(re.compile(r"/desk/pages/\d+/edit/"))
    assert refused == []


def noise(folder: Path, name: str) -> Path:
    """A picture that is nowhere yet."""
    path = folder / f"{name}.png"
    Image.effect_noise((320, 200), 40 + len(name)).save(path)
    return path


def test_a_reporter_uploads_pictures_with_one_credit_and_chooses_them_for_a_gallery_at_once(
    desktop: Page, new_article: str, tmp_path: Path
) -> None:
    dev = desktop
    sign_in(dev, "reporter@meridian.example")
    dev.goto("/desk/images/multiple/add/")
    names = ["ebb", "flood", "neap tide"]
    dev.get_by_label("Credit for all").fill("Photograph: Dev Patel")
    dev.locator("#fileupload").set_input_files([noise(tmp_path, name) for name in names])
    uploads = dev.locator("#upload-list form")
    expect(uploads).to_have_count(3)
    for number, name in enumerate(names):
        expect(uploads.nth(number).get_by_label("Credit", exact=True)).to_have_value("Photograph: Dev Patel")
        uploads.nth(number).get_by_label("Description").fill(f"The {name}")
    uploads.nth(2).get_by_label("Credit", exact=True).fill("Photograph: Nell Harrow")
    dev.get_by_label("Credit for all").fill("Photograph: D. Patel")
    dev.route(re.compile(r"/desk/images/multiple/\d+/$"), lambda route: route.abort(), times=1)
    dev.get_by_role("button", name="Save all").click()
    expect(dev.get_by_text("words were not saved")).to_be_visible()
    expect(uploads).to_have_count(1)
    uploads.get_by_role("button", name="Update").click()
    expect(uploads).to_have_count(0)
    saved = Picture.objects.filter(title__in=names).order_by("title").values_list("description", "credit")
    assert list(saved) == [
        ("The ebb", "Photograph: D. Patel"),
        ("The flood", "Photograph: D. Patel"),
        ("The neap tide", "Photograph: Nell Harrow"),
    ]

    dev.goto(new_article)
    dev.locator("#id_title").fill("Three tides")
    body = dev.get_by_role("region", name="Body")
    body.get_by_role("button", name="Insert a block").last.click()
    dev.get_by_role("option", name="Gallery").click()
    dev.get_by_role("button", name="Choose several pictures").click()
    dialog = dev.get_by_role("dialog")
    for name in names:
        dialog.get_by_role("listitem").filter(has_text=name).get_by_role("checkbox").check()
    dialog.get_by_role("button", name="Confirm selection").first.click()
    expect(body.locator("[data-chooser-image]:visible")).to_have_count(3)
    do(dev, "Save draft")
    expect(dev.get_by_role("main").get_by_role("status").first).to_contain_text("Three tides")
    article = Article.objects.get(title="Three tides").get_latest_revision_as_object()
    (gallery,) = [block for block in article.body if block.block_type == "gallery"]
    assert sorted(picture["image"].title for picture in gallery.value["pictures"]) == names


PASTED = Path(__file__).parent.parent / "desk/newsroom/pasted"
PASTE = """(editor, html) => {
  const clipboardData = new DataTransfer();
  clipboardData.setData("text/html", html);
  clipboardData.setData("text/plain", "The harbour");
  editor.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
}"""


def paste(page: Page, new_article: str, headline: str, html: str) -> None:
    page.goto(new_article)
    page.locator("#id_title").fill(headline)
    body = page.get_by_role("region", name="Body")
    body.locator("[contenteditable=true]").press_sequentially("Noon. ")
    body.locator("[contenteditable=true]").evaluate(PASTE, html)


def saved(page: Page, headline: str) -> Article:
    do(page, "Save draft")
    expect(page.get_by_role("main").get_by_role("status").first).to_contain_text(headline)
    return Article.objects.get(title=headline).get_latest_revision_as_object()


def test_text_from_word_processors_comes_clean_with_its_headings_lists_notes_and_tables(
    desktop: Page, new_article: str
) -> None:
    dev = desktop
    sign_in(dev, "reporter@meridian.example")
    for program in ("word", "google-docs", "libreoffice", "pages", "outlook"):
        paste(dev, new_article, f"Pasted from {program}", (PASTED / f"{program}.html").read_text())
        expect(dev.locator("#body-0-value")).to_have_value(re.compile("A bell"))
        expect(dev.locator("#body-2-value")).to_have_value(re.compile("Measured at noon"))
        before, table, after = saved(dev, f"Pasted from {program}").body
        html = re.sub(r' data-block-key="\w+"', "", before.value.source)
        assert html == (
            "<p>Noon. The harbour</p>"
            '<p>The tide <b>went</b> out.[1] See <a href="https://tides.example/tables">the tables</a>.</p>'
            "<h3>What was left</h3><ul><li>A boot</li><li>A bell</li></ul>"
        ), program
        assert [column["heading"] for column in table.value["table"].columns] == ["Port", "Depth"]
        assert [[cell.value for cell in row] for row in table.value["table"].rows] == [["Halden", "4 m"]]
        html = re.sub(r' data-block-key="\w+"', "", after.value.source)
        assert html == "<p>Nobody spoke.</p><p>[1] Measured at noon.</p>", program


def test_text_from_word_and_docs_on_the_web_keeps_headings_and_no_empty_lines(
    desktop: Page, new_article: str
) -> None:
    dev = desktop
    sign_in(dev, "reporter@meridian.example")
    endings = {
        "office-com-headings": "Heading four",
        "office-com-text-formats": "highlight",
        "google-docs-empty-paragraphs": "End of the article",
    }
    for program, ending in endings.items():
        paste(dev, new_article, f"Pasted from {program}", (PASTED / f"{program}.html").read_text())
        expect(dev.locator("#body-0-value")).to_have_value(re.compile(ending))
        (text,) = saved(dev, f"Pasted from {program}").body
        assert not re.search(r"<(p|h3|li)[^>]*>\s*</", text.value.source)
        if program != "office-com-text-formats":
            assert "<h3" in text.value.source


def lies_over(upper: Locator, lower: Locator) -> bool:
    one, other = upper.bounding_box(), lower.bounding_box()
    assert one
    assert other
    return (
        one["x"] < other["x"] + other["width"]
        and other["x"] < one["x"] + one["width"]
        and one["y"] < other["y"] + other["height"]
        and other["y"] < one["y"] + one["height"]
    )


def test_a_pasted_headline_is_not_cut_and_a_date_picker_covers_no_button(
    desktop: Page, new_article: str
) -> None:
    carla = desktop
    sign_in(carla, "editor@meridian.example")
    carla.goto(new_article)
    headline = carla.locator("#id_title")
    headline.click()
    carla.keyboard.insert_text("The tide " * 40)
    expect(headline).to_have_value("The tide " * 40)
    do(carla, "Save draft")
    expect(carla.get_by_text("at most 255 characters (it has 359)")).to_be_visible()
    expect(headline).to_have_value(re.compile("^(The tide ?){40}$"))
    headline.fill("The tide")

    carla.get_by_role("button", name="Toggle status").click()
    carla.get_by_role("button", name="Set schedule").click()
    picker = carla.locator(".xdsoft_datetimepicker:visible")
    save = carla.get_by_role("button", name="Save schedule")
    for field in ("#id_go_live_at", "#id_expire_at"):
        carla.locator(field).click()
        expect(
            carla.locator(f"{field} ~ .xdsoft_datetimepicker").get_by_text("Sun", exact=True)
        ).to_be_visible()
        expect(picker).to_have_count(1)
        assert not lies_over(picker, save)
    save.click()
    expect(save).to_be_hidden()
