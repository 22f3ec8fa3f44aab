"""How often mail may be asked for and codes guessed, and who is taken for whom meanwhile."""

from datetime import timedelta
from ipaddress import ip_network
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from broadsheet.people.models import MailedCode, Person
from broadsheet.platform import clock
from tests.cast import PASSWORD, STRANGER
from tests.people.conftest import ask, code_in, is_signed_in, link_in, new_browser, page, sign_in, wrong

PROXY = "10.0.0.1"


@pytest.fixture(autouse=True)
def _fresh_counts(db: None) -> None:
    cache.clear()


def statuses(asked: list[Any]) -> list[int]:
    return [answer.status_code for answer in asked]


def test_a_mailbox_gets_five_letters_and_then_a_page_that_keeps_what_was_typed(
    mailoutbox: list[Any],
) -> None:
    asked = [ask(new_browser(REMOTE_ADDR=f"198.51.{n}.7"), STRANGER, "/world/harbour/") for n in range(6)]
    assert statuses(asked) == [303] * 5 + [429]
    assert "wait a few minutes" in page(asked[-1])
    assert STRANGER in page(asked[-1])
    assert 'value="/world/harbour/"' in page(asked[-1])
    assert len(mailoutbox) == 5


def test_the_limit_is_the_same_for_an_address_with_an_account(ada: Person, mailoutbox: list[Any]) -> None:
    asked = [ask(new_browser(REMOTE_ADDR=f"198.51.{n}.7"), ada.email) for n in range(6)]
    assert statuses(asked) == [303] * 5 + [429]


def test_one_address_may_write_to_ten_mailboxes(mailoutbox: list[Any]) -> None:
    browser = new_browser(REMOTE_ADDR="198.51.100.7")
    asked = [ask(browser, f"reader{n}@mail.example") for n in range(11)]
    assert statuses(asked) == [303] * 10 + [429]


def test_an_ipv6_network_counts_as_one_address(mailoutbox: list[Any]) -> None:
    asked = [
        ask(new_browser(REMOTE_ADDR=f"2001:db8:1:2::{n:x}"), f"reader{n}@mail.example") for n in range(11)
    ]
    assert statuses(asked)[-1] == 429
    assert ask(new_browser(REMOTE_ADDR="2001:db8:1:3::1"), "reader@mail.example").status_code == 303


def test_a_network_has_a_limit_of_its_own(settings: Any, mailoutbox: list[Any]) -> None:
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"code_by_network": "3/m/key"}
    asked = [ask(new_browser(REMOTE_ADDR=f"198.51.100.{n}"), f"reader{n}@mail.example") for n in range(1, 5)]
    assert statuses(asked) == [303] * 3 + [429]
    assert ask(new_browser(REMOTE_ADDR="203.0.113.9"), "reader@mail.example").status_code == 303


def test_without_a_trusted_proxy_a_forged_forwarded_address_changes_nothing(mailoutbox: list[Any]) -> None:
    asked = [
        ask(new_browser(), f"reader{n}@mail.example", headers={"X-Forwarded-For": f"203.0.113.{n}"})
        for n in range(11)
    ]
    assert statuses(asked)[-1] == 429


def test_behind_a_trusted_proxy_what_the_visitor_forged_changes_nothing(
    settings: Any, mailoutbox: list[Any]
) -> None:
    settings.TRUSTED_PROXIES = [ip_network(PROXY)]
    asked = [
        ask(
            new_browser(REMOTE_ADDR=PROXY),
            f"reader{n}@mail.example",
            headers={"X-Forwarded-For": f"203.0.113.{n}, 198.51.100.7"},
        )
        for n in range(11)
    ]
    assert statuses(asked)[-1] == 429


def test_behind_a_trusted_proxy_visitors_do_not_share_a_limit(settings: Any, mailoutbox: list[Any]) -> None:
    settings.TRUSTED_PROXIES = [ip_network(PROXY)]
    asked = [
        ask(
            new_browser(REMOTE_ADDR=PROXY),
            f"reader{n}@mail.example",
            headers={"X-Forwarded-For": f"203.0.113.{n}"},
        )
        for n in range(11)
    ]
    assert set(statuses(asked)) == {303}


def test_one_address_may_guess_thirty_times(settings: Any, mailoutbox: list[Any]) -> None:
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"guess_by_address": "6/m/ip"}
    answers = []
    for n in range(2):
        browser = new_browser(REMOTE_ADDR="198.51.100.7")
        ask(browser, f"reader{n}@mail.example")
        for _try in range(4):
            guess = wrong(code_in(mailoutbox[-1]))
            answers.append(browser.post("/account/code/", {"code": guess}))
    assert statuses(answers) == [400] * 6 + [429] * 2
    assert "wait a few minutes" in page(answers[-1])


