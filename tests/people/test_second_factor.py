"""Authenticator apps, recovery codes, and the desk that may demand them."""

import re
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core.cache import cache
from django.test import Client

from broadsheet.people.models import Person
from tests.cast import PASSWORD
from tests.people.conftest import ask, code_in, is_signed_in, link_in, page, sign_in, text_of


@pytest.fixture(autouse=True)
def _fresh_counts(db: None) -> None:
    cache.clear()


def app_shows(secret: str) -> str:
    # Of those that are taken, the one in the middle: the oldest ends with the half-minute.
    counters = list(yield_hotp_counters_from_time())
    counter = counters[len(counters) // 2]
    return str(format_hotp_value(hotp_value(secret, counter)))


def set_up_app(client: Client) -> str:
    """Sets up an authenticator app in a signed-in browser and returns its secret."""
    shown = page(client.get("/account/app/"))
    secret = re.search(r"<code>(\w+)</code>", shown)[1]  # type: ignore[index]
    answer = client.post("/account/app/", {"code": app_shows(secret)})
    assert answer.headers["Location"] == "/account/recovery-codes/"
    return secret


@pytest.fixture
def secret(carla: Person, browser: Client, mailoutbox: list[Any]) -> str:
    """The key in Carla's app; she is signed in in `browser`."""
    sign_in(browser, carla.email, mailoutbox)
    return set_up_app(browser)


def test_setting_an_app_up_shows_recovery_codes_and_sends_a_notice(
    carla: Person, browser: Client, mailoutbox: list[Any], django_capture_on_commit_callbacks: Any
) -> None:
    sign_in(browser, carla.email, mailoutbox)
    with django_capture_on_commit_callbacks(execute=True):
        set_up_app(browser)
    assert len(re.findall(r"<code>\d{8}</code>", page(browser.get("/account/recovery-codes/")))) == 10
    assert "authenticator app was added" in text_of(mailoutbox[-1])


def test_its_secret_is_not_kept_in_the_plain(secret: str) -> None:
    kept = Authenticator.objects.get(type=Authenticator.Type.TOTP).data["secret"]
    assert secret not in kept


@pytest.mark.parametrize("way", ["code", "link", "password"])
def test_every_other_way_of_signing_in_asks_for_it(
    way: str, carla: Person, secret: str, phone: Client, mailoutbox: list[Any]
) -> None:
    cache.clear()
    if way == "password":
        answer = phone.post(
            "/account/sign-in/", {"login": carla.email, "password": PASSWORD, "next": "/world/harbour/"}
        )
    else:
        ask(phone, carla.email, "/world/harbour/")
        letter = mailoutbox[-1]
        answer = (
            phone.post(link_in(letter))
            if way == "link"
            else phone.post("/account/code/", {"code": code_in(letter)})
        )
    assert answer.headers["Location"] == "/account/sign-in/second-factor/"
    assert not is_signed_in(phone)
    answer = phone.post("/account/sign-in/second-factor/", {"code": "000000"})
    assert "not right" in page(answer)
    answer = phone.post("/account/sign-in/second-factor/", {"code": app_shows(secret)})
    assert answer.headers["Location"] == "/world/harbour/"
    assert is_signed_in(phone)


def test_a_recovery_code_works_once(
    carla: Person, secret: str, browser: Client, phone: Client, mailoutbox: list[Any]
) -> None:
    recovery = re.findall(r"<code>(\d{8})</code>", page(browser.get("/account/recovery-codes/")))[0]
    for works in (True, False):
        sign_in(phone, carla.email, mailoutbox)
        phone.post("/account/sign-in/second-factor/", {"code": recovery})
        assert is_signed_in(phone) is works
        phone.post("/account/sign-out/")


def test_a_second_sign_in_in_the_same_browser_does_not_skip_it(
    ada: Person, carla: Person, secret: str, browser: Client, phone: Client, mailoutbox: list[Any]
) -> None:
    sign_in(phone, ada.email, mailoutbox)
    answer = sign_in(phone, carla.email, mailoutbox)
    assert answer.headers["Location"] == "/account/sign-in/second-factor/"
    assert not is_signed_in(phone)


def test_a_code_by_mail_does_not_confirm_who_has_a_second_factor(secret: str, browser: Client) -> None:
    answer = browser.get("/account/confirm/")
    assert answer.headers["Location"] == "/account/confirm/second-factor/"
    assert browser.post("/account/confirm/").headers["Location"] == "/account/confirm/second-factor/"


def test_the_desks_own_sign_in_page_is_closed(carla: Person, browser: Client) -> None:
    for answer in (
        browser.get("/desk/login/?next=/desk/"),
        browser.post("/desk/login/?next=/desk/", {"username": carla.email, "password": PASSWORD}),
    ):
        assert answer.headers["Location"] == "/account/sign-in/?next=/desk/"
    assert not is_signed_in(browser)
    assert browser.get("/desk/password_reset/").status_code == 404


def test_the_desk_sends_strangers_to_sign_in_and_back(browser: Client) -> None:
    assert browser.get("/desk/").headers["Location"] == "/account/sign-in/?next=/desk/"


def test_by_default_the_desk_opens_without_it(carla: Person, browser: Client, mailoutbox: list[Any]) -> None:
    sign_in(browser, carla.email, mailoutbox)
    assert browser.get("/desk/").status_code == 200


def test_where_it_is_required_the_desk_waits_for_it(
    carla: Person, browser: Client, mailoutbox: list[Any], settings: Any
) -> None:
    settings.STAFF_SECOND_FACTOR = "required"
    sign_in(browser, carla.email, mailoutbox)
    answer = browser.get("/desk/", follow=True)
    assert answer.redirect_chain == [("/account/", 302)]
    assert "The desk opens once you have a second factor" in page(answer)
    set_up_app(browser)
    assert browser.get("/desk/").status_code == 200


def test_readers_are_never_asked_for_it(
    ada: Person, browser: Client, mailoutbox: list[Any], settings: Any
) -> None:
    settings.STAFF_SECOND_FACTOR = "required"
    sign_in(browser, ada.email, mailoutbox)
    assert browser.get("/account/").status_code == 200


MALFORMED = [
    "",
    "{",
    "[]",
    "1",
    "null",
    "{}",
    '{"id": "x"}',
    '{"response": []}',
    '{"id":"AA","rawId":"AA","type":"public-key","response":{"userHandle":"MQ"}}',
    '{"id":"AA","rawId":"AA","type":"public-key","response":{"userHandle":"MQ","clientDataJSON":"e30",'
    '"authenticatorData":"AA","signature":"AA"}}',
    '{"id":"AA","rawId":"AA","type":"public-key","response":{"clientDataJSON":"e30","attestationObject":"AA"}}',
    '{"id":"AA","rawId":"AA","type":"public-key","response":{"clientDataJSON":"AA","attestationObject":"oA"}}',
]


@pytest.mark.parametrize("credential", MALFORMED)
def test_a_malformed_passkey_is_refused(
    credential: str, ada: Person, browser: Client, phone: Client, mailoutbox: list[Any]
) -> None:
    phone.get("/account/sign-in/passkey/", headers={"Accept": "application/json"})
    answer = phone.post("/account/sign-in/passkey/", {"credential": credential}, follow=True)
    assert answer.status_code == 200
    assert not is_signed_in(phone)
    sign_in(browser, ada.email, mailoutbox)
    browser.get("/account/passkeys/add/")
    answer = browser.post("/account/passkeys/add/", {"name": "Key", "credential": credential})
    assert answer.status_code == 200
    assert not Authenticator.objects.exists()
