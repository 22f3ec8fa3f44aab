"""Terms, to the second: when they end, what comes after them, and what they cost."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core import mail

from broadsheet.billing import intents
from broadsheet.billing.models import Checkout, Invoice, Seller
from broadsheet.demo.till.till import Later
from broadsheet.membership.errors import Refused
from broadsheet.membership.lengths import Term
from broadsheet.membership.models import (
    CLOCK,
    Actor,
    Entitlement,
    Gift,
    Intent,
    Offer,
    OfferPlacement,
    Plan,
    Price,
    SalesPolicy,
    State,
    Subscription,
    Verb,
)
from broadsheet.membership.notice_kinds import SubscriptionNotice
from broadsheet.membership.prices import replace_price
from broadsheet.people.models import Person
from broadsheet.platform import clock
from tests.shop import BY_TRANSFER, buy, card, days_pass, minute_passes, subscribe

NEW_YORK = ZoneInfo("America/New_York")
DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)


def begun(person: Person, price: Price, at: datetime, **more: object) -> Subscription:
    with clock.moved_to(at):
        return subscribe(person, price, **more)


def renewed_to(subscription: Subscription) -> datetime:
    """The end of the next term, when the scheduler comes a minute after the present one."""
    subscription.refresh_from_db()
    with clock.moved_to(subscription.term_ends_at + 60 * SECOND):
        minute_passes()
    subscription.refresh_from_db()
    return subscription.term_ends_at


def dates(subscription: Subscription, count: int) -> list[str]:
    """Of the ends of the present term and the next ones, in the subscription's zone."""
    ends = [subscription.term_ends_at, *(renewed_to(subscription) for __ in range(count - 1))]
    return [f"{end.astimezone(subscription.zone):%Y-%m-%d %Hh}" for end in ends]


def test_a_month_that_began_on_the_31st_ends_on_the_last_day_and_comes_back(
    ada: Person, monthly: Price
) -> None:
    subscription = begun(ada, monthly, datetime(2027, 1, 31, 9, tzinfo=NEW_YORK))
    assert dates(subscription, 4) == [
        "2027-02-28 09h",
        "2027-03-31 09h",
        "2027-04-30 09h",
        "2027-05-31 09h",
    ]


def test_a_year_that_began_on_the_leap_day_is_back_on_it(ada: Person, yearly: Price) -> None:
    subscription = begun(ada, yearly, datetime(2028, 2, 29, 9, tzinfo=NEW_YORK))
    assert dates(subscription, 4) == [
        "2029-02-28 09h",
        "2030-02-28 09h",
        "2031-02-28 09h",
        "2032-02-29 09h",
    ]


def test_without_days_of_grace_the_terms_still_follow_one_another(ada: Person, monthly: Price) -> None:
    policy = SalesPolicy.load()
    policy.grace_days = 0
    policy.save()
    subscription = begun(ada, monthly, datetime(2027, 1, 31, 9, tzinfo=NEW_YORK))
    assert dates(subscription, 3) == ["2027-02-28 09h", "2027-03-31 09h", "2027-04-30 09h"]


def test_nothing_is_renewed_before_its_term_is_over(ada: Person, monthly: Price) -> None:
    start = datetime(2027, 3, 5, 9, tzinfo=UTC)
    subscription = begun(ada, monthly, start)
    with clock.stopped_at(subscription.term_ends_at - SECOND), pytest.raises(Refused):
        subscription.renew(CLOCK)
    with clock.moved_to(subscription.term_ends_at):
        subscription.renew(CLOCK)


def test_after_a_silence_within_the_days_of_grace_the_next_term_begins_where_the_last_ended(
    ada: Person, monthly: Price
) -> None:
    subscription = begun(ada, monthly, datetime(2027, 3, 5, 9, tzinfo=UTC))
    end = subscription.term_ends_at
    with clock.moved_to(end + 13 * DAY):
        minute_passes()
    subscription.refresh_from_db()
    assert subscription.term_starts_at == end


