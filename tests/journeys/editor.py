"""An article in the desk's editor, as somebody at the keyboard meets it."""

import re

from playwright.sync_api import Locator, Page, expect

from broadsheet.editorial.models import Article, Section

WATCHED = """document.addEventListener("w-unsaved:watch-edits", () => {
  document.documentElement.dataset.watched = "";
})"""
"""Marks a page once Wagtail has drawn its form and looks for changes."""


def draft(headline: str, body: list[dict[str, object]]) -> Article:
    """A free draft in World."""
    world = Section.objects.get(slug="world", locale__language_code="en-us")
    article = Article(title=headline, locale=world.locale, live=False, access="free", body=body)
    world.add_child(instance=article)
    article.save_revision()
    return article


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
