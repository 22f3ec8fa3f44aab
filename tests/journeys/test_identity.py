"""A magazine of one's own: from the form at the desk, by way of the preview, to what readers see."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from broadsheet.identity.models import Identity, Menus
from tests.journeys.conftest import COLOURS, DESKTOP, NARROWEST, sign_in

ACCENTS = ["#0b5d3b", "#5b2a86", "#ff5a00"]
"""The last can be read in no scheme, and its nearest is taken."""


@pytest.fixture
def as_before(rows: None) -> Iterator[None]:
    """What the other journeys find when this one has ended."""
    before = Identity.current(None)
    yield
    Identity.objects.filter(applied_at=None).delete()
    again = Identity.like(before, None, None)
    again.name = "The Meridian"
    again.apply(None)


def test_an_editor_makes_the_magazine_their_own(
    open_window: Callable[..., Page], axe: Callable[..., None], as_before: None
) -> None:
    desk = open_window(viewport=DESKTOP)
    sign_in(desk, "editor@meridian.example")
    reader = open_window(viewport=DESKTOP)
    for accent in ACCENTS:
        desk.goto("/desk/identity/all/")
        desk.locator("[name=name]").fill("The Northern Review")
        desk.locator("[name=accent]").fill(accent)
        desk.locator("[name=pairing][value=fraunces]").check()
        desk.locator("[name=masthead][value=left]").check()
        desk.get_by_role("button", name="Save the draft and look at it").click()
        refused = desk.get_by_text(re.compile("The nearest that can be read is"))
        if accent == ACCENTS[-1]:
            near = re.search(r"nearest that can be read is (#[0-9a-f]{6})", refused.inner_text())
            assert near
            desk.locator("[name=accent]").fill(near[1])
            desk.get_by_role("button", name="Save the draft and look at it").click()
        shown = desk.frame_locator("iframe")
        expect(shown.locator("h1.nameplate")).to_have_text("The Northern Review")
        if accent == ACCENTS[0]:
            reader.goto("/")
            expect(reader.locator("h1.nameplate")).to_have_text("The Meridian")
            desk.get_by_role("link", name="Dark").click()
            desk.get_by_role("link", name="Article").click()
            expect(shown.locator(".nameplate").first).to_have_text("The Northern Review")
        desk.get_by_role("button", name="Apply").click()
        expect(desk.get_by_text("It is applied.")).to_be_visible()
        expect(desk).to_have_url(re.compile("/desk/identity/all/$"))
        # The front has it within a second, and no page is shown that is out of date for longer.
        for scheme in ("light", "dark"):
            front = open_window(viewport=DESKTOP, color_scheme=scheme)
            front.goto("/")
            sheet = front.locator('link[href^="/identity/"][rel=stylesheet]')
            for _ in range(40):
                if sheet.count() and front.locator("h1.nameplate").inner_text() == "The Northern Review":
                    break
                front.wait_for_timeout(250)
                front.reload()
            expect(front.locator("h1.nameplate")).to_have_text("The Northern Review")
            axe(front, COLOURS)
            front.context.close()
    family = open_window(viewport=DESKTOP)
    family.goto("/")
    assert "Fraunces" in family.locator("h1.nameplate").evaluate("name => getComputedStyle(name).fontFamily")
    axe(family)


@pytest.mark.parametrize("scripted", [True, False], ids=["script", "no script"])
def test_a_group_in_the_menu_opens_on_any_screen(
    open_window: Callable[..., Page], axe: Callable[..., None], rows: None, scripted: bool
) -> None:
    assert Menus.objects.filter(edition__language_code="en-gb").exists()
    wide = open_window(viewport=DESKTOP, java_script_enabled=scripted)
    wide.goto("/uk/")
    main = wide.get_by_role("navigation", name="Main")
    main.get_by_text("Culture and ideas").click()
    expect(main.get_by_role("link", name="Ideas")).to_be_visible()
    if scripted:
        axe(wide)
    main.get_by_role("link", name="Ideas").click()
    expect(wide.get_by_role("heading", name="Ideas", level=1)).to_be_visible()
    narrow = open_window(viewport=NARROWEST, java_script_enabled=scripted)
    narrow.goto("/uk/")
    narrow.get_by_role("banner").get_by_text("Menu", exact=True).click()
    for name in ("World", "Ideas", "Newsletters"):
        expect(narrow.get_by_role("banner").get_by_role("link", name=name)).to_be_in_viewport()
    if scripted:
        axe(narrow)
        assert narrow.evaluate("document.documentElement.scrollWidth") <= NARROWEST["width"]
