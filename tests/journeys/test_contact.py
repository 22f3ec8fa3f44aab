"""Writing to the publication: with the keyboard alone, and without script."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.journeys.test_pages import examine  # noqa: F401 (a fixture)
from tests.post import LetterBox

DESK = "desk@meridian.example"


def test_a_letter_is_written_mended_and_sent_with_the_keyboard(
    desktop: Page,
    examine: Callable[[Page], None],  # noqa: F811
    smtp: LetterBox,
) -> None:
    desktop.goto("/contact/")
    examine(desktop)
    desktop.get_by_label("Your e-mail address").focus()
    for typed in ("carol@nowhere", "S", "The crossword of Friday has no 12 down."):
        desktop.keyboard.type(typed)
        desktop.keyboard.press("Tab")
    # The field that must stay empty is not on the way.
    expect(desktop.get_by_role("button", name="Send")).to_be_focused()
    desktop.keyboard.press("Enter")
    summary = desktop.get_by_role("alert")
    expect(summary).to_be_focused()
    examine(desktop)
    desktop.keyboard.press("Tab")
    desktop.keyboard.press("Enter")
    expect(desktop.get_by_label("Your e-mail address")).to_be_focused()
    expect(desktop.get_by_label("Your message")).to_have_value("The crossword of Friday has no 12 down.")
    desktop.keyboard.press("ControlOrMeta+a")
    desktop.keyboard.type("carol@reader.example")
    desktop.keyboard.press("Enter")
    expect(desktop.get_by_role("heading", name="Your message was sent")).to_be_visible()
    examine(desktop)
    letter = smtp.await_message(DESK)
    assert letter["Reply-To"] == "carol@reader.example"
    assert "12 down" in str(letter.get_content())


def test_a_letter_is_sent_without_script(no_script: Page, smtp: LetterBox) -> None:
    no_script.goto("/uk/contact/")
    no_script.get_by_label("Your e-mail address").fill("carol@reader.example")
    no_script.get_by_label("What is it about?").select_option("A correction")
    no_script.get_by_label("Your message").fill("It was a Tuesday.")
    no_script.get_by_role("button", name="Send").click()
    expect(no_script).to_have_url(re.compile(r"/uk/write/\d+/sent$"))
    assert smtp.await_message(DESK)["Subject"] == "Contact form: A correction"
