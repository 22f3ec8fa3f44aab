"""Withdrawing from a contract: without signing in, in two steps, confirmed by mail with day and time."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from broadsheet.membership.models import Price, Withdrawal
from broadsheet.notices.posting import post_due
from broadsheet.people.models import Person
from broadsheet.platform import clock
from tests.billing.counter import DOCUMENT, browser, words_of
from tests.cast import STRANGER
from tests.parallel import at_once
from tests.shop import subscribe

NOON = datetime(2026, 11, 24, 17, tzinfo=UTC)
"""Twelve in New York."""
TYPED = {"name": "Mallory", "email": STRANGER, "contract": "S-000001"}

pytestmark = pytest.mark.usefixtures("magazine", "letters_are_translatable")


@pytest.fixture(autouse=True)
def _at_noon() -> Iterator[None]:
    with clock.moved_to(NOON):
        yield


def withdraw(client: Client, **typed: str) -> Any:
    return client.post("/withdraw/", TYPED | {"step": "now"} | typed)


def test_it_takes_a_form_a_look_and_one_button(mailoutbox: list[Any]) -> None:
    client = browser()
    assert "Withdraw from a contract" in words_of(client.get("/withdraw/"))
    look = client.post("/withdraw/", TYPED)
    said = words_of(look)
    assert "Is this right?" in said
    assert "Mallory" in said
    assert STRANGER in said
    assert "Confirm withdrawal" in said
    assert not Withdrawal.objects.exists()
    done = words_of(withdraw(client))
    assert "Your withdrawal has reached us Received on Nov. 24, 2026, noon EST" in done
    post_due()
    (letter,) = mailoutbox
    assert letter.to == [STRANGER]
    assert "Received: Nov. 24, 2026, noon EST" in letter.body
    assert "S-000001" in letter.body


def test_what_was_typed_can_be_changed_before(ada: Person) -> None:
    page = browser().post("/withdraw/", TYPED | {"step": "edit"})
    assert "Continue" in words_of(page)
    assert 'value="Mallory"' in page.text
    assert not Withdrawal.objects.exists()


def test_the_answer_is_the_same_whether_or_not_there_is_such_a_contract(ada: Person, yearly: Price) -> None:
    subscription = subscribe(ada, yearly)
    real = {"name": "Ada Brandt", "email": ada.email, "contract": subscription.number}
    theirs = words_of(withdraw(browser(), **real))
    for name, value in real.items():
        theirs = theirs.replace(value, TYPED[name])
    assert theirs == words_of(withdraw(browser()))
    subscription.refresh_from_db()
    assert subscription.is_live


@pytest.mark.parametrize(
    ("typed", "fault"),
    [
        ({"name": " "}, "Enter your name."),
        ({"email": "mallory"}, "This does not look like an e-mail address."),
        ({"contract": ""}, "Say what it is about."),
        ({"contract": "x" * 301}, "at most 300 characters"),
        ({"name": "M\x00"}, "Null characters are not allowed."),
    ],
)
def test_what_is_missing_is_said_and_nothing_typed_is_lost(typed: dict[str, str], fault: str) -> None:
    response = withdraw(browser(), **typed)
    assert response.status_code == 400
    assert fault in words_of(response)
    assert "S-000001" in response.text or "contract" in typed
    assert not Withdrawal.objects.exists()


def test_a_second_click_or_a_reloaded_page_is_the_same_withdrawal(mailoutbox: list[Any]) -> None:
    client = browser()
    first = words_of(withdraw(client))
    with clock.moved_to(NOON + timedelta(minutes=10)):
        assert words_of(withdraw(client)) == first
        post_due()
    assert Withdrawal.objects.count() == len(mailoutbox) == 1


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_once_are_one_withdrawal() -> None:
    answers = at_once(*[lambda: withdraw(browser()).status_code] * 4)
    assert answers == [200] * 4
    assert Withdrawal.objects.count() == 1


def test_who_withdraws_again_later_is_received_again() -> None:
    withdraw(browser())
    with clock.moved_to(NOON + timedelta(days=1)):
        withdraw(browser())
    assert Withdrawal.objects.count() == 2


def test_no_mailbox_is_filled_by_it() -> None:
    answers = [withdraw(browser(), contract=f"S-{n}") for n in range(5)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429, 429]
    assert "could not take this one" in words_of(answers[-1])
    assert "S-4" in answers[-1].text
    assert Withdrawal.objects.count() == 3


def test_a_form_from_another_site_is_refused() -> None:
    for headers in ({}, {"Sec-Fetch-Site": "cross-site"}):
        assert Client(headers=headers).post("/withdraw/", TYPED | {"step": "now"}).status_code == 403
    assert not Withdrawal.objects.exists()


def test_the_page_is_the_same_bytes_for_all_and_stands_in_no_index() -> None:
    first, second = (Client(headers=DOCUMENT).get("/withdraw/") for __ in range(2))
    assert first.content == second.content
    assert first.headers["Cache-Control"].startswith("public")
    assert first.headers["X-Robots-Tag"] == "noindex"
    assert "csrf" not in first.text


def test_who_is_signed_in_need_not_type_what_we_know(ada: Person, yearly: Price) -> None:
    subscription = subscribe(ada, yearly)
    page = browser(ada).get("/withdraw/")
    assert f'value="Digital, subscription {subscription.number}"' in page.text
    assert f'value="{ada.email}"' in page.text
    assert page.headers["Cache-Control"] == "private, no-store"


def test_each_edition_receives_its_own(mailoutbox: list[Any]) -> None:
    said = words_of(browser().post("/uk/withdraw/", TYPED | {"step": "now"}))
    assert "Received on 24 Nov 2026, 17:00 GMT" in said
    assert Withdrawal.objects.get().edition == "en-gb"
    post_due()
    assert "Received: 24 Nov 2026, 17:00 GMT" in mailoutbox[0].body


def test_the_footer_leads_to_it_from_every_page() -> None:
    assert 'href="/withdraw/">Withdraw from contract here</a>' in browser().get("/").text
    assert 'href="/uk/withdraw/">Withdraw from contract here</a>' in browser().get("/uk/").text
