"""The message itself, as a real mail server gets it."""

from typing import Any

from django.http import HttpRequest
from django.test import Client

from broadsheet.delivery.models import Send
from broadsheet.people.letters import Letter, post, post_letter
from broadsheet.people.models import Person
from tests.people.conftest import ask, code_in, is_signed_in, link_in, text_of


def test_the_message_holds_code_and_link_as_text_and_as_html(
    ada: Person, browser: Client, mail_by_smtp: Any
) -> None:
    ask(browser, ada.email, "/world/harbour/")
    letter = mail_by_smtp.await_message(ada.email)
    code, link = code_in(letter), link_in(letter)
    html = letter.get_body(("html",)).get_content()
    assert letter.get_content_type() == "multipart/alternative"
    assert letter["Subject"] == f"{code} is your code for The Meridian"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert code in html
    assert link in html
    for part in (text_of(letter), html):
        assert "The Meridian" in part
        assert "15 minutes" in part
        assert "If you did not ask for this" in part
    assert "<img" not in html, "nothing in it calls home"


def test_its_code_signs_in(ada: Person, browser: Client, mail_by_smtp: Any) -> None:
    ask(browser, ada.email)
    browser.post("/account/code/", {"code": code_in(mail_by_smtp.await_message(ada.email))})
    assert is_signed_in(browser)


def test_its_link_signs_in(ada: Person, browser: Client, phone: Client, mail_by_smtp: Any) -> None:
    ask(browser, ada.email)
    phone.post(link_in(mail_by_smtp.await_message(ada.email)))
    assert is_signed_in(phone)


def test_links_lead_to_the_public_address_whatever_the_host_header_says(
    ada: Person, browser: Client, mailoutbox: list[Any], settings: Any
) -> None:
    settings.PUBLIC_URL = "https://magazine.example"
    ask(browser, ada.email, headers={"Host": "127.0.0.1"})
    assert "\nhttps://magazine.example/account/link/" in text_of(mailoutbox[-1])


def test_the_desk_is_told_which_letter_it_was_without_its_code(db, settings) -> None:
    settings.MAILERS = {"default": {"BACKEND": "broadsheet.delivery.mailer.PostRoomBackend"}}
    context = {"code": "482913", "link": "https://magazine.example/link/", "minutes": 10}
    post(HttpRequest(), "sign-in", "ada@reader.example", context)

    sent = Send.objects.get()
    assert str(sent).startswith("… is your code")
    assert "482913" not in sent.subject


def test_the_desk_is_not_told_a_name_that_stands_in_a_subject(db, settings) -> None:
    settings.MAILERS = {"default": {"BACKEND": "broadsheet.delivery.mailer.PostRoomBackend"}}
    letter = Letter("Ada gives you a subscription", ["Dear Bruno,"], on_record="A gift subscription")
    post_letter(letter, "bruno@reader.example", "en-us")
    post_letter(Letter("Your subscription is back", ["Welcome."]), "bruno@reader.example", "en-us")

    assert {str(sent) for sent in Send.objects.all()} == {"A gift subscription", "Your subscription is back"}
