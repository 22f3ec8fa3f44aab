"""Readers who have not asked for less motion, as the other journeys have."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from broadsheet.demo.people import PASSWORD


def test_no_page_complains_on_the_way_to_the_desk_and_to_what_is_no_page(
    open_window: Callable[..., Page],
) -> None:
    page = open_window(reduced_motion="no-preference")
    page.goto("/account/sign-in/?next=/desk/")
    page.get_by_text("Use a password").click()
    form = page.locator("details", has_text="Use a password")
    form.get_by_label("E-mail address").fill("editor@meridian.example")
    form.get_by_label("Password").fill(PASSWORD)
    form.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("navigation", name="Main menu")).to_be_visible()
    page.goto("/")
    page.evaluate("location.href = '/robots.txt'")
    page.wait_for_url("**/robots.txt")
    page.goto("/")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
