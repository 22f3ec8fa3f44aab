"""Signing in and registering by the six digits."""

from datetime import timedelta
from typing import Any

from django.contrib.sessions.backends.db import SessionStore
from django.test import Client

from broadsheet.people.models import MailedCode, Person
from broadsheet.platform import clock
from tests.cast import STRANGER
from tests.people.conftest import ask, code_in, is_signed_in, link_in, new_browser, page, wrong


def type_in(client: Client, code: str) -> Any:
    return client.post("/account/code/", {"code": code})


def test_a_reader_signs_in_and_goes_on_where_they_came_from(
    ada: Person, browser: Client, mailoutbox: list[Any]
) -> None:
    assert ask(browser, ada.email, "/world/harbour/").headers["Location"] == "/account/code/"
    answer = type_in(browser, code_in(mailoutbox[-1]))
    assert (answer.status_code, answer.headers["Location"]) == (303, "/world/harbour/")
    assert is_signed_in(browser)


def test_a_stranger_gets_an_account_only_with_the_right_code(browser: Client, mailoutbox: list[Any]) -> None:
    ask(browser, "  Nina@Reader.Example ")
    assert not Person.objects.filter(email="nina@reader.example").exists()
    type_in(browser, wrong(code_in(mailoutbox[-1])))
    assert not Person.objects.filter(email="nina@reader.example").exists()
    type_in(browser, code_in(mailoutbox[-1]))
    nina = Person.objects.get(email="nina@reader.example")
    assert not nina.has_usable_password()
    assert is_signed_in(browser)


def test_registering_with_an_address_that_has_an_account_signs_in_there(
    ada: Person, browser: Client, mailoutbox: list[Any]
) -> None:
    ask(browser, "ADA@reader.example")
    type_in(browser, code_in(mailoutbox[-1]))
    assert ada.email in page(browser.get("/account/"))
    assert Person.objects.filter(email__iexact=ada.email).count() == 1


def test_a_code_may_be_typed_as_it_was_copied(ada: Person, browser: Client, mailoutbox: list[Any]) -> None:
    ask(browser, ada.email)
    code = code_in(mailoutbox[-1])
    assert type_in(browser, f" {code[:3]} {code[3:]}").status_code == 303


def test_a_wrong_code_says_so_and_keeps_the_form(ada: Person, browser: Client, mailoutbox: list[Any]) -> None:
    ask(browser, ada.email)
    answer = type_in(browser, wrong(code_in(mailoutbox[-1])))
    assert answer.status_code == 400
    assert "not the code we sent" in page(answer)
    assert 'aria-describedby="id_code_error"' in page(answer)
    assert type_in(browser, code_in(mailoutbox[-1])).status_code == 303


def test_what_is_no_code_at_all_costs_no_try(ada: Person, browser: Client, mailoutbox: list[Any]) -> None:
    ask(browser, ada.email)
    for nonsense in ("", "12345", "abcdef", "²²²²²²", "1" * 5000, "\x00"):
        assert type_in(browser, nonsense).status_code == 400
    assert MailedCode.objects.get().tries == 0
    assert type_in(browser, code_in(mailoutbox[-1])).status_code == 303


def test_the_fifth_wrong_try_is_the_last(ada: Person, browser: Client, mailoutbox: list[Any]) -> None:
    ask(browser, ada.email)
    code = code_in(mailoutbox[-1])
    for _try in range(4):
        assert "Please check it" in page(type_in(browser, wrong(code)))
    assert "Too many tries" in page(type_in(browser, wrong(code)))
    answer = type_in(browser, code)
    assert answer.status_code == 400
    assert not is_signed_in(browser)
    assert "Open the link in the message, or ask for a new code" in page(answer)
    assert f'value="{ada.email}"' in page(answer), "a new one is asked for without typing again"


def test_a_used_code_does_not_work_again(ada: Person, browser: Client, mailoutbox: list[Any]) -> None:
    ask(browser, ada.email)
    stolen = SessionStore()
    stolen.update(dict(browser.session.items()))
    stolen.save()
    type_in(browser, code_in(mailoutbox[-1]))
    thief = new_browser()
    thief.cookies["broadsheet_session"] = stolen.session_key or ""
    answer = type_in(thief, code_in(mailoutbox[-1]))
    assert answer.status_code == 400
    assert "already been used" in page(answer)
    assert not is_signed_in(thief)


