"""The account page and what is changed from it."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import unquote

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.test import Client

from broadsheet.delivery.addresses import fingerprint
from broadsheet.delivery.models import Suppression
from broadsheet.membership.lengths import Term
from broadsheet.membership.models import Plan, Price
from broadsheet.people.devices import device_words
from broadsheet.people.models import MailedCode, Person
from broadsheet.platform import clock
from tests.cast import PASSWORD
from tests.delivery.envelopes import submitted
from tests.magazine import Magazine
from tests.people.conftest import (
    FIREFOX,
    IPHONE,
    code_in,
    is_signed_in,
    page,
    sign_in,
    text_of,
)
from tests.shop import subscribe


@pytest.fixture
def adas(ada: Person, browser: Client, mailoutbox: list[Any]) -> Client:
    """Ada's browser, just signed in."""
    sign_in(browser, ada.email, mailoutbox)
    return browser


def twenty_minutes_pass(client: Client) -> None:
    """So long that a sign-in is no proof any more; allauth notes the time of it in the session."""
    session = client.session
    for record in session["account_authentication_methods"]:
        record["at"] -= 20 * 60
    session.save()


def test_a_stranger_is_sent_to_sign_in_and_back(browser: Client) -> None:
    assert browser.get("/account/").headers["Location"] == "/account/sign-in/?next=/account/"


def test_it_shows_who_and_where_you_are(ada: Person, adas: Client) -> None:
    shown = page(adas.get("/account/"))
    assert ada.email in shown
    assert "Firefox on Linux" in shown
    assert "(this one)" in shown


def test_the_name_is_taken_as_written(ada: Person, adas: Client) -> None:
    adas.post("/account/name/", {"name": " Ada von Brandt "})
    assert "Ada von Brandt" in page(adas.get("/account/"))
    adas.post("/account/name/", {"name": ""})
    assert "Not given" in page(adas.get("/account/"))
    answer = adas.post("/account/name/", {"name": "x" * 151})
    assert answer.status_code == 400


# --- Sessions ------------------------------------------------------------------------------------


def test_one_browser_is_signed_out_from_another(
    ada: Person, adas: Client, phone: Client, mailoutbox: list[Any]
) -> None:
    sign_in(phone, ada.email, mailoutbox)
    assert "Safari on iPhone" in page(adas.get("/account/"))
    of_phone = UserSession.objects.get(user_agent=IPHONE)
    adas.post(f"/account/sessions/{of_phone.pk}/end/")
    assert not is_signed_in(phone)
    assert is_signed_in(adas)


def test_sessions_are_told_in_the_zone_in_which_one_subscribed(
    magazine: Magazine, ada: Person, adas: Client, digital: Plan
) -> None:
    in_january = datetime(2026, 1, 15, 23, 30, tzinfo=UTC)
    with clock.moved_to(in_january):
        adas.get("/account/")
        UserSession.objects.filter(user=ada).update(created_at=in_january, last_seen_at=in_january)
        assert "6:30 p.m. EST" in page(adas.get("/account/"))
        pounds = Price.objects.create(
            plan=digital, edition="en-gb", amount=3000, currency="GBP", term=Term.YEAR
        )
        subscribe(ada, pounds)
        assert "11:30 p.m. GMT" in page(adas.get("/account/"))
        assert "EST" not in page(adas.get("/account/"))


def test_sign_out_everywhere_ends_every_session(
    ada: Person, adas: Client, phone: Client, mailoutbox: list[Any]
) -> None:
    sign_in(phone, ada.email, mailoutbox)
    answer = adas.post("/account/sessions/end/", follow=True)
    assert "signed out everywhere" in page(answer)
    assert not is_signed_in(adas)
    assert not is_signed_in(phone)
    assert not UserSession.objects.filter(user=ada).exists()


def test_nobody_ends_the_session_of_somebody_else(
    ada: Person, bruno: Person, adas: Client, phone: Client, mailoutbox: list[Any]
) -> None:
    sign_in(phone, bruno.email, mailoutbox)
    of_bruno = UserSession.objects.get(user=bruno)
    assert adas.post(f"/account/sessions/{of_bruno.pk}/end/").status_code == 404
    assert is_signed_in(phone)