def test_after_a_longer_silence_nobody_pays_for_the_time_they_were_kept_out(
    ada: Person, monthly: Price
) -> None:
    subscription = begun(ada, monthly, datetime(2027, 3, 5, 9, tzinfo=UTC))
    late = subscription.term_ends_at + 100 * DAY
    with clock.moved_to(late):
        assert not ada.entitlements.live().exists()  # type: ignore[attr-defined]
        minute_passes()
        minute_passes()
        assert ada.entitlements.live().exists()  # type: ignore[attr-defined]
    subscription.refresh_from_db()
    assert abs(subscription.term_starts_at - late) < 5 * SECOND
    assert subscription.invoices.count() == 2


def test_an_end_that_the_clock_came_late_for_is_dated_when_the_right_to_read_ended(
    ada: Person, monthly: Price
) -> None:
    subscription = begun(ada, monthly, datetime(2027, 3, 5, 9, tzinfo=UTC))
    subscription.cancel(Actor.reader(ada))
    end = subscription.term_ends_at
    with clock.moved_to(end + 20 * DAY):
        minute_passes()
    subscription.refresh_from_db()
    assert (subscription.state, subscription.ended_at) == (State.ENDED, end)
    assert subscription.entitlements.get().ends_at == end


def test_what_is_paid_once_is_no_subscription(ada: Person, digital: Plan) -> None:
    once = Price.objects.create(plan=digital, edition="en-us", amount=900, currency="USD", term=Term.ONCE)
    with pytest.raises(Refused):
        Subscription.objects.begin(ada, once, Actor.reader(ada), provider="till")


# --- Trial and first offer -------------------------------------------------------------------------


def test_a_trial_costs_nothing_and_then_the_price_is_charged(ada: Person, monthly: Price) -> None:
    monthly.trial_days = 20
    monthly.save()
    start = datetime(2027, 3, 5, 9, tzinfo=UTC)
    subscription = begun(ada, monthly, start, trial=True)
    assert subscription.state == State.TRIALING
    assert subscription.invoices.count() == 0
    days_pass(start, 21, step=3)
    subscription.refresh_from_db()
    assert subscription.state == State.ACTIVE
    assert subscription.invoices.get().total == 500


def test_a_trial_is_there_once(ada: Person, monthly: Price) -> None:
    monthly.trial_days = 20
    monthly.save()
    subscribe(ada, monthly, trial=True).end(Actor.reader(ada))
    with pytest.raises(Refused, match="one trial"):
        Subscription.objects.begin(ada, monthly, Actor.reader(ada), provider="till", trial=True)


def test_a_trial_and_an_offer_do_not_add_up(ada: Person, yearly: Price, six_weeks: Offer) -> None:
    yearly.trial_days = 20
    yearly.save()
    subscription = Subscription.objects.begin(
        ada, yearly, Actor.reader(ada), provider="till", offer=six_weeks, trial=True
    )
    assert subscription.state == State.ACTIVE
    assert subscription.term_amount == 100
    assert subscription.term_ends_at - subscription.term_starts_at == timedelta(weeks=6)


def test_the_first_offer_is_charged_first_and_the_price_after_it(
    ada: Person, yearly: Price, six_weeks: Offer
) -> None:
    start = datetime(2027, 3, 5, 9, tzinfo=UTC)
    subscription = begun(ada, yearly, start, offer=six_weeks)
    renewed_to(subscription)
    assert list(subscription.invoices.order_by("pk").values_list("total", flat=True)) == [100, 4000]
    assert subscription.term_starts_at - start < timedelta(weeks=6, seconds=5)


# --- Another plan, another price, more time --------------------------------------------------------