def test_a_code_expires(ada: Person, browser: Client, mailoutbox: list[Any]) -> None:
    ask(browser, ada.email, "/world/harbour/")
    with clock.moved_to(clock.now() + timedelta(minutes=15)):
        answer = type_in(browser, code_in(mailoutbox[-1]))
        assert answer.status_code == 400
        assert "expired" in page(answer)
        assert 'value="/world/harbour/"' in page(answer), "where they were going is not lost"
        ask(browser, ada.email, "/world/harbour/")
        assert type_in(browser, code_in(mailoutbox[-1])).headers["Location"] == "/world/harbour/"


def test_a_newer_code_voids_the_older_of_the_same_browser(
    ada: Person, browser: Client, phone: Client, mailoutbox: list[Any]
) -> None:
    ask(browser, ada.email)
    ask(browser, ada.email)
    assert "newer one has replaced it" in page(phone.post(link_in(mailoutbox[0])))
    assert "not the code we sent" in page(type_in(browser, code_in(mailoutbox[0])))
    assert type_in(browser, code_in(mailoutbox[1])).status_code == 303


def test_a_code_that_somebody_else_asks_for_ends_nobodys(
    ada: Person, browser: Client, phone: Client, mailoutbox: list[Any]
) -> None:
    ask(browser, ada.email)
    ask(phone, ada.email)
    older, newer = map(code_in, mailoutbox)
    assert type_in(browser, older).status_code == 303
    assert type_in(phone, newer).status_code == 303


def test_a_code_is_of_no_use_in_a_browser_that_did_not_ask(
    ada: Person, browser: Client, phone: Client, mailoutbox: list[Any]
) -> None:
    ask(browser, ada.email)
    answer = type_in(phone, code_in(mailoutbox[-1]))
    assert "has not asked for a code" in page(answer)
    assert not is_signed_in(phone)


def test_codes_and_links_are_not_kept_in_the_plain(
    ada: Person, browser: Client, mailoutbox: list[Any]
) -> None:
    ask(browser, ada.email)
    kept = " ".join(map(str, MailedCode.objects.values_list().get()))
    assert code_in(mailoutbox[-1]) not in kept


def test_rows_of_no_more_use_are_swept(ada: Person, browser: Client) -> None:
    ask(browser, STRANGER)
    with clock.moved_to(clock.now() + timedelta(days=2)):
        ask(browser, ada.email)
    assert [mailed.email for mailed in MailedCode.objects.all()] == [ada.email]


def test_signing_in_cycles_the_session_key(ada: Person, browser: Client, mailoutbox: list[Any]) -> None:
    ask(browser, ada.email)
    before = browser.cookies["broadsheet_session"].value
    type_in(browser, code_in(mailoutbox[-1]))
    assert browser.cookies["broadsheet_session"].value != before
    assert browser.cookies["broadsheet_session"]["max-age"] == 180 * 24 * 3600


def test_signing_in_as_somebody_else_ends_the_first_session(
    ada: Person, bruno: Person, browser: Client, mailoutbox: list[Any]
) -> None:
    ask(browser, ada.email)
    type_in(browser, code_in(mailoutbox[-1]))
    ask(browser, bruno.email)
    type_in(browser, code_in(mailoutbox[-1]))
    assert bruno.email in page(browser.get("/account/"))


def test_a_closed_account_stays_closed(ada: Person, browser: Client, mailoutbox: list[Any]) -> None:
    Person.objects.filter(pk=ada.pk).update(is_active=False)
    ask(browser, ada.email)
    answer = browser.post("/account/code/", {"code": code_in(mailoutbox[-1])}, follow=True)
    assert "This account is closed" in page(answer)
    assert not is_signed_in(browser)


def test_a_browser_whose_session_was_ended_signs_in_again(
    ada: Person, browser: Client, mailoutbox: list[Any]
) -> None:
    ask(browser, ada.email)
    type_in(browser, code_in(mailoutbox[-1]))
    Person.objects.filter(pk=ada.pk).update(password="!changed-elsewhere")
    ask(browser, ada.email)
    assert type_in(browser, code_in(mailoutbox[-1])).status_code == 303
    assert is_signed_in(browser)
