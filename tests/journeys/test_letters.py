"""A letter to the editor, from the page under the article to the page again; with script and without."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from broadsheet.editorial.models import LetterState, LetterToEditor
from tests.journeys.conftest import go_where, look_at_desk, sign_in
from tests.journeys.test_pages import examine  # noqa: F401 (a fixture)
from tests.post import LetterBox

EDITOR = "editor@meridian.example"
ARTICLE = "/business/the-box-that-shrank-the-world/"
TEXT = "My grandmother packed tea in Rotterdam and said the box took the smell of the world away."
EDITED = "My grandmother packed tea in Rotterdam and said the box took away the smell of the world."


def link_in(message: object, path: str) -> str:
    text = str(message.get_body(("plain",)).get_content())  # type: ignore[attr-defined]
    found = re.search(rf"https?://\S+{path}\S*", text)
    assert found, text
    return found[0]


def write(page: Page, address: str, text: str, name: str) -> None:
    page.goto(ARTICLE)
    page.get_by_role("link", name="Write a letter to the editor").click()
    page.get_by_label("Your letter").fill(text)
    page.get_by_label("Your full name").fill(name)
    page.get_by_label("With my initials").check()
    page.get_by_label("Your e-mail address").fill(address)
    page.get_by_role("button", name="Send the letter").click()
    expect(page.get_by_role("alert")).to_contain_text("We need your consent")
    expect(page.get_by_label("Your letter")).to_have_value(text)
    page.get_by_label("I wrote this letter.").check()
    page.get_by_role("button", name="Send the letter").click()
    expect(page.get_by_role("heading", name="One more step")).to_be_visible()


def test_a_letter_is_written_edited_agreed_to_and_published(
    desktop: Page,
    open_window: Callable[..., Page],
    examine: Callable[[Page], None],  # noqa: F811
    smtp: LetterBox,
    rows: None,
) -> None:
    address = "wilma.vos@reader.example"
    desktop.goto(ARTICLE)
    desktop.get_by_role("link", name="Write a letter to the editor").click()
    examine(desktop)
    write(desktop, address, TEXT, "Wilma Vos")
    examine(desktop)
    desktop.goto(link_in(smtp.await_message(address), "/letters/confirm/"))
    examine(desktop)
    desktop.get_by_role("button", name="Send my letter").click()
    expect(desktop.get_by_role("status")).to_contain_text("with our editors")
    own = desktop.url
    letter = LetterToEditor.objects.get(email=address)

    desk = open_window()
    sign_in(desk, EDITOR)
    desk.goto(f"/desk/letters/{letter.pk}/")
    look_at_desk(desk)
    desk.get_by_role("link", name="Choose").click()
    desk.get_by_role("button", name="Choose").click()
    desk.get_by_role("link", name="Edit", exact=True).click()
    look_at_desk(desk)
    desk.get_by_label("As we would publish it").fill(EDITED)
    desk.get_by_role("button", name="Save").click()
    expect(desk.locator(".letter-changes del").first).to_be_visible()
    desk.get_by_role("link", name="Send to the writer").click()
    desk.get_by_label("A note to the writer").fill("So that it ends on the world.")
    desk.get_by_role("button", name="Send to the writer").click()
    expect(desk.get_by_text("no answer yet")).to_be_visible()
    look_at_desk(desk)

    desktop.goto(own)
    expect(desktop.get_by_role("heading", name="Do you agree?")).to_be_visible()
    expect(desktop.get_by_text("So that it ends on the world.")).to_be_visible()
    examine(desktop)
    desktop.get_by_role("button", name="I agree to this text").click()
    expect(desktop.get_by_role("status")).to_contain_text("You have agreed")

    desk.reload()
    desk.get_by_role("link", name="Publish").click()
    desk.get_by_role("button", name="Publish").click()
    expect(desk.get_by_role("link", name="Read it")).to_be_visible()

    go_where(desktop, ARTICLE, lambda: desktop.get_by_text(EDITED))
    expect(desktop.locator(f"#letter-{letter.pk}")).to_contain_text("W. V.")
    examine(desktop)
    for page in ("/letters/", f"/letters/{letter.article.uuid}/"):
        desktop.goto(page)
        expect(desktop.get_by_text(EDITED)).to_be_visible()
        examine(desktop)


def test_without_script_a_letter_is_sent_and_withdrawn(no_script: Page, smtp: LetterBox, rows: None) -> None:
    address = "piet.vos@reader.example"
    write(no_script, address, f"{TEXT} I never minded.", "Piet Vos")
    no_script.goto(link_in(smtp.await_message(address), "/letters/confirm/"))
    no_script.get_by_role("button", name="Send my letter").click()
    no_script.get_by_role("button", name="Withdraw my letter").click()
    expect(no_script.get_by_role("status")).to_contain_text("You have withdrawn this letter")
    assert LetterToEditor.objects.get(email=address).state == LetterState.WITHDRAWN
