"""Languages that run from right to left: every page turns round, and nothing runs off its edge."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import NARROWEST, sign_in

LEFT_OUT = "nav, .skip, [class*=hidden], [tabindex='-1'], table, figure, .scrolls"
"""What scrolls by itself, or is kept off the page for those who see."""
PAGES = ["/", "/world/", "/subscribe/", "/newsletters/", "/account/", "/account/sign-in/", "/search/?q=sea"]


def turn_round(page: Page) -> None:
    """As `dir` would, which an edition in such a language has from the server."""
    page.evaluate("document.documentElement.dir = 'rtl'")


@pytest.mark.parametrize("size", [NARROWEST, {"width": 1440, "height": 900}], ids=["phone", "desktop"])
def test_nothing_runs_off_a_page_that_is_turned_round(
    open_window: Callable[..., Page], size: dict[str, int]
) -> None:
    page = open_window(viewport=size)
    sign_in(page, "reader@meridian.example")
    page.goto("/world/")
    article = page.get_by_role("main").get_by_role("heading", level=2).get_by_role("link").first
    for address in [*PAGES, article.get_attribute("href") or ""]:
        page.goto(address)
        turn_round(page)
        # What is cut off on this side can't be reached by scrolling.
        left = page.evaluate(
            """leftOut => [...document.querySelectorAll("main *, footer *")]
                .filter(part => part.checkVisibility({visibilityProperty: true}) && part.offsetParent)
                .filter(part => !part.closest(leftOut))
                .filter(part => part.getBoundingClientRect().width > 1)
                .filter(part => part.getBoundingClientRect().left < -1
                    || part.getBoundingClientRect().right > innerWidth + 1)
                .map(part => part.outerHTML.slice(0, 80))""",
            LEFT_OUT,
        )
        assert left == [], address
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], address


def test_a_turned_page_begins_at_the_right(desktop: Page) -> None:
    desktop.goto("/world/")
    turn_round(desktop)
    links = desktop.get_by_role("navigation", name="Main").get_by_role("link")
    first, last = links.first.bounding_box(), links.last.bounding_box()
    assert first
    assert last
    assert first["x"] > last["x"]
    expect(desktop.get_by_role("main")).to_have_css("direction", "rtl")
