"""Pausing and resuming on one's own."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from broadsheet.billing import intents
from broadsheet.membership.models import Actor, Entitlement, Price, State, Subscription, Verb
from broadsheet.people.models import Person
from broadsheet.platform import clock
from tests.billing.counter import browser, words_of
from tests.shop import BY_TRANSFER, minute_passes, subscribe

NOON = datetime(2026, 11, 24, 17, tzinfo=UTC)
"""Twelve in New York."""
PAGE = "/account/subscription/pause/"

pytestmark = pytest.mark.usefixtures("magazine")


@pytest.fixture(autouse=True)
def _at_noon() -> Iterator[None]:
    with clock.moved_to(NOON):
        yield


def pause(person: Person, **typed: str) -> Any:
    return browser(person).post(PAGE, typed, follow=True)


def test_the_page_says_before_the_click_when_it_comes_back_and_what_is_kept(
    ada: Person, monthly: Price
) -> None:
    subscribe(ada, monthly)
    said = words_of(browser(ada).get(PAGE))
    assert "Nothing is charged in the meantime" in said
    assert "We keep the 30 days you have paid for until it resumes." in said
    assert "3 weeks: resumes on Dec. 15, 2026, next payment on Jan. 14, 2027" in said
    assert "From Dec. 1, 2026 to Feb. 16, 2027." in said


def test_what_the_page_says_is_what_happens(ada: Person, monthly: Price) -> None:
    subscription = subscribe(ada, monthly)
    said = words_of(pause(ada, weeks="3"))
    assert "Your subscription is paused until Dec. 15, 2026." in said
    assert not Entitlement.objects.entitle(ada)
    with clock.moved_to(NOON + timedelta(weeks=3, minutes=1)):
        minute_passes()
        assert Entitlement.objects.entitle(ada)
        subscription.refresh_from_db()
        assert f"{subscription.term_ends_at:%Y-%m-%d}" == "2027-01-14"
        assert "Active. Renews on Jan. 14, 2027 at $5 a month." in words_of(browser(ada).get("/account/"))


def test_a_day_of_ones_choice_begins_at_midnight_by_the_editions_clock(ada: Person, yearly: Price) -> None:
    subscription = subscribe(ada, yearly)
    said = words_of(pause(ada, weeks="day", day="2026-12-24"))
    assert "Your subscription is paused until Dec. 24, 2026." in said
    assert subscription.pause
    assert subscription.pause.until == datetime(2026, 12, 24, 5, tzinfo=UTC)


@pytest.mark.parametrize("day", ["2026-12-01", "2027-02-16"])
def test_the_first_and_the_last_day_that_the_page_names_are_taken(
    ada: Person, yearly: Price, day: str
) -> None:
    subscribe(ada, yearly)
    pause(ada, weeks="day", day=day)
    assert Subscription.objects.get().state == State.PAUSED


@pytest.mark.parametrize(
    ("typed", "fault"),
    [
        ({}, "Choose how long to pause."),
        ({"weeks": "5000"}, "Select a valid choice."),
        ({"weeks": "day"}, "Choose the day it resumes."),
        ({"weeks": "day", "day": "next Monday"}, "Enter the day as 2026-12-24."),
        ({"weeks": "day", "day": "2026-11-27"}, "A pause lasts at least a week."),
        ({"weeks": "day", "day": "2020-01-01"}, "A pause lasts at least a week."),
        ({"weeks": "day", "day": "2027-06-01"}, "A pause lasts at most twelve weeks."),
        ({"weeks": "day", "day": "9999-12-31"}, "A pause lasts at most twelve weeks."),
    ],
)
def test_what_cannot_be_is_said_and_nothing_is_paused(
    ada: Person, yearly: Price, typed: dict[str, str], fault: str
) -> None:
    subscribe(ada, yearly)
    response = pause(ada, **typed)
    assert response.status_code == 400
    assert fault in words_of(response)
    assert typed.get("day", "") in response.text
    assert Subscription.objects.get().state == State.ACTIVE


def test_pausing_what_is_paused_changes_nothing(ada: Person, yearly: Price) -> None:
    subscribe(ada, yearly)
    pause(ada, weeks="3")
    said = words_of(pause(ada, weeks="6"))
    assert "This subscription is already paused until Dec. 15, 2026." in said
    assert "Paused until Dec. 15, 2026" in said


def test_what_is_cancelled_is_not_paused(ada: Person, yearly: Price) -> None:
    intents.ask(subscribe(ada, yearly), Verb.CANCEL, Actor.reader(ada))
    said = words_of(browser(ada).get(PAGE, follow=True))
    assert "Undo the cancellation first, then pause it." in said


def test_an_open_invoice_stands_in_the_way_and_says_so(ada: Person, yearly: Price) -> None:
    subscribe(ada, yearly, BY_TRANSFER)
    said = words_of(browser(ada).get(PAGE, follow=True))
    assert "You have an unpaid invoice. Once it is paid, you can pause your subscription." in said


def test_it_is_resumed_by_one_click_with_all_paid_time(ada: Person, yearly: Price) -> None:
    subscription = subscribe(ada, yearly)
    pause(ada, weeks="8")
    with clock.moved_to(NOON + timedelta(days=10)):
        said = words_of(browser(ada).post("/account/subscription/resume/", follow=True))
        assert "Welcome back. You can read without limit again." in said
        assert "Active. Renews on Dec. 4, 2027" in said
        assert Entitlement.objects.entitle(ada)
    subscription.refresh_from_db()
    assert subscription.state == State.ACTIVE


def test_resuming_what_is_not_paused_says_so(ada: Person, yearly: Price) -> None:
    subscribe(ada, yearly)
    said = words_of(browser(ada).post("/account/subscription/resume/", follow=True))
    assert "This subscription isn’t paused." in said


def test_a_day_beyond_twelve_weeks_is_too_late(ada: Person, yearly: Price) -> None:
    subscription = subscribe(ada, yearly)
    day = f"{NOON + timedelta(weeks=12, days=1):%Y-%m-%d}"
    answer = browser(ada).post(PAGE, {"weeks": "day", "day": day})
    assert answer.status_code == 400
    assert "A pause lasts at most twelve weeks." in words_of(answer)
    assert subscription.pause is None
