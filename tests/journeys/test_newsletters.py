"""A reader signs up in an article and at the wall, gets less, and leaves; with script and without."""

import re
from collections.abc import Callable
from email.message import EmailMessage

from playwright.sync_api import Page, expect

from broadsheet.newsletters.models import Mailbox, Newsletter, SignUp
from broadsheet.newsletters.reader_links import preferences_path
from tests.journeys.conftest import Piece
from tests.journeys.test_wall import code_in, meet_the_wall
from tests.newsletters.conftest import reader, receives
from tests.newsletters.issues import leave_path
from tests.post import LetterBox


def named(page: Page, name: str) -> str:
    """An address that no other window of this test has."""
    width = page.viewport_size["width"] if page.viewport_size else 0
    return f"{name}-{width}@reader.example"


def link_in(message: EmailMessage) -> str:
    found = re.search(r"https?://\S+/newsletters/confirm/\S+", message.get_body(("plain",)).get_content())
    assert found
    return found[0]


def press(page: Page) -> None:
    """Presses until the form takes it: a machine is quicker than people, whom it waits for."""
    sent = page.get_by_role("heading", name="Check your e-mail")
    again = page.get_by_text(re.compile("press the button again"))
    for _ in range(100):
        page.get_by_role("button", name="Sign up").click()
        expect(sent.or_(again)).to_be_visible()
        if sent.is_visible():
            break
    expect(sent).to_be_visible()


def first_light() -> Newsletter:
    return Newsletter.objects.get(edition="en-us", slug="first-light")


def test_a_reader_signs_up_in_an_article_and_confirms_by_the_code(
    page: Page, pieces: list[Piece], smtp: LetterBox, axe: Callable[[Page], None]
) -> None:
    email = named(page, "article")
    page.goto(pieces[0].path)
    field = page.get_by_label("E-mail address", exact=True)
    with page.expect_response("**/newsletters/pace/"):
        field.focus()
    field.fill(email)
    press(page)
    axe(page)
    page.get_by_label("Code").fill(code_in(smtp.await_message(email, seconds=20)))
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_text("You are signed up.")).to_be_visible()
    axe(page)
    assert receives(email) == {"first-light"}
    zone = page.evaluate("Intl.DateTimeFormat().resolvedOptions().timeZone")
    assert Mailbox.objects.get(address=email).time_zone == zone


def test_registering_at_the_wall_and_signing_up_are_one_step(
    page: Page, pieces: list[Piece], smtp: LetterBox
) -> None:
    email = named(page, "wall")
    second = meet_the_wall(page, pieces)
    ticks = page.locator(".wall input[type=checkbox]")
    assert not any(tick.is_checked() for tick in ticks.all())
    page.get_by_label(re.compile("The Good News Letter")).check()
    page.get_by_label("Your e-mail address").fill(email)
    page.get_by_role("button", name="Register free").click()
    expect(page.get_by_role("heading", name="Check your e-mail")).to_be_visible()
    page.get_by_label("Code").fill(code_in(smtp.await_message(email, seconds=20)))
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_text(second.withheld)).to_be_visible()
    assert receives(email) == {"good-news"}


def test_a_reader_takes_the_weekly_pauses_and_leaves(
    page: Page, rows: None, axe: Callable[[Page], None]
) -> None:
    email = named(page, "fewer")
    mailbox = reader(email, first_light())
    page.goto(preferences_path(mailbox))
    axe(page)
    page.get_by_role("button", name=re.compile("Get fewer")).click()
    expect(page.get_by_label(re.compile("The Good News Letter"))).to_be_checked()
    expect(page.get_by_label(re.compile("First Light"))).not_to_be_checked()
    page.get_by_label("How long").select_option("2")
    page.get_by_role("button", name="Pause all newsletters").click()
    expect(page.get_by_text(re.compile("Paused until"))).to_be_visible()
    assert receives(email) == set()
    page.get_by_role("button", name="Resume").click()
    expect(page.get_by_role("button", name="Pause all newsletters")).to_be_visible()
    assert receives(email) == {"good-news"}


def test_a_reader_leaves_by_one_click(page: Page, rows: None, axe: Callable[[Page], None]) -> None:
    email = named(page, "leaves")
    newsletter = first_light()
    mailbox = reader(email, newsletter)
    path = leave_path(mailbox, newsletter)
    page.goto(path)
    expect(page.get_by_role("heading", name="Leave “First Light”?")).to_be_visible()
    assert receives(email) == {"first-light"}
    # What a mail program sends, which has no cookie and no page of ours.
    origin = re.match(r"https?://[^/]+", page.url)
    assert origin
    answer = page.request.post(f"{origin[0]}{path}", form={"List-Unsubscribe": "One-Click"}, max_redirects=0)
    assert answer.status == 200
    assert SignUp.objects.get(mailbox=mailbox).leaving == "one_click"
    page.goto(path)
    expect(page.get_by_role("heading", name="You have left")).to_be_visible()
    axe(page)
    page.get_by_label("It comes too often").check()
    page.get_by_role("button", name="Tell the editors").click()
    expect(page.get_by_text("Thank you for telling us.")).to_be_visible()


def test_the_same_without_javascript(no_script: Page, pieces: list[Piece], smtp: LetterBox) -> None:
    page, email = no_script, "plain-newsletters@reader.example"
    page.goto(pieces[0].path)
    page.get_by_label("E-mail address", exact=True).fill(email)
    page.get_by_role("button", name="Sign up").click()
    expect(page.get_by_text(re.compile("press the button again"))).to_be_visible()
    expect(page.get_by_label("E-mail address")).to_have_value(email)
    press(page)
    path = re.sub(r"^https?://[^/]+", "", link_in(smtp.await_message(email, seconds=20)))
    page.goto(path)
    assert receives(email) == set()
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_text("You are signed up.")).to_be_visible()
    assert Mailbox.objects.get(address=email).time_zone == ""
    page.get_by_role("button", name=re.compile("Get fewer")).click()
    expect(page.get_by_label(re.compile("The Good News Letter"))).to_be_checked()
    page.get_by_role("button", name="Leave all newsletters").click()
    expect(page.get_by_text(re.compile("You have left"))).to_be_visible()
    assert receives(email) == set()
