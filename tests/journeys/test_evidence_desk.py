"""Evidence as an editor enters it, by the keyboard alone."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from broadsheet.editorial.models import Article, Section
from broadsheet.evidence.models import Fact, Position, Quotation, TermNote, TimelineEntry
from tests.evidence import made
from tests.journeys.conftest import go_where, sign_in

OFFICE = "The harbour office of Ellery"
ALMANAC = "The almanac of Ellery"
PORT, TOWN, ADA = "The port of Ellery", "The town of Ellery", "Ada Marsh of Ellery"
WROTE = "The water rose all night and nobody slept."

WATCHED = """document.addEventListener("w-unsaved:watch-edits", () => {
  document.documentElement.dataset.watched = "";
})"""
"""Marks a page once Wagtail has drawn its form and looks for changes."""

type Draft = Callable[[str, list[dict[str, object]]], Article]


@pytest.fixture
def draft(rows: None) -> Draft:
    """Makes a free draft in World, by its headline and its body."""

    def make(headline: str, body: list[dict[str, object]]) -> Article:
        world = Section.objects.get(slug="world", locale__language_code="en-us")
        article = Article(title=headline, locale=world.locale, live=False, access="free", body=body)
        world.add_child(instance=article)
        article.save_revision()
        return article

    return make


def press(place: Locator, key: str = "Enter") -> None:
    place.focus()
    place.press(key)


def labelled(place: Locator, label: str) -> Locator:
    """A field that may have a star for being needed."""
    return place.get_by_label(re.compile(rf"^\s*{label}\s*\*?\s*$"))


class Editor:
    """An article in the editor, with the keyboard alone. What was inserted last stands last."""

    def __init__(self, page: Page, article: Article) -> None:
        self.page = page
        self.body = page.get_by_role("region", name="Body")
        page.add_init_script(WATCHED)
        page.goto(f"/desk/pages/{article.pk}/edit/")
        # What is changed earlier Wagtail takes for what was there.
        expect(page.locator("html[data-watched]")).to_have_count(1)

    def insert(self, kind: str) -> None:
        blocks = self.body.locator("[data-streamfield-stream-container] > [data-streamfield-child]")
        before = blocks.count()
        press(self.body.get_by_role("button", name="Insert a block").last)
        search = self.page.get_by_placeholder("Search options").and_(self.page.locator(":visible"))
        search.fill(kind)
        option = self.page.get_by_role("option", name=kind, exact=True)
        expect(option).to_have_attribute("aria-selected", "true")
        search.press("Enter")
        expect(blocks).to_have_count(before + 1)
        expect(search).to_have_count(0)

    def write(self, label: str, words: str) -> None:
        field = labelled(self.body, label).last
        field.focus()
        expect(field).to_be_focused()
        self.page.keyboard.type(words)
        expect(field).to_have_value(words)

    def choose(self, button: str, name: str) -> None:
        """In the last place where nothing is chosen yet; `name` is in the register once."""
        window = self._open(button)
        window.get_by_role("textbox", name="Search").fill(name)
        rows = window.locator("table.listing tbody tr")
        expect(rows).to_have_count(1)  # the search has come back
        press(rows.get_by_role("link", name=name))
        expect(window).to_have_count(0)

    def enter(self, button: str, label: str, name: str) -> None:
        """As `choose`, what the register hasn't yet."""
        window = self._open(button)
        tab = window.get_by_role("tab", name="Enter a new one")
        press(tab)
        expect(tab).to_have_attribute("aria-selected", "true")
        labelled(window, label).fill(name)
        with self.page.expect_response(lambda response: "/create/" in response.url) as answered:
            press(window.get_by_role("button", name="Create"))
        assert answered.value.ok
        expect(window).to_have_count(0)

    def _open(self, button: str) -> Locator:
        found = self.body.get_by_role("button", name=button, exact=True)
        press(found.and_(self.page.locator(":visible")).last)
        window = self.page.get_by_role("dialog")
        expect(window).to_be_visible()
        return window

    def add(self) -> None:
        """One more to the list at the end."""
        press(self.body.get_by_role("button", name="Add", exact=True).last)

    def publish(self) -> None:
        footer = self.page.get_by_role("navigation", name="Actions (footer)")
        more = footer.get_by_role("button", name="More actions")
        expect(more).to_be_visible()
        button = footer.get_by_role("button", name="Publish").and_(self.page.locator(":visible"))
        if not button.count():
            press(more)
            button = self.page.get_by_role("button", name="Publish")
        press(button)

    @property
    def answer(self) -> Locator:
        return self.page.get_by_role("main").get_by_role("status").first


