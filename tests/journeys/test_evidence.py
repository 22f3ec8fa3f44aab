"""Evidence from the editor who chooses it to the reader who looks it up, also without script."""

import re
from collections.abc import Callable
from contextlib import suppress

import pytest
from django.utils.http import urlencode
from playwright.sync_api import Locator, Page, expect

from broadsheet.editorial.models import Article, Section
from broadsheet.evidence.models import Quotation
from tests.evidence import made
from tests.journeys.conftest import go_where, sign_in

FLAGSHIP = "/world/assad-in-moscow/"
SAID = "Ultimately, it is the Syrian people alone who must have the deciding voice here."
OFFICE = "The harbour office of Ellery"
WROTE = "The water rose all night and nobody slept."


@pytest.fixture
def empty(rows: None) -> Article:
    """A draft without a body; the register has a term for it."""
    made.term("deluge")
    world = Section.objects.get(slug="world", locale__language_code="en-us")
    article = Article(title="All night", slug="all-night", locale=world.locale, live=False, access="free")
    world.add_child(instance=article)
    article.save_revision()
    return article


def press(place: Locator, key: str = "Enter") -> None:
    place.focus()
    place.press(key)


def labelled(place: Locator, label: str) -> Locator:
    """A field that may have a star for being needed."""
    return place.get_by_label(re.compile(rf"^\s*{label}\s*\*?\s*$"))


class Body:
    """An article's body in the editor, with the keyboard alone. What was inserted last stands last."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.region = page.get_by_role("region", name="Body")

    def insert(self, kind: str) -> None:
        search = self.page.get_by_role("combobox").and_(self.page.get_by_placeholder("Search options")).last
        opener = self.region.get_by_role("button", name="Insert a block").last
        press(opener)
        try:
            expect(search).to_be_visible(timeout=5_000)
        except AssertionError:  # it was pressed while the editor drew what was inserted before
            press(opener)
            expect(search).to_be_visible()
        search.focus()  # one press of Tab away, or none, where the list has taken the focus itself
        expect(search).to_be_focused()
        self.page.keyboard.type(kind)
        expect(self.page.get_by_role("option", name=kind, exact=True)).to_have_attribute(
            "aria-selected", "true"
        )
        self.page.keyboard.press("Enter")
        expect(search).to_have_count(0)

    def write(self, label: str, words: str) -> None:
        labelled(self.region, label).last.focus()
        self.page.keyboard.type(words)

    def choose(self, button: str, words: str, label: str = "") -> None:
        """The last that is not chosen yet; entered under `label` if it isn't there."""
        found = self.region.get_by_role("button", name=button, exact=True)
        press(found.and_(self.page.locator(":visible")).last)
        window = self.page.get_by_role("dialog")
        if label:
            press(window.get_by_role("tab", name="Enter a new one"))
            labelled(window, label).fill(words)
            press(window.get_by_role("button", name="Create"))
        else:
            # The window takes the focus when it has come, so that a key might go astray.
            window.get_by_role("textbox", name="Search").fill(words)
            press(window.get_by_role("link", name=words).first)
        expect(window).to_be_hidden()

    def add(self) -> None:
        """One more to the list at the end."""
        press(self.region.get_by_role("button", name="Add", exact=True).last)


def publish(page: Page) -> None:
    """By the keyboard."""
    footer = page.get_by_role("navigation", name="Actions (footer)")
    button = footer.get_by_role("button", name="Publish").and_(page.locator(":visible"))
    if not button.count():
        press(footer.get_by_role("button", name="More actions"))
        button = page.get_by_role("button", name="Publish")
    with page.expect_navigation():
        press(button)


def test_an_editor_builds_an_article_is_told_what_is_missing_mends_it_and_publishes(
    desktop: Page, open_window: Callable[..., Page], empty: Article
) -> None:
    sign_in(desktop, "editor@meridian.example")
    desktop.goto(f"/desk/pages/{empty.pk}/edit/")
    body = Body(desktop)
    body.insert("Facts box")
    body.write("Fact", "Nine boats sank.")
    body.write("As of", "2026-02-28")
    desktop.keyboard.press("Escape")
    body.choose("Choose source", OFFICE, label="Outlet")
    body.insert("Timeline")
    for when, what in (("2026-02", "The flood came."), ("2011", "The wall was built.")):
        body.write("When", when)
        body.write("What happened", what)
        body.choose("Choose source", OFFICE)
        if when == "2026-02":
            body.add()
    body.insert("Perspectives")
    body.write("The question", "Should the wall be higher?")
    for holder, held in (("The port of Ellery", "It should."), ("The town of Ellery", "It should not.")):
        body.choose("Choose speaker", holder, label="Name")
        body.write("The position, in our words", held)
        body.choose("Choose source", OFFICE)
        if "port" in holder:
            body.add()
    body.insert("Contested term")
    body.choose("Choose contested term", "deluge")
    body.insert("Further sources")
    body.choose("Choose source", "The almanac of Ellery", label="Outlet")
    body.insert("Quotation")
    body.write("Exact words", WROTE)
    body.choose("Choose speaker", "Ada Marsh of Ellery", label="Name")

    # Autosave has it: what is published while it is under way looks like another window's.
    toggle = desktop.get_by_role("button", name="Toggle what is missing")
    press(toggle)
    missing = desktop.get_by_role("link", name=re.compile("The quotation .* has no source")).first
    expect(missing).to_be_visible()
    # Wagtail does not always save by itself after a choice alone: then there is nothing to wait for.
    with suppress(AssertionError):
        expect(desktop.get_by_role("link", name=re.compile("has no speaker"))).to_have_count(0, timeout=8_000)
    publish(desktop)
    expect(desktop.get_by_text("The page could not be saved due to validation errors.")).to_be_visible()
    if not missing.is_visible():
        press(toggle)
    press(missing)
    expect(desktop).to_have_url(re.compile(r"#block-[0-9a-f-]+-section$"))
    expect(labelled(body.region, "Exact words")).to_have_value(WROTE)
    body.choose("Choose source", OFFICE)
    publish(desktop)
    expect(desktop.get_by_text("has been published.")).to_be_visible()
    row = Quotation.objects.get(page=empty)
    assert (row.text, row.source.outlet) == (WROTE, OFFICE)

    reader = open_window()
    go_where(reader, "/world/all-night/", lambda: reader.get_by_text(WROTE))
    for words in (
        "Nine boats sank.",
        "The flood came.",
        "It should not.",
        "“deluge”",
        "The almanac of Ellery",
    ):
        expect(reader.get_by_text(words).first).to_be_visible()


