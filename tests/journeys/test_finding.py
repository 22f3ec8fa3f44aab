"""Finding one's subscription, up to an open article; and a question by mail, answered at the desk."""

import io
import re
import sys
from collections.abc import Callable

import pytest
from django.core.management import call_command
from playwright.sync_api import Page, expect

from broadsheet.contact.models import Conversation
from broadsheet.editorial.models import Article
from tests.contact.mail import mail
from tests.journeys.conftest import sign_in
from tests.journeys.test_pages import examine  # noqa: F401 (a fixture)
from tests.post import LetterBox

SUBSCRIBER = "subscriber@meridian.example"
MANAGER = "subscriptions@meridian.example"
READER = "vera@allotments.example"
CONTACT = "contact@meridian.example"


def link_in(smtp: LetterBox, address: str) -> str:
    letter = smtp.await_message(address, seconds=70)
    text = str(letter.get_body(("plain",)).get_content())  # type: ignore[union-attr]
    found = re.search(r"http://\S+(/account/link/\S+)", text)
    assert found, text
    return found[1]


@pytest.mark.parametrize("has_script", [True, False], ids=["with script", "without"])
def test_a_subscription_is_found_and_opens_the_article(
    open_window: Callable[..., Page],
    examine: Callable[[Page], None],  # noqa: F811
    smtp: LetterBox,
    rows: None,
    has_script: bool,
) -> None:
    from broadsheet.contact.models import Inquiry

    Inquiry.objects.all().delete()  # the mailbox is written to once an hour
    article = Article.objects.live().get(slug="in-praise-of-the-index", locale__language_code="en-us")
    page = open_window() if has_script else open_window(java_script_enabled=False)
    page.goto(f"/find-my-subscription/?article={article.uuid}")
    if has_script:
        examine(page)
    page.get_by_label("Your name").fill("bruno keller")
    page.get_by_role("button", name="Look for it").click()
    expect(page.get_by_role("alert")).to_contain_text("enter your postcode")
    expect(page.get_by_label("Your name")).to_have_value("bruno keller")
    page.get_by_label("Your postcode or ZIP code").fill("04999")
    page.get_by_role("button", name="Look for it").click()
    expect(page.get_by_role("heading", name="We are looking")).to_be_visible()
    if has_script:
        examine(page)
    assert SUBSCRIBER not in page.content()
    page.goto(link_in(smtp, SUBSCRIBER))
    page.get_by_role("button", name="Sign in as s•••@meridian.example").click()
    expect(page.get_by_role("heading", level=1, name=article.title)).to_be_visible()
    expect(page.locator("#wall")).to_have_count(0)


def test_a_question_by_mail_is_answered_at_the_desk_and_read_in_the_mailbox(
    desktop: Page,
    axe: Callable[..., None],
    smtp: LetterBox,
    rows: None,
    settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings.CONTACT_ADDRESS = CONTACT

    def come(text: str, **headers: str) -> None:
        message = mail(
            text, sender=f"Vera Petrov <{READER}>", To=CONTACT, Subject="A question of days", **headers
        )
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(message.as_bytes())))
        call_command("take_in", to=CONTACT, stdout=io.StringIO())

    come("Which days does the letter come?", Message_ID="<days-1@allotments.example>")
    sign_in(desktop, MANAGER)
    desktop.goto("/desk/")
    axe(desktop, within="main")
    desktop.goto("/desk/conversations/")
    axe(desktop, within="main")
    desktop.get_by_role("link", name="A question of days").click()
    expect(desktop.get_by_text("Which days does the letter come?")).to_be_visible()
    axe(desktop, within="main")
    desktop.get_by_label("Saved reply").select_option("Going on holiday")
    desktop.get_by_role("button", name="Insert").click()
    answer = desktop.get_by_label("Your answer, or a note among our staff")
    expect(answer).to_have_value(re.compile("Dear Vera Petrov,"))
    answer.fill("On Fridays.")
    desktop.get_by_role("button", name=f"Send to {READER}").click()
    expect(desktop.get_by_text("The answer is on its way")).to_be_visible()
    letter = smtp.await_message(READER, seconds=70)
    assert letter["In-Reply-To"] == "<days-1@allotments.example>"
    assert "> Which days does the letter come?" in str(letter.get_content())
    come("Thank you!", Message_ID="<days-2@allotments.example>", In_Reply_To=str(letter["Message-ID"]))
    conversation = Conversation.objects.get(email=READER)
    assert conversation.messages.count() == 3
    desktop.goto(f"/desk/conversations/{conversation.pk}/")
    expect(desktop.get_by_text("Thank you!")).to_be_visible()
    desktop.locator(".acts").get_by_role("link", name="Close", exact=True).click()
    axe(desktop, within="main")
    desktop.locator("form.act").get_by_role("button", name="Close", exact=True).click()
    expect(desktop.get_by_text("The conversation is closed.")).to_be_visible()
    assert len(smtp.to(READER)) == 1
