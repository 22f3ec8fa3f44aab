"""Searching: with the script and without, on a phone, with filters, a slip of the pen and nothing found."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from broadsheet.site.search import indexing
from tests.journeys.test_pages import examine  # noqa: F401 (a fixture)


@pytest.mark.parametrize("has_script", [True, False], ids=["with script", "without"])
def test_a_reader_searches_filters_and_opens_what_was_found(
    open_window: Callable[..., Page],
    examine: Callable[[Page], None],  # noqa: F811
    rows: None,
    has_script: bool,
) -> None:
    while indexing.catch_up():  # its words are counted within a minute
        pass
    page = open_window() if has_script else open_window(java_script_enabled=False)
    page.goto("/")
    page.get_by_role("link", name="Search", exact=True).first.click()
    page.get_by_role("searchbox", name="Search for").fill("whales")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=2, name="The whales that came back")).to_be_visible()
    assert page.locator(".search-hits mark").first.inner_text().lower().startswith("whale")
    if has_script:
        examine(page)

    page.get_by_role("searchbox", name="Search for").fill("the sea")
    page.get_by_role("button", name="Search", exact=True).click()
    found = page.locator(".search-hits > li")
    everywhere = found.count()
    assert everywhere > 1
    page.get_by_role("combobox", name="Section").select_option("science")
    page.get_by_role("combobox", name="Order").select_option("new")
    page.get_by_role("button", name="Apply").click()
    expect(page.get_by_role("searchbox", name="Search for")).to_have_value("the sea")
    expect(page.get_by_role("combobox", name="Section")).to_have_value("science")
    assert 0 < found.count() < everywhere

    page.get_by_role("searchbox", name="Search for").fill("estonai")
    page.get_by_role("combobox", name="Section").select_option("")
    page.get_by_role("button", name="Search", exact=True).click()
    expect(page.get_by_role("status").first).to_contain_text("No article in the US edition has “estonai”")
    if has_script:
        examine(page)
    page.get_by_role("link", name="Estonia", exact=True).click()
    page.get_by_role("link", name="Estonia votes at the kitchen table").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Estonia votes at the kitchen table")


def test_names_lead_to_their_pages_and_a_search_to_its_feed(
    open_window: Callable[..., Page],
    examine: Callable[[Page], None],  # noqa: F811
    rows: None,
) -> None:
    page = open_window()
    page.goto("/search/?q=lucia+ferran")
    expect(page.get_by_role("status").first).to_contain_text("in the US edition")
    examine(page)
    feed = page.get_by_role("link", name="JSON").get_attribute("href")
    assert feed
    items = page.request.get(feed).json()["items"]
    assert items
    assert {author["name"] for item in items for author in item["authors"]} == {"Lucía Ferrán"}
    page.locator(".search-named").get_by_role("link", name="Lucía Ferrán").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Lucía Ferrán")


def test_whoever_looks_for_no_article_is_led_where_it_is(
    open_window: Callable[..., Page],
    examine: Callable[[Page], None],  # noqa: F811
) -> None:
    page = open_window()
    page.goto("/search/?q=cancel+subscription")
    examine(page)
    page.get_by_role("link", name="How do I cancel?").click()
    expect(page.get_by_text("You need not write to us or call")).to_be_visible()

    page.goto("/search/?q=issue+612")
    page.locator(".search-named").get_by_role("link", name="No. 612").click()
    expect(page).to_have_url(re.compile("/issues/612/$"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("2026")
