"""A subscriber gives an article away; a stranger opens it."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from broadsheet.demo.people import SUBSCRIBER
from broadsheet.paywall.models import GiftLink
from tests.journeys.conftest import COLOURS, DESKTOP, PHONE, Piece, sign_in


def make_link(giver: Page, piece: Piece) -> str:
    """By the button in the article; the link's address."""
    giver.goto(piece.path)
    giver.get_by_role("link", name="Give this article").click()
    giver.wait_for_url("**/give/*")
    make = giver.get_by_role("button", name="Make the link")
    if make.is_visible():  # another size's journey has given it already
        make.click()
    return giver.get_by_label("The link").input_value()


def test_a_gift_is_given_sent_and_opened_on_a_phone(
    desktop: Page,
    phone: Page,
    open_window: Callable[..., Page],
    pieces: list[Piece],
    axe: Callable[..., None],
) -> None:
    piece = pieces[3]
    sign_in(desktop, SUBSCRIBER[0])
    desktop.goto(piece.path)
    axe(desktop)
    desktop.get_by_role("link", name="Give this article").click()
    axe(desktop)
    address = make_link(desktop, piece)
    axe(desktop)
    desktop.context.grant_permissions(["clipboard-read", "clipboard-write"])
    desktop.get_by_role("button", name="Copy").click()
    expect(desktop.get_by_role("status").filter(has_text="Copied")).to_be_attached()
    assert desktop.evaluate("navigator.clipboard.readText()") == address

    token = address.rpartition("/")[2]
    link = GiftLink.objects.get(token=token)
    asked: list[str] = []
    phone.on("request", lambda request: asked.append(request.headers.get("referer", "")))
    phone.goto(address)
    expect(phone.get_by_text("A subscriber of The Meridian gives you this article.")).to_be_visible()
    expect(phone.get_by_role("button", name="Read the article")).to_be_in_viewport()
    assert piece.withheld not in phone.content()
    axe(phone)
    link.refresh_from_db()
    assert link.opens == 0
    phone.get_by_role("button", name="Read the article").click()
    expect(phone.get_by_text(piece.withheld)).to_be_attached()
    assert phone.url.partition("#")[0].endswith(piece.path)
    assert phone.evaluate("scrollY") == 0
    assert token not in phone.evaluate("document.referrer")
    phone.reload()
    expect(phone.get_by_text(piece.withheld)).to_be_attached()
    # Where the token was the address of the page, no request has said so.
    assert not [referer for referer in asked if token in referer]
    link.refresh_from_db()
    assert link.opens == 1

    desktop.goto("/account/")
    row = desktop.locator("#gifts li", has_text=piece.headline)
    expect(row).to_contain_text("Opened 1 of 10 times")
    axe(desktop)
    row.get_by_role("button", name="Withdraw").click()
    expect(desktop.get_by_text("The link is withdrawn")).to_be_visible()
    expect(row).to_contain_text("Taken back")
    phone.goto(piece.path)
    expect(phone.get_by_text(piece.withheld)).to_be_attached()
    late = open_window()
    late.goto(address)
    expect(late.get_by_text("has withdrawn the link")).to_be_visible()
    axe(late)


def test_a_gift_without_javascript(
    no_script: Page, open_window: Callable[..., Page], pieces: list[Piece]
) -> None:
    piece = pieces[4]
    giver = open_window(java_script_enabled=False)
    sign_in(giver, SUBSCRIBER[0])
    address = make_link(giver, piece)
    no_script.goto(address)
    no_script.get_by_role("button", name="Read the article").click()
    expect(no_script.get_by_text(piece.withheld)).to_be_visible()
    giver.get_by_role("button", name="Withdraw the link").click()
    expect(giver.get_by_text("The link is withdrawn")).to_be_visible()
    stranger = open_window(java_script_enabled=False)
    stranger.goto(address)
    expect(stranger.get_by_text("has withdrawn the link")).to_be_visible()
    stranger.get_by_role("link", name="Read how it begins").click()
    expect(stranger.get_by_role("button", name="Continue reading")).to_be_visible()
    assert piece.withheld not in stranger.content()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_the_pages_of_a_gift_in_every_light(
    open_window: Callable[..., Page],
    pieces: list[Piece],
    axe: Callable[..., None],
    scheme: str,
    viewport: dict[str, int],
) -> None:
    giver = open_window(viewport=viewport, color_scheme=scheme)
    sign_in(giver, SUBSCRIBER[0])
    address = make_link(giver, pieces[5])
    axe(giver, COLOURS)
    giver.goto("/account/")
    axe(giver, COLOURS)
    friend = open_window(viewport=viewport, color_scheme=scheme)
    friend.goto(address)
    axe(friend, COLOURS)
    assert friend.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_browser_that_refuses_cookies_is_told_so(
    open_window: Callable[..., Page], pieces: list[Piece]
) -> None:
    giver = open_window()
    sign_in(giver, SUBSCRIBER[0])
    address = make_link(giver, pieces[6])
    friend = open_window(java_script_enabled=False)
    friend.goto(address)
    friend.get_by_role("button", name="Read the article").click()
    expect(friend.get_by_text(pieces[6].withheld)).to_be_visible()
    landed = friend.url
    # Where the browser keeps no cookie, this is where the press ends.
    friend.context.clear_cookies()
    friend.goto("about:blank")
    friend.goto(landed)
    expect(friend.get_by_text("so the gift could not stay open")).to_be_visible()
    assert pieces[6].withheld not in friend.content()
