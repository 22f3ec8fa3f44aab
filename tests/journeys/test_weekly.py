"""The weekly issue as it is read: with the keyboard, without script, and again where one stopped."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import NARROWEST


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def test_an_issue_is_read_on_where_one_stopped(page: Page, axe: Callable[..., None]) -> None:
    page.goto("/issues/")
    axe(page)
    page.get_by_role("link", name="No. 613").click()
    axe(page)
    page.get_by_role("link", name="Begin reading").click()
    expect(page.get_by_text(re.compile(r"^\s*1 of \d+\s*$"))).to_be_visible()
    axe(page)
    page.get_by_role("navigation", name=re.compile("Next in No. 613")).get_by_role("link").click()
    expect(page.get_by_text(re.compile(r"^\s*2 of \d+\s*$"))).to_be_visible()
    page.get_by_role("navigation", name=re.compile("^No. 613")).get_by_role("link", name="No. 613").click()
    go_on = page.get_by_role("link", name=re.compile(r"Continue at 2 of \d+"))
    expect(go_on).to_be_visible()
    go_on.press("Enter")
    expect(page.get_by_text(re.compile(r"^\s*2 of \d+\s*$"))).to_be_visible()


def test_without_script_one_stays_in_the_issue(no_script: Page) -> None:
    page = no_script
    page.goto("/issues/613/")
    page.get_by_role("link", name="Begin reading").click()
    within = page.url
    page.get_by_role("button", name="Continue reading").click()
    page.wait_for_url(f"{within}#read-on")
    expect(page.get_by_text(re.compile(r"^\s*1 of \d+\s*$"))).to_be_visible()


def test_at_the_wall_the_issue_goes_on_before_anything_else_is_offered(page: Page) -> None:
    page.goto("/issues/613/business/the-box-that-shrank-the-world/")
    expect(page.locator("broadsheet-slot")).to_have_count(0)
    page.goto("/issues/613/science/the-tide-turners/")
    expect(page.locator("#wall")).to_be_visible()
    offered = page.locator(".weekly-on + broadsheet-next")
    expect(offered).to_be_visible()
    sign_in = page.locator("#wall").get_by_role("link", name="Sign in")
    expect(sign_in).to_have_attribute("href", re.compile("next=/issues/613/science/the-tide-turners/"))


@pytest.mark.parametrize("address", ["/issues/", "/uk/issues/613/", "/issues/613/"])
def test_on_the_narrowest_screen_and_in_the_dark(
    desktop: Page, axe: Callable[..., None], address: str
) -> None:
    desktop.set_viewport_size(NARROWEST)
    desktop.emulate_media(color_scheme="dark")
    desktop.goto(address)
    assert fits(desktop)
    axe(desktop)
