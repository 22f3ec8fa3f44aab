"""Pausing, cancelling, ending: edges to the second, as the wall sees them, and what is refused."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from broadsheet.billing import intents
from broadsheet.demo.till.till import Later
from broadsheet.membership.errors import Refused
from broadsheet.membership.models import (
    Actor,
    CancelReason,
    Entitlement,
    Intent,
    Offer,
    OfferPlacement,
    Price,
    State,
    Subscription,
    Verb,
)
from broadsheet.membership.notice_kinds import SubscriptionNotice
from broadsheet.paywall.verdict import Allowance, Reason, Visitor, decide
from broadsheet.people.models import Person
from broadsheet.platform import clock
from broadsheet.platform.models import Invalidation
from tests.cast import signed_in
from tests.magazine import Magazine
from tests.shop import BY_TRANSFER, card, minute_passes, subscribe

START = datetime(2027, 3, 5, 9, tzinfo=UTC)
DAY, WEEK, SECOND = timedelta(days=1), timedelta(weeks=1), timedelta(seconds=1)


@pytest.fixture
def subscription(ada: Person, yearly: Price) -> Subscription:
    with clock.moved_to(START):
        return subscribe(ada, yearly)


def at(moment: datetime, step: Callable[[], Any]) -> Any:
    with clock.moved_to(moment):
        return step()


def pause(subscription: Subscription, after: timedelta = 10 * DAY, length: timedelta = 3 * WEEK) -> datetime:
    """When it began, to the microsecond."""
    by = Actor.reader(subscription.person)
    at(
        START + after,
        lambda: intents.ask(subscription, Verb.PAUSE, by, until=START + after + length),
    )
    moment: datetime = subscription.pauses.latest("starts_at").starts_at
    return moment


def reason_at(person: Person, moment: datetime, magazine: Magazine) -> Reason:
    """What the wall decides about a metered article for who has no free one left."""
    with clock.moved_to(moment):
        is_subscriber = Entitlement.objects.entitle(person)
    article = magazine.article("reef").uuid
    visitor = Visitor(is_reader=True, is_subscriber=is_subscriber)
    return decide(article, "metered", visitor, Allowance(strangers=0, readers=0)).reason


def edge(person: Person, moment: datetime, magazine: Magazine) -> list[Reason]:
    """Half a second before and after: an answer takes a while."""
    return [reason_at(person, moment + side * SECOND / 2, magazine) for side in (-1, 1)]


SHUTS, OPENS = [Reason.SUBSCRIPTION, Reason.SUBSCRIBE], [Reason.SUBSCRIBE, Reason.SUBSCRIPTION]

# --- The wall, to the second -----------------------------------------------------------------------


def test_the_wall_shuts_when_a_pause_begins_and_opens_when_it_ends(
    subscription: Subscription, ada: Person, magazine: Magazine
) -> None:
    begins = pause(subscription)
    assert edge(ada, begins, magazine) == SHUTS
    at(START + 31 * DAY + SECOND, minute_passes)
    back = subscription.pauses.get().ended_at
    assert back
    assert back == START + 31 * DAY
    assert edge(ada, back, magazine) == OPENS


def test_a_pause_gives_the_unused_time_back_once(subscription: Subscription) -> None:
    end = subscription.term_ends_at
    begins = pause(subscription)
    at(START + 20 * DAY, lambda: intents.ask(subscription, Verb.RESUME, Actor.reader(subscription.person)))
    lasted = subscription.pauses.get().ended_at - begins  # type: ignore[operator]
    assert subscription.term_ends_at == end + lasted
    at(START + 60 * DAY, minute_passes)
    subscription.refresh_from_db()
    assert subscription.term_ends_at == end + lasted


def test_the_wall_stays_open_through_the_days_of_grace_and_shuts_at_their_end(
    ada: Person, monthly: Price, magazine: Magazine
) -> None:
    subscription = at(START, lambda: subscribe(ada, monthly, card(Later.DECLINE)))
    due = subscription.term_ends_at
    at(due + 60 * SECOND, minute_passes)
    subscription.refresh_from_db()
    assert subscription.state == State.PAST_DUE
    assert edge(ada, due + 60 * SECOND, magazine) == [Reason.SUBSCRIPTION] * 2
    assert subscription.lapses_at
    assert edge(ada, subscription.lapses_at, magazine) == SHUTS


def test_the_wall_shuts_at_the_end_of_a_cancelled_term(
    subscription: Subscription, ada: Person, magazine: Magazine
) -> None:
    subscription.cancel(Actor.reader(ada))
    assert edge(ada, subscription.term_ends_at, magazine) == SHUTS
    at(subscription.term_ends_at + 3 * WEEK, minute_passes)
    assert edge(ada, subscription.term_ends_at, magazine) == SHUTS


def test_a_subscription_that_ends_mid_read_keeps_nothing_but_what_was_on_the_page(
    subscription: Subscription, ada: Person, magazine: Magazine
) -> None:
    browser, address = signed_in(ada), magazine.article("reef").url
    assert address
    subscription.cancel(Actor.reader(ada))
    before, after = (
        at(subscription.term_ends_at + side * 60 * SECOND, lambda: browser.get(address)) for side in (-1, 1)
    )
    assert (before["Broadsheet-Verdict"], after["Broadsheet-Verdict"] == "subscription") == (
        "subscription",
        False,
    )


@pytest.mark.parametrize("verb", [Verb.PAUSE, Verb.END])
def test_cookies_are_revoked_when_a_right_is_cut_short(
    subscription: Subscription, ada: Person, verb: Verb
) -> None:
    before = Invalidation.objects.filter(tag=f"person:{ada.pk}").count()
    wanted = {"until": START + 40 * DAY} if verb == Verb.PAUSE else {}
    at(START + 10 * DAY, lambda: intents.ask(subscription, verb, Actor.reader(ada), **wanted))
    assert Invalidation.objects.filter(tag=f"person:{ada.pk}").count() == before + 1


# --- What is refused -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("length", "is_allowed"),
    [(5 * DAY, False), (7 * DAY, True), (12 * WEEK, True), (12 * WEEK + 2 * DAY, False)],
)
def test_a_pause_lasts_from_one_week_to_twelve(
    subscription: Subscription, length: timedelta, is_allowed: bool
) -> None:
    if is_allowed:
        pause(subscription, length=length)
    else:
        with pytest.raises(Refused):
            pause(subscription, length=length)
    assert (subscription.pause is not None) == is_allowed


def test_what_is_paused_is_not_paused_again(subscription: Subscription) -> None:
    pause(subscription)
    with pytest.raises(Refused, match="already paused"):
        pause(subscription, 11 * DAY)


def test_what_is_cancelled_is_not_cancelled_again(subscription: Subscription, ada: Person) -> None:
    subscription.cancel(Actor.reader(ada), CancelReason.PRICE)
    with pytest.raises(Refused, match="already ends"):
        subscription.cancel(Actor.reader(ada))
    assert subscription.cancellations.get().reason == CancelReason.PRICE


def test_what_is_cancelled_is_not_paused(subscription: Subscription, ada: Person) -> None:
    subscription.cancel(Actor.reader(ada))
    with pytest.raises(Refused, match="Undo the cancellation"):
        pause(subscription)


def test_what_runs_is_not_resumed_and_what_was_never_cancelled_is_not_kept(
    subscription: Subscription, ada: Person
) -> None:
    for verb in (Verb.RESUME, Verb.KEEP):
        with pytest.raises(Refused):
            intents.ask(subscription, verb, Actor.reader(ada))


def test_a_trial_is_not_paused(ada: Person, monthly: Price) -> None:
    monthly.trial_days = 20
    monthly.save()
    subscription = at(START, lambda: subscribe(ada, monthly, trial=True))
    with pytest.raises(Refused, match="trial"):
        pause(subscription)


def test_with_an_invoice_open_nothing_is_paused(ada: Person, yearly: Price) -> None:
    subscription = at(START, lambda: subscribe(ada, yearly, BY_TRANSFER))
    with pytest.raises(Refused, match="unpaid invoice"):
        pause(subscription)


@pytest.mark.parametrize("verb", [Verb.PAUSE, Verb.RESUME, Verb.CANCEL, Verb.KEEP, Verb.END])
def test_what_has_ended_takes_nothing_more(subscription: Subscription, ada: Person, verb: Verb) -> None:
    at(START + DAY, lambda: subscription.end(Actor.reader(ada)))
    with pytest.raises(Refused, match="ended on"):
        intents.ask(subscription, verb, Actor.reader(ada), until=START + 20 * DAY)


# --- Undoing, saving -------------------------------------------------------------------------------


def test_a_cancellation_is_undone_until_the_last_second_and_not_after(
    subscription: Subscription, ada: Person
) -> None:
    subscription.cancel(Actor.reader(ada))
    end = subscription.term_ends_at
    with clock.moved_to(end), pytest.raises(Refused, match="ended on"):
        subscription.keep(Actor.reader(ada))
    at(end - SECOND, lambda: subscription.keep(Actor.reader(ada)))
    assert subscription.entitlements.get().ends_at == subscription.later(end, days=14)


def test_one_cancelled_in_its_pause_comes_back_for_its_time_then_ends(
    subscription: Subscription, ada: Person
) -> None:
    pause(subscription)
    at(START + 12 * DAY, lambda: subscription.cancel(Actor.reader(ada)))
    at(START + 31 * DAY + SECOND, minute_passes)
    subscription.refresh_from_db()
    end = subscription.term_ends_at
    assert subscription.state == State.ACTIVE
    at(end + SECOND, minute_passes)
    subscription.refresh_from_db()
    assert (subscription.state, subscription.ended_at) == (State.ENDED, end)
    assert subscription.invoices.count() == 1


def test_cancelling_what_is_due_ends_it_at_once_and_nothing_is_owed(ada: Person, yearly: Price) -> None:
    subscription = at(START, lambda: subscribe(ada, yearly, BY_TRANSFER))
    at(START + 15 * DAY, minute_passes)
    subscription.refresh_from_db()
    assert subscription.state == State.PAST_DUE
    at(START + 16 * DAY, lambda: intents.ask(subscription, Verb.CANCEL, Actor.reader(ada)))
    assert subscription.state == State.ENDED
    assert list(subscription.invoices.order_by("pk").values_list("kind", "state")) == [
        ("invoice", "void"),
        ("credit", "paid"),
    ]


def test_the_save_offer_is_taken_once(subscription: Subscription, ada: Person, yearly: Price) -> None:
    stay = Offer.objects.create(
        name="Stay", code="STAY", price=yearly, amount=2000, placement=OfferPlacement.SAVE
    )
    assert subscription.save_offer == stay
    subscription.take_save_offer(stay, Actor.reader(ada))
    assert subscription.next_charge == stay.money
    with pytest.raises(Refused):
        subscription.take_save_offer(stay, Actor.reader(ada))
    assert ada.notices.filter(kind=SubscriptionNotice.CHANGED).count() == 1


# --- A provider that takes its time ----------------------------------------------------------------


def test_a_wish_that_a_killed_process_left_behind_is_carried_out_by_the_next_minute(
    subscription: Subscription, ada: Person
) -> None:
    at(
        START + DAY,
        lambda: Intent.objects.ask(subscription, Verb.PAUSE, Actor.reader(ada), until=START + 20 * DAY),
    )
    subscription.refresh_from_db()
    assert subscription.state == State.ACTIVE
    at(START + DAY + 60 * SECOND, minute_passes)
    subscription.refresh_from_db()
    assert subscription.state == State.PAUSED


def test_a_wish_can_wait_and_another_one_cannot_overtake_it(subscription: Subscription, ada: Person) -> None:
    first = at(
        START, lambda: Intent.objects.ask(subscription, Verb.PAUSE, Actor.reader(ada), until=START + 20 * DAY)
    )
    again = at(
        START, lambda: Intent.objects.ask(subscription, Verb.PAUSE, Actor.reader(ada), until=START + 30 * DAY)
    )
    assert again == first
    with pytest.raises(Refused, match="still being made"):
        Intent.objects.ask(subscription, Verb.CANCEL, Actor.reader(ada))


def test_what_a_provider_confirms_twice_takes_effect_once(subscription: Subscription, ada: Person) -> None:
    wish = at(
        START, lambda: Intent.objects.ask(subscription, Verb.PAUSE, Actor.reader(ada), until=START + 20 * DAY)
    )
    for __ in range(2):
        at(START + DAY, wish.confirm)
    assert subscription.pauses.count() == 1


def test_what_a_provider_will_not_do_leaves_everything_as_it_was(
    subscription: Subscription, ada: Person
) -> None:
    wish = at(START, lambda: Intent.objects.ask(subscription, Verb.CANCEL, Actor.reader(ada)))
    wish.fail("The bank is shut.")
    wish.confirm()
    assert (wish.fault, subscription.cancellation) == ("The bank is shut.", None)


def test_a_pause_confirmed_after_a_renewal_that_is_not_paid_fails_and_says_why(
    ada: Person, monthly: Price
) -> None:
    subscription = at(START, lambda: subscribe(ada, monthly, BY_TRANSFER))
    wish = at(
        START, lambda: Intent.objects.ask(subscription, Verb.PAUSE, Actor.reader(ada), until=START + 20 * DAY)
    )
    at(START + DAY, intents.finish_intents)
    wish.refresh_from_db()
    subscription.refresh_from_db()
    assert "unpaid invoice" in wish.fault
    assert subscription.state == State.ACTIVE
