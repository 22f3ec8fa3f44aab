"""The head of a page on a phone: search, the menu and the row of sections."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import NARROWEST, PHONE, sign_in

SIZES = [PHONE, {"width": 390, "height": 844}, NARROWEST]


@pytest.mark.parametrize("scripted", [True, False], ids=["script", "no script"])
def test_a_phone_has_search_every_section_and_the_other_edition(
    open_window: Callable[..., Page], axe: Callable[..., None], scripted: bool
) -> None:
    page = open_window(viewport=PHONE, java_script_enabled=scripted)
    page.goto("/world/")
    head = page.get_by_role("banner")
    expect(head.get_by_role("link", name="Search")).to_be_visible()
    expect(head.get_by_role("link", name="Subscribe")).to_be_visible()
    head.get_by_text("Menu", exact=True).click()
    expect(head.get_by_role("link", name="Good News")).to_be_in_viewport()
    expect(head.get_by_role("link", name="UK edition")).to_be_in_viewport()
    if scripted:
        axe(page)
    head.get_by_role("link", name="Good News").click()
    expect(page.get_by_role("heading", name="Good News", level=1)).to_be_visible()


@pytest.mark.parametrize("size", SIZES, ids=lambda size: str(size["width"]))
def test_the_head_takes_one_line_and_the_row_fades_at_the_edge(
    open_window: Callable[..., Page], size: dict[str, int]
) -> None:
    page = open_window(viewport=size)
    sign_in(page, "reader@meridian.example")
    for address in ("/world/", "/"):
        page.goto(address)
        strip = page.locator(".strip")
        expect(strip.get_by_role("link", name="Subscribe")).to_be_visible()
        tops = strip.evaluate(
            "strip => [...strip.children].map(part => part.offsetTop + part.offsetHeight / 2)"
        )
        shown = [top for top in tops if top]
        assert max(shown) - min(shown) < 12, address
        row = page.get_by_role("navigation", name="Main")
        assert "gradient" in row.evaluate("row => getComputedStyle(row).maskImage")
        # The last is not under the fade once the row is pushed to its end.
        last = row.get_by_role("link").last
        last.scroll_into_view_if_needed()
        row.locator("ul").evaluate("list => list.scrollLeft = list.scrollWidth")
        box = last.bounding_box()
        assert box
        assert box["x"] + box["width"] <= size["width"] - 40
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
