"""By name, by day and by question: the indexes, the archive as a calendar, the feeds and the page of help."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import COLOURS, NARROWEST

PAGES = ["/authors/", "/uk/topics/", "/feeds/", "/help/"]


def look(page: Page, axe: Callable[..., None]) -> None:
    """As it stands, in the dark, and on the narrowest screen."""
    axe(page)
    page.emulate_media(color_scheme="dark")
    axe(page, COLOURS)
    page.emulate_media(color_scheme="light")
    size = page.viewport_size
    page.set_viewport_size(NARROWEST)
    assert size
    page.wait_for_timeout(200)  # it is laid out anew
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    page.set_viewport_size(size)


@pytest.mark.parametrize("address", PAGES)
def test_the_pages_by_name_and_by_question(page: Page, axe: Callable[..., None], address: str) -> None:
    page.goto(address)
    look(page, axe)


def test_from_the_foot_to_an_author_and_their_newest(page: Page) -> None:
    page.goto("/")
    page.get_by_role("contentinfo").get_by_role("link", name="Authors", exact=True).click()
    page.get_by_role("main").get_by_role("link", name="Lucía Ferrán", exact=True).click()
    expect(page).to_have_url(re.compile(r"/authors/lucia-ferran/$"))


def test_the_archive_is_walked_by_keyboard_from_year_to_day(page: Page, axe: Callable[..., None]) -> None:
    page.goto("/archive/")
    page.get_by_role("main").get_by_role("link", name=re.compile(r"^20\d\d$")).first.click()
    expect(page).to_have_url(re.compile(r"/archive/\d{4}/$"))
    look(page, axe)
    day = page.get_by_role("table").last.get_by_role("link").last
    said = day.inner_text()
    assert re.search(r"article", said)
    day.focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/archive/\d{4}/\d\d/\d\d/$"))
    look(page, axe)
    page.get_by_role("main").get_by_role("link", name=re.compile(r"^[A-Z]\w+ 20\d\d$")).first.click()
    expect(page).to_have_url(re.compile(r"/archive/\d{4}/\d\d/$"))
    expect(page.get_by_role("table")).to_be_visible()
    look(page, axe)


def test_the_address_of_a_feed_is_copied(page: Page) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto("/feeds/")
    field = page.get_by_label("World", exact=True)
    field.locator("..").get_by_role("button", name="Copy").click()
    expect(field.locator("..").get_by_role("button", name="Copied")).to_be_visible()
    assert str(page.evaluate("navigator.clipboard.readText()")).endswith("/world/feed/rss.xml")


def test_a_question_opens_without_script_and_leads_to_where_it_is_done(no_script: Page) -> None:
    no_script.goto("/help/")
    no_script.get_by_text("How do I cancel?").click()
    asked = no_script.locator("details.question", has_text="How do I cancel?")
    asked.get_by_role("link", name="your account", exact=True).click()
    expect(no_script).to_have_url(re.compile(r"/account/sign-in/"))
    no_script.goto("/uk/feeds/")
    assert no_script.get_by_label("World", exact=True).input_value().endswith("/uk/world/feed/rss.xml")