def test_a_reader_opens_a_source_without_script(no_script: Page) -> None:
    no_script.goto(FLAGSHIP)
    quotation = no_script.locator("figure.quotation").first
    note = quotation.locator(".mark-note").first
    expect(note).to_be_hidden()
    quotation.locator("summary").first.click()
    expect(note).to_be_visible()
    expect(note.get_by_role("link", name="Look it up")).to_have_attribute("href", re.compile("kremlin"))
    expect(no_script.locator("broadsheet-since")).to_be_empty()
    expect(no_script.locator(".since-note")).to_be_hidden()
    quotation.get_by_role("link", name="Vladimir Putin").click()
    expect(no_script.get_by_role("heading", name="Vladimir Putin")).to_be_visible()
    expect(no_script.get_by_text(SAID)).to_be_visible()


@pytest.mark.parametrize(
    ("words", "verdict"),
    [
        (SAID, "Verbatim"),
        (SAID.replace("alone", "themselves"), "Altered"),
        ("the Syrian people alone who must have the deciding voice", "Cut out of more"),
        ("Nobody ever said a thing like this to us about anything", "Not found here"),
    ],
)
def test_a_reader_checks_a_quotation_without_script(no_script: Page, words: str, verdict: str) -> None:
    no_script.goto("/check/")
    no_script.get_by_label("The words").fill(words)
    no_script.get_by_role("button", name="Check").click()
    expect(no_script.get_by_role("heading", name=verdict)).to_be_visible()
    expect(no_script.get_by_label("The words")).to_have_value(words)


def test_who_comes_back_is_shown_what_is_new_and_can_have_it_forgotten(page: Page) -> None:
    page.goto("/topics/syria/")
    new = page.locator(".new")
    expect(page.locator(".since-note")).to_contain_text("It tells nobody.")
    expect(new).to_have_count(0)
    # As if the last visit had been before anything was there.
    page.evaluate(
        """() => {
          const marks = JSON.parse(localStorage["broadsheet.read"]);
          for (const name of Object.keys(marks)) marks[name] = [1, 1, 1];
          localStorage["broadsheet.read"] = JSON.stringify(marks);
        }"""
    )
    page.reload()
    rows = page.locator("[data-added]").count()
    expect(new).to_have_count(rows)
    expect(page.get_by_text("New since you last read this:")).to_be_visible()
    page.reload()
    expect(new).to_have_count(rows)
    page.get_by_role("button", name="Forget it").click()
    expect(new).to_have_count(0)
    page.goto(FLAGSHIP)
    expect(page.get_by_role("button", name="Mark what is new")).to_be_visible()
    assert page.evaluate("localStorage['broadsheet.read']") == '"off"'


@pytest.mark.parametrize(
    "address",
    [
        FLAGSHIP,
        "/good-news/the-whales-that-came-back/",
        "/speakers/vladimir-putin/",
        "/topics/syria/",
        "/contested-terms/",
        f"/check/?{urlencode({'words': SAID.replace('alone', 'themselves')})}",
    ],
)
def test_pages_of_evidence_are_accessible(page: Page, axe: Callable[[Page], None], address: str) -> None:
    page.goto(address)
    for mark in page.locator("details.mark > summary").all()[:2]:
        mark.click()
    axe(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize(
    "address",
    [
        "/desk/reports/voices/",
        "/desk/reports/dead-links/",
        "/desk/evidence/duplicates/",
        "/desk/snippets/evidence/speaker/",
    ],
)
def test_lists_of_evidence_at_the_desk_are_accessible(
    desktop: Page, axe: Callable[..., None], address: str
) -> None:
    sign_in(desktop, "editor@meridian.example")
    desktop.goto(address)
    axe(desktop, within="main")