def test_a_change_set_down_for_the_next_term_leaves_offers_on_the_old_price_behind(
    ada: Person, yearly: Price, monthly: Price
) -> None:
    subscription = begun(ada, monthly, datetime(2027, 3, 5, 9, tzinfo=UTC))
    stay = Offer.objects.create(
        name="Stay", code="STAY", price=monthly, amount=250, terms=3, placement=OfferPlacement.SAVE
    )
    subscription.take_save_offer(stay, Actor.reader(ada))
    subscription.change_later(yearly, Actor.reader(ada))
    assert subscription.next_charge == yearly.money
    renewed_to(subscription)
    assert subscription.term_amount == 4000
    assert f"{subscription.term_ends_at:%Y-%m-%d}" == "2028-04-05"


def test_time_that_was_given_is_kept_through_a_change(ada: Person, yearly: Price, monthly: Price) -> None:
    start = datetime(2027, 3, 5, 9, tzinfo=UTC)
    subscription = begun(ada, monthly, start)
    subscription.extend(Actor.reader(ada), months=12)
    with clock.moved_to(subscription.term_starts_at + (subscription.term_ends_at - start) / 100):
        worth = subscription.unused_value()
        subscription.change_to(yearly, Actor.reader(ada))
    assert worth.minor < 500
    assert subscription.extra == timedelta(days=365) + DAY  # from 5 April 2027 to 5 April 2028
    assert f"{subscription.term_ends_at:%Y-%m-%d}" == "2029-03-10"


def test_what_a_term_is_worth_falls_from_its_cost_to_nothing(ada: Person, yearly: Price) -> None:
    subscription = begun(ada, yearly, datetime(2027, 3, 5, 9, tzinfo=UTC))
    length = subscription.term_ends_at - subscription.term_starts_at
    worth = []
    for part in (0, 0.5, 1, 1.5):
        with clock.moved_to(subscription.term_starts_at + length * part):
            worth.append(subscription.unused_value().minor)
    assert worth == [4000, 2000, 0, 0]


def replaced(price: Price, at: datetime, renewals_from: datetime | None) -> Price:
    with clock.moved_to(at):
        return replace_price(price, 4500, renewals_from=renewals_from)


def test_a_new_price_holds_from_the_first_renewal_that_was_announced_in_time(
    ada: Person, yearly: Price
) -> None:
    start = datetime(2027, 3, 5, 9, tzinfo=UTC)
    subscription = begun(ada, yearly, start)
    replaced(yearly, start + 200 * DAY, start + 240 * DAY)
    days_pass(start + 315 * DAY, 52, step=4)
    subscription.refresh_from_db()
    told = ada.notices.get(kind=SubscriptionNotice.PRICE_CHANGE)
    assert told.sent_at
    assert told.sent_at <= datetime(2028, 3, 5, 9, tzinfo=UTC) - 30 * DAY
    assert (subscription.term_amount, subscription.price.amount) == (4500, 4500)


def test_who_was_told_too_late_pays_the_old_price_once_more(ada: Person, yearly: Price) -> None:
    start = datetime(2027, 3, 5, 9, tzinfo=UTC)
    subscription = begun(ada, yearly, start)
    replaced(yearly, start + 200 * DAY, start + 240 * DAY)
    # The scheduler was away until 20 days before.
    days_pass(start + 346 * DAY, 25, step=5)
    subscription.refresh_from_db()
    assert subscription.term_amount == 4000
    renewed_to(subscription)
    assert subscription.term_amount == 4500


def test_who_keeps_their_price_keeps_it(ada: Person, yearly: Price) -> None:
    start = datetime(2027, 3, 5, 9, tzinfo=UTC)
    subscription = begun(ada, yearly, start)
    replaced(yearly, start + 200 * DAY, None)
    days_pass(start + 300 * DAY, 67, step=5)
    subscription.refresh_from_db()
    assert subscription.term_amount == 4000
    assert not ada.notices.filter(kind=SubscriptionNotice.PRICE_CHANGE).exists()


