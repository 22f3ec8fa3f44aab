"""The wall for whoever listens to the page, and what it offers to read instead."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.journeys.conftest import Piece
from tests.journeys.test_wall import meet_the_wall

SPENT = re.compile(r"You have read your free article in \w+\.")

NOTE_WHAT_IS_SAID = """
  window.said = [];
  new MutationObserver((changes) => {
    for (const { target, addedNodes } of changes)
      if (target.role === "status" && target.isConnected)
        window.said.push([...addedNodes].map((node) => node.textContent).join(" "));
  }).observe(document, { childList: true, subtree: true });
"""
"""A screen reader says what comes into a status that is in the page already."""


def test_a_wall_that_comes_in_by_itself_is_announced_and_takes_no_focus(
    page: Page, pieces: list[Piece], axe: Callable[..., None]
) -> None:
    page.add_init_script(NOTE_WHAT_IS_SAID)
    meet_the_wall(page, pieces)
    expect(page.locator("broadsheet-slot [role=status]")).to_contain_text(SPENT)
    said = page.evaluate("window.said")
    assert any(SPENT.search(words) for words in said), said
    assert page.evaluate("document.activeElement === document.body")
    instead = page.get_by_role("region", name="You can read these now")
    expect(instead.get_by_role("heading", level=3).first).to_be_visible()
    axe(page)
    instead.get_by_role("heading", level=3).get_by_role("link").first.click()
    expect(page.locator("broadsheet-slot")).to_have_count(0)
    expect(page.locator(".wall")).to_have_count(0)


def test_a_wall_that_was_asked_for_takes_the_focus(desktop: Page, pieces: list[Piece]) -> None:
    """The first try fails for want of a network. The button of the second is gone when the wall is there."""
    page, (first, second) = desktop, pieces[:2]
    page.goto(first.path)
    expect(page.get_by_text(first.withheld)).to_be_visible()
    page.route("**/read/*", lambda route: route.abort())
    page.goto(second.path)
    expect(page.get_by_text("could not be fetched")).to_be_visible()
    page.unroute("**/read/*")
    page.get_by_role("button", name="Continue reading").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".wall")).to_be_focused()
    expect(page.locator(".wall")).to_have_accessible_name(SPENT)


def test_without_script_the_wall_leads_back_to_the_article(no_script: Page, pieces: list[Piece]) -> None:
    page, (first, second) = no_script, pieces[:2]
    page.goto(first.path)
    page.get_by_role("button", name="Continue reading").click()
    expect(page.get_by_text(first.withheld)).to_be_visible()
    page.goto(second.path)
    page.get_by_role("button", name="Continue reading").click()
    expect(page).to_have_url(re.compile("/read/[0-9a-f-]+#wall$"))
    expect(page.get_by_role("heading", name=SPENT)).to_be_in_viewport()
    expect(page.get_by_role("region", name="You can read these now")).to_be_visible()
    page.get_by_role("link", name="Back to the article").click()
    expect(page).to_have_url(re.compile(re.escape(second.path) + "$"))
