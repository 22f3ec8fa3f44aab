"""Signing in by the link, which only its button does."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from broadsheet.people.models import Person
from broadsheet.platform import clock
from tests.people.conftest import ask, code_in, is_signed_in, link_in, page


def test_in_the_browser_that_asked_it_shows_a_button(
    ada: Person, browser: Client, mailoutbox: list[Any]
) -> None:
    ask(browser, ada.email, "/world/harbour/")
    link = link_in(mailoutbox[-1])
    shown = page(browser.get(link))
    assert "Sign in as a•••@reader.example" in shown
    assert "Was it you" not in shown
    answer = browser.post(link)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/world/harbour/")
    assert is_signed_in(browser)


def test_in_another_browser_it_warns_and_shows_the_masked_address_only(
    ada: Person, browser: Client, phone: Client, mailoutbox: list[Any]
) -> None:
    ask(browser, ada.email, "/world/harbour/")
    link = link_in(mailoutbox[-1])
    shown = page(phone.get(link))
    assert "Did you ask for this?" in shown
    assert "Continue only if it was you" in shown
    assert "a•••@reader.example" in shown
    assert ada.email not in shown
    assert phone.post(link).headers["Location"] == "/world/harbour/"
    assert is_signed_in(phone)
    assert not is_signed_in(browser)


@pytest.mark.parametrize("method", ["get", "head"])
def test_a_mail_scanner_that_opens_it_uses_nothing_up(
    method: str, ada: Person, browser: Client, phone: Client, mailoutbox: list[Any]
) -> None:
    ask(browser, ada.email)
    link = link_in(mailoutbox[-1])
    for _visit in range(20):
        assert getattr(phone, method)(link).status_code == 200
    assert not is_signed_in(phone)
    assert browser.post(link).status_code == 303


def test_it_works_once(ada: Person, browser: Client, phone: Client, mailoutbox: list[Any]) -> None:
    ask(browser, ada.email)
    link = link_in(mailoutbox[-1])
    browser.post(link)
    for answer in (phone.get(link), phone.post(link)):
        assert answer.status_code == 400
        assert "already been used" in page(answer)
        assert ada.email not in page(answer)
    assert not is_signed_in(phone)


def test_the_code_ends_with_the_link(
    ada: Person, browser: Client, phone: Client, mailoutbox: list[Any]
) -> None:
    ask(browser, ada.email)
    phone.post(link_in(mailoutbox[-1]))
    assert "already been used" in page(browser.post("/account/code/", {"code": code_in(mailoutbox[-1])}))


def test_it_expires(ada: Person, browser: Client, mailoutbox: list[Any]) -> None:
    ask(browser, ada.email)
    with clock.moved_to(clock.now() + timedelta(minutes=16)):
        answer = browser.post(link_in(mailoutbox[-1]))
    assert answer.status_code == 400
    assert "expired" in page(answer)
    assert not is_signed_in(browser)


@pytest.mark.parametrize("token", ["x", "A" * 43, "%00", "é" * 40, "x" * 3000, "..%2F.."])
def test_a_link_that_is_not_ours_gets_a_clear_answer(token: str, browser: Client) -> None:
    for answer in (browser.get(f"/account/link/{token}/"), browser.post(f"/account/link/{token}/")):
        assert answer.status_code in {400, 404}
        assert "<h1" in page(answer)


def test_its_path_never_travels_in_a_referrer_and_is_never_stored(
    ada: Person, browser: Client, mailoutbox: list[Any]
) -> None:
    ask(browser, ada.email)
    answer = browser.get(link_in(mailoutbox[-1]))
    assert answer.headers["Referrer-Policy"] == "strict-origin"
    assert "no-store" in answer.headers["Cache-Control"]


def test_another_site_cannot_press_the_button(ada: Person, browser: Client, mailoutbox: list[Any]) -> None:
    ask(browser, ada.email)
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(link_in(mailoutbox[-1])).status_code == 403