def test_subscribers_must_be_told_thirty_days_ahead(yearly: Price) -> None:
    with pytest.raises(Refused, match="thirty days"):
        replace_price(yearly, 4500, renewals_from=clock.now() + 29 * DAY)
    new = replace_price(yearly, 4500, renewals_from=clock.now() + 31 * DAY)
    yearly.refresh_from_db()
    assert yearly.replaced_by == new
    with pytest.raises(Refused, match="already"):
        replace_price(yearly, 5000, renewals_from=None)


def test_a_donor_goes_on_giving_what_they_chose(ada: Person, db: None) -> None:
    plan = Plan.objects.create(name="The fund", kind=Plan.Kind.DONATION)
    price = Price.objects.create(plan=plan, edition="en-us", amount=500, currency="USD", term=Term.MONTH)
    start = datetime(2027, 3, 5, 9, tzinfo=UTC)
    subscription = begun(ada, price, start, purpose="donate", each_term=1234, due=1234)
    with clock.moved_to(start):
        replace_price(price, 700, renewals_from=start + 31 * DAY)
    days_pass(start, 70, step=7)
    assert set(subscription.invoices.values_list("total", flat=True)) == {1234}
    assert not subscription.entitlements.exists()


# --- Unpaid ----------------------------------------------------------------------------------------


def test_a_declined_renewal_is_tried_again_then_lapses_to_the_second(ada: Person, monthly: Price) -> None:
    start = datetime(2027, 3, 5, 9, tzinfo=UTC)
    subscription = begun(ada, monthly, start, means=card(Later.DECLINE))
    renewed_to(subscription)
    assert subscription.state == State.PAST_DUE
    lapses = subscription.lapses_at
    assert lapses
    assert subscription.past_due_since
    assert lapses - subscription.past_due_since == 14 * DAY
    for late, state in ((-SECOND, State.PAST_DUE), (SECOND, State.ENDED)):
        with clock.moved_to(lapses + late):
            minute_passes()
        subscription.refresh_from_db()
        assert subscription.state == state
    assert subscription.ended_at == lapses
    assert Invoice.objects.get(subscription=subscription, kind="invoice", state="void")


def test_a_charge_is_tried_on_the_days_that_were_said(ada: Person, monthly: Price) -> None:
    start = datetime(2027, 3, 5, 9, tzinfo=UTC)
    subscription = begun(ada, monthly, start, means=card(Later.DECLINE))
    days_pass(start + 30 * DAY, 16, step=0.25)
    invoice = subscription.invoices.get(kind="invoice", state="void")
    first, *others = invoice.payments.order_by("at").values_list("at", flat=True)
    assert [int((other - first) / DAY) for other in others] == [3, 7, 12]


@pytest.fixture
def bank_account(db: None) -> None:
    details = {"name": "Seller", "address": "1 Row", "iban": "DE02"}
    Seller.objects.update_or_create(pk=Seller.load().pk, defaults=details)


def test_what_was_left_of_a_gift_outlasts_a_subscription_that_was_never_paid(
    ada: Person, yearly: Price, monthly: Price, bank_account: None
) -> None:
    start = datetime(2027, 3, 5, 9, tzinfo=UTC)
    with clock.moved_to(start):
        days = {"deliver_at": start, "expires_at": start + 700 * DAY}
        to_ada = {"recipient_name": "Ada", "recipient_email": ada.email}
        Gift.objects.create(price=yearly, **to_ada, **days).redeem(ada)
    subscription = begun(ada, monthly, start + 100 * DAY, means=BY_TRANSFER)
    days_pass(start + 100 * DAY, 50)
    subscription.refresh_from_db()
    assert subscription.state == State.ENDED
    ends = Entitlement.objects.end_for(ada, start + 150 * DAY)
    assert ends
    assert abs(ends - (start + 366 * DAY)) < 60 * SECOND  # the year has a 29 February
    assert "You can still read without limit until March 5, 2028" in str(mail.outbox[-1].body)