def test_an_editor_builds_every_block_by_the_keyboard_and_publishes(
    desktop: Page, open_window: Callable[..., Page], draft: Draft
) -> None:
    made.term("deluge")
    for name in (OFFICE, ALMANAC):
        made.source(name)
    for name in (PORT, TOWN, ADA):
        made.speaker(name)
    article = draft("All night", [])
    sign_in(desktop, "editor@meridian.example")
    editor = Editor(desktop, article)
    editor.insert("Facts box")
    editor.write("Fact", "Nine boats sank.")
    editor.write("As of", "2026-02-28")
    desktop.keyboard.press("Escape")
    editor.choose("Choose source", OFFICE)
    editor.insert("Timeline")
    for when, what in (("2026-02", "The flood came."), ("2011", "The wall was built.")):
        editor.write("When", when)
        editor.write("What happened", what)
        editor.choose("Choose source", OFFICE)
        if when == "2026-02":
            editor.add()
    editor.insert("Perspectives")
    editor.write("The question", "Should the wall be higher?")
    for holder, held in ((PORT, "It should."), (TOWN, "It should not.")):
        editor.choose("Choose speaker", holder)
        editor.write("The position, in our words", held)
        editor.choose("Choose source", OFFICE)
        if holder == PORT:
            editor.add()
    editor.insert("Contested term")
    editor.choose("Choose contested term", "deluge")
    editor.insert("Further sources")
    editor.choose("Choose source", ALMANAC)
    editor.insert("Quotation")
    editor.write("Exact words", WROTE)
    editor.choose("Choose speaker", ADA)
    editor.choose("Choose source", OFFICE)
    editor.publish()
    expect(editor.answer).to_contain_text("has been published.")
    kept = {kind: kind.objects.filter(page=article).count() for kind in (Quotation, Fact, TimelineEntry)}
    assert kept == {Quotation: 1, Fact: 1, TimelineEntry: 2}
    assert Position.objects.filter(page=article).count() == 2
    assert TermNote.objects.filter(page=article).count() == 1

    reader = open_window()
    go_where(reader, article.get_url(), lambda: reader.get_by_text(WROTE))
    for words in ("Nine boats sank.", "The flood came.", "It should not.", "“deluge”", ALMANAC):
        expect(reader.get_by_text(words).first).to_be_visible()


def test_an_editor_is_refused_follows_the_list_to_the_place_mends_it_and_publishes(
    desktop: Page, draft: Draft
) -> None:
    article = draft("Nobody slept", [made.quotation(WROTE, who=ADA, source=None)])
    sign_in(desktop, "editor@meridian.example")
    editor = Editor(desktop, article)
    panel = desktop.get_by_role("button", name="Toggle what is missing")
    missing = desktop.get_by_role("link", name=re.compile("The quotation .* has no source")).first
    press(panel)
    expect(missing).to_be_visible()
    editor.publish()
    expect(desktop.get_by_text("The page could not be saved due to validation errors.")).to_be_visible()
    expect(panel).to_have_attribute("aria-expanded", "true")  # as it was left
    press(missing)
    expect(desktop).to_have_url(re.compile(r"#block-[0-9a-f-]+-section$"))
    expect(labelled(editor.body, "Exact words")).to_have_value(WROTE)
    editor.enter("Choose source", "Outlet", "The night watch of Ellery")
    # The list follows, though nothing was typed since.
    expect(desktop.get_by_role("link", name=re.compile("has no source"))).to_have_count(0)
    editor.publish()
    expect(editor.answer).to_contain_text("has been published.")
    row = Quotation.objects.get(page=article)
    assert (row.text, row.source.outlet) == (WROTE, "The night watch of Ellery")


def test_what_changes_while_the_editor_saves_is_saved_too(desktop: Page, draft: Draft) -> None:
    made.source(OFFICE)
    article = draft("The slow line", [made.quotation("Nobody knows.", who=ADA, source=None)])
    sign_in(desktop, "editor@meridian.example")
    held = hold_the_first_save(desktop, article)
    editor = Editor(desktop, article)
    press(desktop.get_by_role("button", name="Toggle what is missing"))
    missing = desktop.get_by_role("link", name=re.compile("has no source"))
    expect(missing.first).to_be_visible()
    write_until_it_saves(editor, held)
    editor.choose("Choose source", OFFICE)
    held[0].continue_()
    expect(missing).to_have_count(0)


def test_a_button_waits_for_what_is_being_saved(desktop: Page, draft: Draft) -> None:
    article = draft("The slower line", [made.quotation("Nobody knows it.", who=ADA)])
    sign_in(desktop, "editor@meridian.example")
    held = hold_the_first_save(desktop, article)
    editor = Editor(desktop, article)
    write_until_it_saves(editor, held)
    editor.publish()
    assert not Article.objects.get(pk=article.pk).live
    held[0].continue_()
    expect(editor.answer).to_contain_text("has been published.")
    assert Quotation.objects.get(page=article).where.startswith("On the quay")
    assert article.revisions.count() == 3  # the first, what was saved on the way, and what was published


def hold_the_first_save(page: Page, article: Article) -> list[Route]:
    """What the editor sends by itself stays on its way, until it is let on."""
    held: list[Route] = []

    def hold(route: Route) -> None:
        if route.request.method == "POST" and not held:
            held.append(route)
        else:
            route.continue_()

    page.route(f"**/desk/pages/{article.pk}/edit/", hold)
    return held


def write_until_it_saves(editor: Editor, held: list[Route]) -> None:
    """Wagtail may look at the form for the first time only after a word was written."""
    editor.write("Where", "On the quay")
    for _ in range(30):
        if held:
            break
        editor.page.keyboard.type(".")
        editor.page.wait_for_timeout(1_000)
    assert held