def test_when_a_session_was_last_seen_is_noted_once_an_hour(adas: Client) -> None:
    adas.get("/account/")
    first = UserSession.objects.get().last_seen_at
    adas.get("/account/")
    assert UserSession.objects.get().last_seen_at == first
    with clock.moved_to(clock.now() + timedelta(minutes=61)):
        adas.get("/account/")
    assert UserSession.objects.get().last_seen_at > first


def test_signing_out_takes_a_post(adas: Client) -> None:
    assert "Sign out" in page(adas.get("/account/sign-out/"))
    assert is_signed_in(adas)
    adas.post("/account/sign-out/")
    assert not is_signed_in(adas)


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        (FIREFOX, "Firefox on Linux"),
        (IPHONE, "Safari on iPhone"),
        (
            "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/139.0 Safari/537.36 Edg/139.0",
            "Edge on Windows",
        ),
        ("curl/8.5.0", "curl"),
        ("", "Unknown program"),
    ],
)
def test_devices_are_named_in_words(user_agent: str, words: str) -> None:
    assert device_words(user_agent) == words


# --- Please confirm it’s you ----------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["address/", "password/", "erase/", "my-data.json", "app/", "passkeys/add/"])
def test_an_old_sign_in_is_confirmed_first(path: str, browser: Client, mailoutbox: list[Any]) -> None:
    sign_in(browser, "nina@reader.example", mailoutbox)
    twenty_minutes_pass(browser)
    answer = browser.get(f"/account/{path}")
    assert unquote(answer.headers["Location"]) == f"/account/confirm/?next=/account/{path}"
    assert "n•••@reader.example" in page(browser.get(answer.headers["Location"]))
    browser.post("/account/confirm/", {"next": f"/account/{path}"})
    answer = browser.post("/account/confirm/code/", {"code": code_in(mailoutbox[-1])})
    assert answer.headers["Location"] == f"/account/{path}"
    assert browser.get(f"/account/{path}").status_code == 200


def test_whoever_has_a_password_may_confirm_by_it(ada: Person, adas: Client) -> None:
    twenty_minutes_pass(adas)
    way = adas.get("/account/address/").headers["Location"]
    assert way.startswith("/account/confirm/password/")
    assert "Get a code by e-mail" in page(adas.get(way))
    assert "That is not your password" in page(adas.post(way, {"password": "wrong"}))
    assert adas.post(way, {"password": PASSWORD}).headers["Location"] == "/account/address/"
    assert adas.get("/account/address/").status_code == 200


def test_what_is_posted_without_confirming_changes_nothing_and_is_not_kept(ada: Person, adas: Client) -> None:
    twenty_minutes_pass(adas)
    answer = adas.post("/account/password/", {"password": "twelve swifts over the brickworks"})
    assert answer.status_code == 302
    assert "brickworks" not in str(dict(adas.session.items()))
    ada.refresh_from_db()
    assert ada.check_password(PASSWORD)


def test_the_code_that_confirms_is_not_one_that_signs_in(
    ada: Person, adas: Client, mailoutbox: list[Any]
) -> None:
    adas.post("/account/confirm/", {})
    assert "/account/link/" not in text_of(mailoutbox[-1])
    assert MailedCode.objects.get(purpose="confirmation").person_id == ada.pk


# --- Address -------------------------------------------------------------------------------------


def test_the_address_changes_by_a_code_to_the_new_one_and_a_notice_to_the_old(
    ada: Person, adas: Client, mailoutbox: list[Any]
) -> None:
    adas.post("/account/address/", {"email": "Ada@New.Example"})
    assert mailoutbox[-1].to == ["ada@new.example"]
    assert ada.email in page(adas.get("/account/")), "nothing changes before the code"
    adas.post("/account/address/code/", {"code": code_in(mailoutbox[-1])})
    assert "ada@new.example" in page(adas.get("/account/"))
    assert mailoutbox[-1].to == [ada.email]
    assert "is now a•••@new.example" in text_of(mailoutbox[-1])