def test_what_was_paid_outlasts_a_change_that_was_never_paid(
    ada: Person, yearly: Price, bank_account: None
) -> None:
    start = datetime(2027, 3, 5, 9, tzinfo=UTC)
    subscription = begun(ada, yearly, start)
    supporter = Plan.objects.create(name="Supporter")
    dearer = Price.objects.create(
        plan=supporter, edition="en-us", amount=8000, currency="USD", term=Term.YEAR
    )
    change: dict[str, object] = {"purpose": Checkout.Purpose.CHANGE, "subscription": subscription}
    with clock.moved_to(start + 10 * DAY):
        credit = subscription.unused_value().minor
        buy(ada, dearer, BY_TRANSFER, credit=credit, due=8000 - credit, **change)
    days_pass(start + 10 * DAY, 60)
    subscription.refresh_from_db()
    assert subscription.state == State.ENDED
    # 356 of 366 days were left, each worth half a day of what costs twice as much.
    ends = Entitlement.objects.end_for(ada, start + 70 * DAY)
    assert ends
    assert abs(ends - (start + 10 * DAY + 178 * DAY)) < DAY


def test_who_never_paid_and_was_given_nothing_keeps_nothing(
    ada: Person, monthly: Price, bank_account: None
) -> None:
    start = datetime(2027, 3, 5, 9, tzinfo=UTC)
    subscription = begun(ada, monthly, start, means=BY_TRANSFER)
    days_pass(start, 50)
    subscription.refresh_from_db()
    assert subscription.state == State.ENDED
    assert not Entitlement.objects.filter(ends_at__gt=subscription.ended_at).exists()


def cancelled_in_arrears(person: Person, gift: Price, price: Price, start: datetime) -> None:
    """On the sixteenth day, past due, while it held what was left of a gift."""
    with clock.moved_to(start):
        days = {"deliver_at": start, "expires_at": start + 700 * DAY}
        to_them = {"recipient_name": "Ada", "recipient_email": person.email}
        Gift.objects.create(price=gift, **to_them, **days).redeem(person)
    subscription = begun(person, price, start, means=BY_TRANSFER)
    days_pass(start, 15)
    subscription.refresh_from_db()
    assert subscription.state == State.PAST_DUE
    with clock.moved_to(start + 16 * DAY):
        intents.ask(subscription, Verb.CANCEL, Actor.reader(person))


def test_who_cancels_what_is_due_keeps_what_was_given(
    ada: Person, yearly: Price, monthly: Price, bank_account: None
) -> None:
    start = datetime(2027, 3, 5, 9, tzinfo=UTC)
    cancelled_in_arrears(ada, yearly, monthly, start)
    ends = Entitlement.objects.end_for(ada, start + 16 * DAY + SECOND)
    assert ends
    assert abs(ends - (start + 366 * DAY)) < 60 * SECOND


def test_what_was_left_is_part_of_the_next_subscription(
    ada: Person, yearly: Price, monthly: Price, bank_account: None
) -> None:
    start = datetime(2027, 3, 5, 9, tzinfo=UTC)
    cancelled_in_arrears(ada, yearly, monthly, start)
    following = begun(ada, monthly, start + 100 * DAY)
    assert abs(following.extra - 266 * DAY) < 60 * SECOND
    assert following.transitions.get(what="extended").why == "What was left of your last subscription"
    with clock.moved_to(start + 101 * DAY):
        assert not Entitlement.objects.complimentary().live().exists()


def test_a_wish_that_cannot_be_carried_out_keeps_nobody_from_renewing(
    ada: Person, farid: Person, monthly: Price
) -> None:
    start = datetime(2027, 3, 5, 9, tzinfo=UTC)
    subscription, other = begun(ada, monthly, start), begun(farid, monthly, start)
    Intent.objects.create(subscription=other, verb=Verb.CHANGE, who="reader")  # to nothing
    with pytest.raises(ExceptionGroup):
        renewed_to(subscription)
    subscription.refresh_from_db()
    assert f"{subscription.term_ends_at:%Y-%m-%d}" == "2027-05-05"
