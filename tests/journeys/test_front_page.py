from collections.abc import Callable

from playwright.sync_api import Page, expect


def test_the_front_page_opens_and_fits_and_axe_finds_nothing(page: Page, axe: Callable[[Page], None]) -> None:
    answer = page.goto("/")

    assert answer is not None
    assert answer.status == 200
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "it scrolls sideways"
    axe(page)
