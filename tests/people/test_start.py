"""The one form for registering and signing in: what it takes, and what it gives away."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from broadsheet.people.models import MailedCode, Person
from tests.cast import STRANGER
from tests.people.conftest import ask, code_in, new_browser, page, text_of


def without_what_must_differ(text: str, email: str) -> str:
    text = text.replace(email, "somebody@mail.example")
    text = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", text)
    text = re.sub(r"/account/link/[\w-]+/", "/account/link/…/", text)
    return re.sub(r"\b\d{6}\b", "123456", text)


def test_nobody_learns_from_it_who_has_an_account(ada: Person, mailoutbox: list[Any]) -> None:
    pages, headers, letters = [], [], []
    for email in (ada.email, STRANGER):
        browser = new_browser()
        answers = [ask(browser, email, "/world/harbour/"), browser.get("/account/code/")]
        pages.append([without_what_must_differ(page(answer), email) for answer in answers])
        headers.append(
            [
                (a.status_code, sorted(a.headers), a.headers.get("Location"), sorted(a.cookies))
                for a in answers
            ]
        )
        letter = mailoutbox[-1]
        parts = [letter.subject, text_of(letter), letter.alternatives[0].content]
        letters.append([without_what_must_differ(part, email) for part in parts])
    assert pages[0] == pages[1]
    assert headers[0] == headers[1]
    assert letters[0] == letters[1]
    assert [letter.to for letter in mailoutbox] == [[ada.email], [STRANGER]]


def test_it_asks_the_database_the_same_for_anyone(ada: Person, mailoutbox: list[Any]) -> None:
    counts = []
    ask(new_browser(), "warm-up@mail.example")
    for email in (ada.email, STRANGER):
        with CaptureQueriesContext(connection) as queries:
            ask(new_browser(), email)
        assert not [q for q in queries if "people_person" in q["sql"]]
        counts.append(len(queries))
    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    "email",
    ["", "nobody", "a@b", "x" * 300 + "@mail.example", "a@b.example\nBcc: c@d.example", "\x00@mail.example"],
)
def test_what_is_no_address_is_told_so_and_kept(email: str, browser: Client, mailoutbox: list[Any]) -> None:
    answer = ask(browser, email, "/world/harbour/")
    assert answer.status_code == 400
    assert 'aria-describedby="id_email_error"' in page(answer)
    assert 'value="/world/harbour/"' in page(answer)
    assert not mailoutbox
    assert not MailedCode.objects.exists()


@pytest.mark.parametrize(
    "forged",
    [
        "https://stranger.example/",
        "//stranger.example/",
        "/\\stranger.example/",
        "\\\\stranger.example",
        "javascript:alert(1)",
        "/\t/stranger.example/",
        "/world\r\nSet-Cookie: a=b",
        "world",
        "/" + "x" * 600,
    ],
)
def test_a_forged_next_is_dropped(forged: str, ada: Person, browser: Client, mailoutbox: list[Any]) -> None:
    assert ask(browser, ada.email, forged).status_code == 303
    answer = browser.post("/account/code/", {"code": code_in(mailoutbox[-1])})
    assert answer.headers["Location"] == "/account/"


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://stranger.example"},
        {"Origin": "null"},
        {},
    ],
)
def test_another_site_cannot_send_it(headers: dict[str, str], db: None, mailoutbox: list[Any]) -> None:
    answer = Client(headers=headers).post("/account/start/", {"email": STRANGER})
    assert answer.status_code == 403
    assert "can only be sent from this site" in page(answer)
    assert not mailoutbox


def test_it_needs_no_token(db: None, mailoutbox: list[Any]) -> None:
    strict = Client(enforce_csrf_checks=True, headers={"Sec-Fetch-Site": "same-origin"})
    assert ask(strict, STRANGER).status_code == 303


def test_a_mail_server_that_is_down_is_said_and_loses_nothing(browser: Client, settings: Any) -> None:
    settings.MAILERS = {
        "default": {
            "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "OPTIONS": {"host": "127.0.0.1", "port": 9, "timeout": 1},
        }
    }
    answer = ask(browser, STRANGER, "/world/harbour/")
    assert answer.status_code == 503
    assert "could not send the message" in page(answer)
    assert STRANGER in page(answer)
    assert 'value="/world/harbour/"' in page(answer)


def test_its_get_leads_to_the_sign_in_page(browser: Client) -> None:
    assert browser.get("/account/start/").headers["Location"] == "/account/sign-in/"


def test_no_page_of_an_account_is_stored(ada: Person, browser: Client) -> None:
    for path in ("/account/", "/account/sign-in/", "/account/code/", "/account/start/", "/account/sign-out/"):
        assert "no-store" in browser.get(path).headers["Cache-Control"], path


@pytest.mark.parametrize(
    "path", ["signup/", "password/reset/", "email/", "login/", "login/code/", "confirm-email/", "sessions/"]
)
def test_allauths_pages_that_are_not_ours_are_closed(path: str, browser: Client) -> None:
    assert browser.get(f"/account/{path}").status_code == 404
