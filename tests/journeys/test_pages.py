"""Every kind of reader's page: what axe finds by day and in the dark, how it fits, and the keyboard."""

import re
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from broadsheet.demo.people import SUBSCRIBER
from tests.journeys.conftest import COLOURS, DESKTOP, NARROWEST, PHONE, Served, sign_in

FOR_EVERYONE = {
    "fronts": ["/", "/uk/"],
    "sections": ["/world/", "/uk/good-news/"],
    "lists": ["/topics/syria/", "/authors/lucia-ferran/", "/archive/"],
    "search": ["/search/", "/search/?q=railway", "/search/?q=zzzz"],
    "sheets": ["/about/", "/nowhere/", "/account/sign-in/", "/demo/", "/demo/mail/"],
}
FLAGSHIP = "/world/assad-in-moscow/"
OTHERS = {
    "gallery": "/culture/the-night-train-comes-back/",
    "audio": "/science/the-tide-turners/",
    "table": "/politics/how-to-count-a-ballot/",
    "embed": "/science/the-long-call-home/",
}


@pytest.fixture
def examine(axe: Callable[..., None]) -> Callable[[Page], None]:
    """Looks at a page as it stands: wide and narrow, by day and in the dark."""

    def examine(page: Page) -> None:
        for size in (DESKTOP, PHONE):
            page.set_viewport_size(size)
            assert fits(page), f"{page.url} scrolls sideways at {size['width']} pixels"
            axe(page)
            page.emulate_media(color_scheme="dark")
            axe(page, COLOURS)
            page.emulate_media(color_scheme="light")
        page.set_viewport_size(NARROWEST)
        assert fits(page), f"{page.url} scrolls sideways at 320 pixels"
        page.set_viewport_size(DESKTOP)

    return examine


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def open_as(rendition: str, page: Page, address: str) -> None:
    answer = page.goto(address)
    assert answer is not None
    assert answer.headers["broadsheet-rendition"] == rendition


@pytest.mark.parametrize("addresses", FOR_EVERYONE.values(), ids=FOR_EVERYONE)
def test_pages_for_everyone(desktop: Page, examine: Callable[[Page], None], addresses: list[str]) -> None:
    for address in addresses:
        desktop.goto(address)
        examine(desktop)


def test_a_month_of_the_archive(desktop: Page, examine: Callable[[Page], None]) -> None:
    desktop.goto("/archive/")
    desktop.get_by_role("main").get_by_role("link", name=re.compile(r"^[A-Z][a-z]+$")).first.click()
    expect(desktop).to_have_url(re.compile(r"/archive/\d{4}/\d\d/$"))
    examine(desktop)


def test_the_public_rendition_without_script(desktop: Page, examine: Callable[[Page], None]) -> None:
    # Not in a browser without JavaScript, where axe itself would never end.
    desktop.route("**/*.js", lambda route: route.abort())
    open_as("public", desktop, FLAGSHIP)
    expect(desktop.get_by_role("button", name="Continue reading")).to_be_visible()
    examine(desktop)


def test_articles_in_full_with_every_kind_of_block(desktop: Page, examine: Callable[[Page], None]) -> None:
    sign_in(desktop, SUBSCRIBER[0])
    examine(desktop)
    for address in (FLAGSHIP, *OTHERS.values()):
        open_as("full", desktop, address)
        examine(desktop)


def test_the_wall_and_its_own_page_and_the_code(desktop: Page, examine: Callable[[Page], None]) -> None:
    desktop.goto(OTHERS["gallery"])
    expect(desktop.locator("broadsheet-slot")).to_have_count(0)
    desktop.goto(FLAGSHIP)
    expect(desktop.locator(".wall")).to_be_visible()
    examine(desktop)
    desktop.goto(f"/read/{desktop.locator('[name=article]').input_value()}")
    expect(desktop.locator(".wall")).to_be_visible()
    examine(desktop)
    desktop.get_by_label("Your e-mail address").fill("wendy-pages@reader.example")
    desktop.get_by_role("button", name="Register free").click()
    expect(desktop.get_by_label("Code")).to_be_visible()
    examine(desktop)


def test_nothing_is_asked_of_a_provider_before_its_player_is_started(desktop: Page, served: Served) -> None:
    asked: list[str] = []
    desktop.on("request", lambda request: asked.append(urlsplit(request.url).netloc))
    desktop.route("https://**", lambda route: route.fulfill(body="<title>A player</title>"))
    desktop.goto(OTHERS["embed"])
    play = desktop.get_by_role("button", name="Play from YouTube")
    play.scroll_into_view_if_needed()
    assert set(asked) == {urlsplit(served.address).netloc}
    play.click()
    expect(desktop.locator("iframe")).to_be_focused()
    assert "www.youtube-nocookie.com" in asked


HAS_VISIBLE_FOCUS = """() => [null, "::after"].some((part) => {
  const { outlineStyle, outlineWidth } = getComputedStyle(document.activeElement, part);
  return outlineStyle !== "none" && parseFloat(outlineWidth) >= 2;
})"""


def test_with_the_keyboard(desktop: Page) -> None:
    desktop.goto("/")
    desktop.keyboard.press("Tab")
    skip = desktop.get_by_role("link", name="Skip to the content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport(ratio=1)
    passed = []
    for _ in range(25):
        assert desktop.evaluate(HAS_VISIBLE_FOCUS), f"no focus to be seen after {passed}"
        desktop.keyboard.press("Tab")
        passed.append(desktop.evaluate("document.activeElement.textContent.trim()"))
    assert {"World", "Ideas", "Good News"} <= set(passed)

    desktop.reload()
    desktop.keyboard.press("Tab")
    desktop.keyboard.press("Enter")
    expect(desktop.get_by_role("main")).to_be_focused()
