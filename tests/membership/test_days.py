"""The days of terms, trials, pauses and gifts are those of the edition that it was bought in."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction

from broadsheet.billing import intents
from broadsheet.billing.models import Checkout
from broadsheet.demo.till.till import Later
from broadsheet.editorial.models import Edition
from broadsheet.membership.lengths import Term, Unit
from broadsheet.membership.models import (
    Actor,
    Gift,
    Offer,
    OfferPlacement,
    Plan,
    Price,
    Subscription,
    Verb,
)
from broadsheet.people.models import Person
from broadsheet.platform import clock
from tests.shop import buy, card, minute_passes, subscribe

NEW_YORK, LONDON = ZoneInfo("America/New_York"), ZoneInfo("Europe/London")
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


def price_of(plan: Plan, zone: ZoneInfo, term: Term) -> Price:
    edition, currency = ("en-us", "USD") if zone == NEW_YORK else ("en-gb", "GBP")
    return Price.objects.create(plan=plan, edition=edition, amount=500, currency=currency, term=term)


def begun(person: Person, price: Price, at: datetime, **more: object) -> Subscription:
    with clock.moved_to(at):
        return subscribe(person, price, **more)


def renew(subscription: Subscription) -> None:
    with clock.moved_to(subscription.term_ends_at + MINUTE):
        minute_passes()
    subscription.refresh_from_db()


def ends(subscription: Subscription, count: int) -> list[str]:
    """The days on which the present term ends, and the next ones."""
    found = [str(subscription.on(subscription.term_ends_at))]
    for __ in range(count - 1):
        renew(subscription)
        found.append(str(subscription.on(subscription.term_ends_at)))
    return found


@pytest.mark.parametrize(
    ("began", "term", "expected"),
    [
        (
            datetime(2027, 7, 1, 0, 30, tzinfo=LONDON),
            Term.MONTH,
            ["2027-08-01", "2027-09-01", "2027-10-01"],
        ),
        (datetime(2027, 2, 28, 20, tzinfo=NEW_YORK), Term.MONTH, ["2027-03-28", "2027-04-28"]),
        (
            datetime(2027, 1, 30, 20, tzinfo=NEW_YORK),
            Term.MONTH,
            ["2027-02-28", "2027-03-30", "2027-04-30"],
        ),
        (datetime(2027, 2, 28, 20, tzinfo=NEW_YORK), Term.YEAR, ["2028-02-28", "2029-02-28"]),
        (datetime(2026, 11, 30, 23, 30, tzinfo=LONDON), Term.QUARTER, ["2027-02-28", "2027-05-30"]),
    ],
)
def test_a_term_ends_on_the_day_it_began_on(
    ada: Person, digital: Plan, began: datetime, term: Term, expected: list[str]
) -> None:
    zone = began.tzinfo
    assert isinstance(zone, ZoneInfo)
    subscription = begun(ada, price_of(digital, zone, term), began)
    assert ends(subscription, len(expected)) == expected
    assert subscription.term_ends_at.astimezone(zone).time().replace(second=0, microsecond=0) == began.time()


def test_a_subscription_keeps_the_zone_it_was_bought_in(ada: Person, monthly: Price) -> None:
    subscription = begun(ada, monthly, datetime(2027, 2, 28, 20, tzinfo=NEW_YORK))
    Edition.objects.update(time_zone="Asia/Tokyo")
    assert ends(subscription, 2) == ["2027-03-28", "2027-04-28"]
    assert subscription.time_zone == "America/New_York"


def test_a_subscription_and_a_gift_without_a_zone_are_impossible(ada: Person, monthly: Price) -> None:
    subscribe(ada, monthly)
    with pytest.raises(IntegrityError), transaction.atomic():
        Subscription.objects.update(time_zone="")


def test_months_at_another_price_leave_the_day_of_the_month_as_it_was(ada: Person, yearly: Price) -> None:
    three_months = Offer.objects.create(
        name="Three", code="THREE", price=yearly, amount=100, count=1, unit=Unit.MONTH, terms=3
    )
    subscription = begun(ada, yearly, datetime(2027, 1, 31, 20, tzinfo=NEW_YORK), offer=three_months)
    assert ends(subscription, 4) == ["2027-02-28", "2027-03-31", "2027-04-30", "2028-04-30"]


def test_a_change_of_the_term_leaves_the_day_of_the_month_as_it_was(
    ada: Person, yearly: Price, monthly: Price
) -> None:
    subscription = begun(ada, yearly, datetime(2027, 1, 31, 20, tzinfo=NEW_YORK))
    subscription.extend(Actor.reader(ada), months=1)
    assert ends(subscription, 1) == ["2028-02-29"]
    subscription.change_later(monthly, Actor.reader(ada))
    assert ends(subscription, 3) == ["2028-02-29", "2028-03-31", "2028-04-30"]


def test_months_that_are_given_leave_the_day_of_the_month_as_it_was(
    ada: Person, bruno: Person, monthly: Price
) -> None:
    start = datetime(2027, 1, 31, 23, 30, tzinfo=NEW_YORK)
    subscription = begun(ada, monthly, start)
    with clock.moved_to(start + DAY):
        buy(bruno, monthly, purpose=Checkout.Purpose.GIFT, recipient_name="Ada", recipient_email=ada.email)
        gift = Gift.objects.get()
        said = gift.would_last_until(ada)
        gift.redeem(ada)
    subscription.refresh_from_db()
    assert (said, subscription.term_end) == ("March 31, 2027",) * 2


def test_a_trial_lasts_whole_days_of_the_zone(ada: Person, monthly: Price) -> None:
    monthly.trial_days = 20
    monthly.save()
    start = datetime(2027, 3, 7, 23, 30, tzinfo=NEW_YORK)  # the clocks go forward on the 14th
    subscription = begun(ada, monthly, start, trial=True)
    assert ends(subscription, 2) == ["2027-03-27", "2027-04-27"]


def test_a_pause_of_weeks_ends_on_the_same_day_of_the_week(ada: Person, yearly: Price) -> None:
    subscription = begun(ada, yearly, datetime(2027, 10, 1, 12, tzinfo=LONDON))
    start = datetime(2027, 11, 4, 23, 30, tzinfo=NEW_YORK)  # the clocks go back on the 7th
    with clock.stopped_at(start):
        intents.ask(
            subscription, Verb.PAUSE, Actor.reader(ada), until=subscription.later(clock.now(), days=14)
        )
    pause = subscription.pauses.get()
    assert pause.until.astimezone(NEW_YORK).strftime("%A, %H:%M") == "Thursday, 23:30"


def test_the_day_that_was_said_to_follow_a_pause_is_the_one_that_follows(ada: Person, yearly: Price) -> None:
    """Though the clock comes round a minute after midnight."""
    start = datetime(2027, 5, 3, 23, 59, 58, tzinfo=NEW_YORK)
    subscription = begun(ada, yearly, start - 40 * DAY)
    with clock.stopped_at(start):
        intents.ask(
            subscription, Verb.PAUSE, Actor.reader(ada), until=subscription.later(clock.now(), days=14)
        )
    said = subscription.day(subscription.paid_until)
    with clock.moved_to(subscription.pauses.get().until + MINUTE):
        minute_passes()
    subscription.refresh_from_db()
    assert subscription.term_end == said


def test_the_days_of_grace_are_whole_days_of_the_zone(ada: Person, monthly: Price) -> None:
    start = datetime(2027, 10, 1, 23, 30, tzinfo=NEW_YORK)
    subscription = begun(ada, monthly, start, means=card(Later.DECLINE))
    renew(subscription)
    assert subscription.lapses_at
    assert str(subscription.on(subscription.lapses_at)) == "2027-11-15"


def test_a_gift_lasts_to_the_day_and_can_be_used_for_two_years(
    ada: Person, bruno: Person, yearly: Price
) -> None:
    start = datetime(2027, 2, 28, 20, tzinfo=NEW_YORK)
    with clock.stopped_at(start):
        buy(bruno, yearly, purpose=Checkout.Purpose.GIFT, recipient_name="Ada", recipient_email=ada.email)
        gift = Gift.objects.get()
        gift.redeem(ada)
    assert (gift.day(gift.expires_at), gift.time_zone) == ("Feb. 28, 2029", "America/New_York")
    assert gift.entitlement
    assert gift.entitlement.last_day == "Feb. 28, 2028"


def test_what_is_said_before_the_purchase_is_what_comes(ada: Person, yearly: Price) -> None:
    Offer.objects.create(
        name="Six",
        code="SIX",
        price=yearly,
        amount=100,
        count=6,
        unit=Unit.WEEK,
        placement=OfferPlacement.SLOT,
    )
    with clock.moved_to(datetime(2027, 2, 20, 23, 30, tzinfo=NEW_YORK)):
        subscription = subscribe(ada, yearly, offer=Offer.objects.get())
        consent = subscription.consents.get().text
    assert subscription.term_end == "April 3, 2027"
    assert "From April 3, 2027 it renews" in consent
