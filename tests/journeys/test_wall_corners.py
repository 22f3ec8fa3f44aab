"""Where browsers differ from people: pages made ahead, kept behind, without cookies, with a wrong clock."""

import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, Request, expect

from broadsheet.paywall.models import Grant
from tests.journeys.conftest import Piece, sign_in

PRERENDERING = """
Object.defineProperty(document, 'prerendering', {get: () => !window.activated, configurable: true});
"""
ACTIVATE = "window.activated = true; document.dispatchEvent(new Event('prerenderingchange'))"
BACK_FROM_CACHE = "dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))"


@pytest.fixture
def posts() -> Callable[[Page], list[str]]:
    """Listens to a page: the addresses under /read/ that it posts to."""

    def listen(page: Page) -> list[str]:
        heard: list[str] = []

        def hear(asked: Request) -> None:
            if asked.method == "POST" and "/read/" in asked.url:
                heard.append(asked.url)

        page.on("request", hear)
        return heard

    return listen


def test_a_prerender_that_is_never_shown_opens_nothing(
    desktop: Page,
    pieces: list[Piece],
    posts,
) -> None:
    heard = posts(desktop)
    desktop.add_init_script(PRERENDERING)
    desktop.goto(pieces[0].path)
    desktop.wait_for_timeout(500)
    assert heard == []
    assert not [c for c in desktop.context.cookies() if c["name"].startswith("broadsheet_")]


def test_a_prerender_that_is_shown_opens_the_article_once(
    desktop: Page,
    pieces: list[Piece],
    posts,
) -> None:
    heard = posts(desktop)
    desktop.add_init_script(PRERENDERING)
    desktop.goto(pieces[0].path)
    desktop.wait_for_timeout(300)
    desktop.evaluate(ACTIVATE)
    expect(desktop.get_by_text(pieces[0].withheld)).to_be_visible()
    desktop.evaluate(ACTIVATE)
    desktop.wait_for_timeout(300)
    assert len(heard) == 1


def test_back_from_the_browsers_cache_an_open_article_asks_for_nothing(
    desktop: Page,
    pieces: list[Piece],
    posts,
) -> None:
    heard = posts(desktop)
    desktop.goto(pieces[0].path)
    expect(desktop.get_by_text(pieces[0].withheld)).to_be_visible()
    desktop.evaluate(BACK_FROM_CACHE)
    desktop.wait_for_timeout(300)
    assert len(heard) == 1


def test_back_from_the_browsers_cache_a_wall_opens_for_whoever_has_signed_in_meanwhile(
    desktop: Page,
    pieces: list[Piece],
) -> None:
    for piece in pieces[:2]:
        desktop.goto(piece.path)
        desktop.wait_for_load_state("networkidle")
    expect(desktop.get_by_role("button", name=re.compile("Register"))).to_be_visible()
    other_tab = desktop.context.new_page()
    sign_in(other_tab, "reader@meridian.example")
    desktop.evaluate(BACK_FROM_CACHE)
    expect(desktop.get_by_text(pieces[1].withheld)).to_be_visible()


def test_without_cookies_a_script_reads_and_the_next_page_too(
    open_window: Callable[..., Page],
    pieces: list[Piece],
) -> None:
    page = open_window()
    for piece in pieces[:2]:
        # A browser that refuses cookies: whatever was set is gone with each page.
        page.context.clear_cookies()
        page.goto(piece.path)
        expect(page.get_by_text(piece.withheld)).to_be_visible()


def test_without_cookies_and_without_script_one_sentence_says_why(
    open_window: Callable[..., Page],
    pieces: list[Piece],
) -> None:
    page = open_window(java_script_enabled=False)
    # What comes from the server never reaches the browser's jar.
    page.route(
        "**/read/*",
        lambda route: route.fulfill(status=303, headers={"Location": pieces[0].path + "#read-on"}),
    )
    page.goto(pieces[0].path)
    sentence = page.get_by_text("Your browser kept no cookie, so the article")
    expect(sentence).to_be_hidden()
    page.get_by_role("button", name="Continue reading").click()
    expect(sentence).to_be_visible()
    expect(page.get_by_role("button", name="Continue reading")).to_be_visible()


def test_a_readers_wrong_clock_changes_nothing(
    open_window: Callable[..., Page],
    pieces: list[Piece],
) -> None:
    page = open_window()
    page.clock.install(time=datetime(2031, 5, 20, tzinfo=UTC))
    page.goto(pieces[0].path)
    expect(page.get_by_text(pieces[0].withheld)).to_be_visible()
    page.goto(pieces[1].path)
    expect(page.get_by_role("button", name=re.compile("Register"))).to_be_visible()
    page.goto(pieces[0].path)
    expect(page.get_by_text(pieces[0].withheld)).to_be_visible()


def test_two_tabs_at_once_with_one_read_left(
    desktop: Page,
    pieces: list[Piece],
    rows: None,
) -> None:
    sign_in(desktop, "reader@meridian.example")
    Grant.objects.filter(reader__email="reader@meridian.example").delete()
    for piece in pieces[:4]:
        desktop.goto(piece.path)
        expect(desktop.get_by_text(piece.withheld)).to_be_visible()
    tabs = [desktop.context.new_page() for _ in range(2)]
    for tab, piece in zip(tabs, pieces[4:6], strict=True):
        tab.goto(piece.path, wait_until="commit")
    open_tabs = 0
    for tab, piece in zip(tabs, pieces[4:6], strict=True):
        wall = tab.get_by_text(re.compile("You have read your 5"))
        expect(tab.get_by_text(piece.withheld).or_(wall)).to_be_visible()
        open_tabs += tab.get_by_text(piece.withheld).is_visible()
    assert open_tabs == 1
    assert Grant.objects.filter(reader__email="reader@meridian.example", charged=True).count() == 5
