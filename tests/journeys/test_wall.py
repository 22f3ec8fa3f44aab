"""From the first article to the wall, and through it: registering in the middle of an article."""

import re
from collections.abc import Callable
from email.message import EmailMessage

from playwright.sync_api import Page, expect

from broadsheet.paywall.models import Grant
from tests.journeys.conftest import Piece
from tests.post import LetterBox


def code_in(message: EmailMessage) -> str:
    found = re.search(r"\b\d{6}\b", message.get_body(("plain",)).get_content())
    assert found
    return found[0]


def link_in(message: EmailMessage) -> str:
    found = re.search(r"https?://\S+/account/link/\S+", message.get_body(("plain",)).get_content())
    assert found
    return found[0]


def meet_the_wall(page: Page, pieces: list[Piece]) -> Piece:
    """Reads the month's one article and opens a second."""
    first, second = pieces[:2]
    page.goto(first.path)
    expect(page.get_by_text(first.withheld)).to_be_visible()
    page.goto(second.path)
    expect(page.get_by_text(re.compile(r"You have read your free article in \w+\."))).to_be_visible()
    assert second.withheld not in page.content()
    return second


def register(page: Page, email: str) -> None:
    page.get_by_label("Your e-mail address").fill(email)
    page.get_by_role("button", name="Register free").click()
    expect(page.get_by_role("heading", name="Check your e-mail")).to_be_visible()


def test_a_stranger_registers_at_the_wall_and_reads_on_in_the_same_article(
    page: Page, pieces: list[Piece], smtp: LetterBox, axe: Callable[[Page], None]
) -> None:
    email = f"ada-{page.viewport_size['width']}@reader.example"
    second = meet_the_wall(page, pieces)
    axe(page)
    register(page, email)
    axe(page)
    page.get_by_label("Code").fill(code_in(smtp.await_message(email)))
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(re.compile(re.escape(second.path) + "$"))
    expect(page.get_by_text(second.withheld)).to_be_visible()
    axe(page)
    grants = Grant.objects.filter(reader__email=email)
    assert sorted(grants.values_list("charged", flat=True)) == [False, True]
    for piece in pieces[2:6]:
        page.goto(piece.path)
        expect(page.get_by_text(piece.withheld)).to_be_visible()
    page.goto(pieces[6].path)
    expect(page.get_by_text(re.compile("You have read your 5 articles"))).to_be_visible()
    assert pieces[6].withheld not in page.content()


def test_the_same_without_javascript(no_script: Page, pieces: list[Piece], smtp: LetterBox) -> None:
    page, (first, second) = no_script, pieces[:2]
    page.goto(first.path)
    assert first.withheld not in page.content()
    page.get_by_role("button", name="Continue reading").click()
    expect(page).to_have_url(re.compile(re.escape(first.path) + "#read-on$"))
    expect(page.get_by_text(first.withheld)).to_be_visible()
    page.goto(second.path)
    page.get_by_role("button", name="Continue reading").click()
    expect(page.get_by_text(re.compile(r"You have read your free article in \w+\."))).to_be_visible()
    register(page, "bruno-plain@reader.example")
    page.get_by_label("Code").fill(code_in(smtp.await_message("bruno-plain@reader.example")))
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(re.compile(re.escape(second.path) + "$"))
    expect(page.get_by_text(second.withheld)).to_be_visible()


def test_the_link_works_in_another_browser_after_a_question(
    desktop: Page, open_window: Callable[..., Page], pieces: list[Piece], smtp: LetterBox
) -> None:
    second = meet_the_wall(desktop, pieces)
    register(desktop, "clara-link@reader.example")
    elsewhere = open_window()
    elsewhere.goto(link_in(smtp.await_message("clara-link@reader.example")))
    expect(elsewhere.get_by_role("heading", name="Did you ask for this?")).to_be_visible()
    expect(elsewhere.get_by_role("main").get_by_text("c•••@reader.example").first).to_be_visible()
    elsewhere.get_by_role("button", name="Sign in as").click()
    expect(elsewhere.get_by_text(second.withheld)).to_be_visible()


def test_with_the_keyboard_alone(desktop: Page, pieces: list[Piece], smtp: LetterBox) -> None:
    page = desktop
    second = meet_the_wall(page, pieces)
    tab_to(page, page.get_by_label("Your e-mail address"))
    page.keyboard.type("dora-keys@reader.example")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Check your e-mail")).to_be_visible()
    tab_to(page, page.get_by_label("Code"))
    page.keyboard.type(code_in(smtp.await_message("dora-keys@reader.example")))
    page.keyboard.press("Enter")
    expect(page.get_by_text(second.withheld)).to_be_visible()


def tab_to(page: Page, target, most: int = 80) -> None:
    """Moves by the Tab key until `target` has the focus."""
    for _ in range(most):
        if target.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError("the Tab key does not reach it")


def test_a_wrong_code_is_said_to_be_wrong_and_nothing_is_lost(
    desktop: Page, pieces: list[Piece], smtp: LetterBox
) -> None:
    second = meet_the_wall(desktop, pieces)
    register(desktop, "emil-wrong@reader.example")
    right = code_in(smtp.await_message("emil-wrong@reader.example"))
    wrong = f"{(int(right) + 1) % 1_000_000:06}"
    desktop.get_by_label("Code").fill(wrong)
    desktop.get_by_role("button", name="Sign in").click()
    expect(desktop.get_by_text("That is not the code we sent.")).to_be_visible()
    desktop.get_by_label("Code").fill(right)
    desktop.get_by_role("button", name="Sign in").click()
    expect(desktop.get_by_text(second.withheld)).to_be_visible()


def test_a_page_in_the_background_opens_nothing_until_it_is_looked_at(
    desktop: Page, pieces: list[Piece]
) -> None:
    desktop.add_init_script(
        "Object.defineProperty(document, 'visibilityState', {get: () => window.seen ? 'visible' : 'hidden'})"
    )
    posts: list[str] = []
    desktop.on("request", lambda request: posts.append(request.url) if request.method == "POST" else None)
    desktop.goto(pieces[0].path)
    desktop.wait_for_timeout(500)
    assert posts == []
    desktop.evaluate("window.seen = true; document.dispatchEvent(new Event('visibilitychange'))")
    expect(desktop.get_by_text(pieces[0].withheld)).to_be_visible()
    assert len(posts) == 1