def test_a_taken_address_is_told_only_to_whoever_reads_its_mail(
    ada: Person, bruno: Person, adas: Client, mailoutbox: list[Any]
) -> None:
    answer = adas.post("/account/address/", {"email": bruno.email})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/account/address/code/") or (
        answer.status_code == 303
    )
    answer = adas.post("/account/address/code/", {"code": code_in(mailoutbox[-1])})
    assert answer.status_code == 400
    assert "Another account has this address" in page(answer)
    ada.refresh_from_db()
    assert ada.email == "ada@reader.example"


@pytest.mark.parametrize("email", ["", "nobody", "ADA@reader.example"])
def test_an_address_that_cannot_be_is_refused(email: str, adas: Client) -> None:
    answer = adas.post("/account/address/", {"email": email})
    assert answer.status_code == 400
    assert 'aria-describedby="id_email_error"' in page(answer)


# --- Password ------------------------------------------------------------------------------------


def test_a_password_is_set_and_signs_in_and_is_removed(
    ada: Person, adas: Client, phone: Client, mailoutbox: list[Any]
) -> None:
    new = "twelve swifts over the brickworks"
    adas.post("/account/password/", {"password": new})
    assert "A new password was set" in text_of(mailoutbox[-1])
    phone.post("/account/sign-in/", {"login": ada.email, "password": new})
    assert is_signed_in(phone)
    adas.post("/account/password/remove/")
    assert is_signed_in(adas)
    assert not is_signed_in(phone), "a changed password ends the other sessions"
    phone.post("/account/sign-in/", {"login": ada.email, "password": new})
    assert not is_signed_in(phone)


@pytest.mark.parametrize("password", ["", "short", "password1234567"[:8], "ada@reader.example"])
def test_a_weak_password_is_refused_with_its_reason(password: str, adas: Client) -> None:
    answer = adas.post("/account/password/", {"password": password})
    assert answer.status_code == 400
    assert 'id="id_password_error"' in page(answer)


# --- Data ----------------------------------------------------------------------------------------


def test_the_export_holds_what_we_know(ada: Person, adas: Client) -> None:
    answer = adas.get("/account/my-data.json")
    assert "attachment" in answer.headers["Content-Disposition"]
    held = json.loads(answer.content)
    assert held["account"]["email"] == ada.email
    assert held["sessions"][0]["user_agent"] == FIREFOX


def test_erasing_takes_the_address_typed_and_leaves_nothing(
    ada: Person, adas: Client, phone: Client, mailoutbox: list[Any]
) -> None:
    sign_in(phone, ada.email, mailoutbox)
    assert adas.post("/account/erase/", {"email": "bruno@reader.example"}).status_code == 400
    assert Person.objects.filter(pk=ada.pk).exists()
    answer = adas.post("/account/erase/", {"email": "ADA@reader.example"})
    assert "Your account is erased" in page(answer)
    assert mailoutbox[-1].to == ["ada@reader.example"]
    assert not Person.objects.filter(pk=ada.pk).exists()
    assert not UserSession.objects.exists()
    assert not [s for s in Session.objects.all() if s.get_decoded().get("_auth_user_id") == str(ada.pk)]
    assert not is_signed_in(phone)


def test_of_an_erased_reader_the_post_room_keeps_no_address(ada: Person) -> None:
    sent = submitted(ada.email)
    Suppression.suppress(ada.email, Suppression.Reason.COMPLAINT)
    ada.erase()
    sent.refresh_from_db()
    assert (sent.address, Suppression.objects.get().address) == (fingerprint("ada@reader.example"), "")
    assert Suppression.objects.among(["ada@reader.example"])


def test_staff_do_not_erase_themselves(carla: Person, browser: Client, mailoutbox: list[Any]) -> None:
    sign_in(browser, carla.email, mailoutbox)
    assert browser.post("/account/erase/", {"email": carla.email}).status_code == 403
    assert Person.objects.filter(pk=carla.pk).exists()