def use_up(email: str, mailoutbox: list[Any]) -> None:
    """As strangers do from many networks: asks for all that a mailbox gets, and wastes the tries."""
    for n in range(20):
        stranger = new_browser(REMOTE_ADDR=f"203.0.{n}.7")
        if ask(stranger, email).status_code == 429:
            return
        for _try in range(5):
            stranger.post("/account/code/", {"code": wrong(code_in(mailoutbox[-1]))})


@pytest.fixture
def three_a_day(settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"code_by_mailbox": "3/d/key"}


def test_a_mailbox_is_guessed_at_sixty_times_a_day(settings: Any, mailoutbox: list[Any]) -> None:
    _a_while, a_day = settings.ACCOUNT_RATE_LIMITS["code_by_mailbox"].split(",")
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"code_by_mailbox": a_day}
    use_up(STRANGER, mailoutbox)
    assert len(mailoutbox) == 12
    assert sum(MailedCode.objects.values_list("tries", flat=True)) == 60


@pytest.mark.usefixtures("three_a_day")
def test_strangers_cannot_use_up_the_code_that_its_owner_has_asked_for(
    ada: Person, browser: Client, mailoutbox: list[Any]
) -> None:
    ask(browser, ada.email)
    code = code_in(mailoutbox[-1])
    use_up(ada.email, mailoutbox)
    assert browser.post("/account/code/", {"code": code}).status_code == 303
    assert is_signed_in(browser)


@pytest.mark.usefixtures("three_a_day")
def test_once_strangers_have_used_up_a_mailboxs_messages_the_newest_link_signs_in_all_day(
    ada: Person, browser: Client, mailoutbox: list[Any]
) -> None:
    use_up(ada.email, mailoutbox)
    with clock.moved_to(clock.now() + timedelta(hours=23)):
        link = link_in(mailoutbox[-1])
        assert browser.post(link).status_code == 400
        answer = ask(browser, ada.email)
        assert answer.status_code == 429
        assert "Open the link in the newest one" in page(answer)
        assert browser.post(link).status_code == 303
        assert is_signed_in(browser)


@pytest.mark.usefixtures("three_a_day")
def test_a_used_link_stays_used_whoever_asks_again(ada: Person, mailoutbox: list[Any]) -> None:
    use_up(ada.email, mailoutbox)
    assert new_browser().post(link_in(mailoutbox[-1])).status_code == 303
    ask(new_browser(), ada.email)
    assert new_browser().post(link_in(mailoutbox[-1])).status_code == 400
    assert new_browser().post(link_in(mailoutbox[-2])).status_code == 303, "the next one counts"


@pytest.mark.usefixtures("three_a_day")
def test_a_password_works_where_strangers_have_used_up_the_codes(
    ada: Person, browser: Client, mailoutbox: list[Any]
) -> None:
    use_up(ada.email, mailoutbox)
    browser.post("/account/sign-in/", {"login": ada.email, "password": PASSWORD})
    assert is_signed_in(browser)


@pytest.mark.usefixtures("three_a_day")
def test_who_is_signed_in_confirms_by_a_code_whatever_strangers_ask_for(
    ada: Person, browser: Client, mailoutbox: list[Any]
) -> None:
    sign_in(browser, ada.email, mailoutbox)
    use_up(ada.email, mailoutbox)
    assert browser.post("/account/confirm/", {"next": "/account/address/"}).status_code == 303
    answer = browser.post("/account/confirm/code/", {"code": code_in(mailoutbox[-1])})
    assert answer.headers["Location"] == "/account/address/"


def test_passwords_are_limited_and_the_address_is_kept(ada: Person, browser: Client) -> None:
    for _try in range(5):
        answer = browser.post("/account/sign-in/", {"login": ada.email, "password": "not-the-password"})
        assert "The e-mail address and password don’t match" in page(answer)
    answer = browser.post("/account/sign-in/", {"login": ada.email, "password": PASSWORD})
    assert "Too many wrong passwords" in page(answer)
    assert ada.email in page(answer)
    assert not is_signed_in(browser)


def test_the_sign_in_page_answers_429_and_keeps_the_address(ada: Person, browser: Client) -> None:
    for n in range(31):
        answer = browser.post("/account/sign-in/", {"login": f"reader{n}@mail.example", "password": ""})
    assert answer.status_code == 429
    assert "reader30@mail.example" in page(answer)
    assert "wait a few minutes" in page(answer)
