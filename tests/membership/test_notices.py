"""What is written to subscribers: at its second, once, and not when it has stopped being true."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from broadsheet.billing import intents
from broadsheet.billing.models import Payment
from broadsheet.billing.notice_kinds import CardNotice
from broadsheet.membership.lengths import Unit
from broadsheet.membership.models import Actor, Offer, Price, Subscription, Verb
from broadsheet.membership.notice_kinds import SubscriptionNotice
from broadsheet.membership.prices import replace_price
from broadsheet.notices.models import Notice
from broadsheet.notices.posting import post_due
from broadsheet.people.models import Person
from broadsheet.platform import clock
from broadsheet.platform.money import Money
from tests.shop import card, days_pass, minute_passes, subscribe

START = datetime(2027, 3, 5, 9, tzinfo=UTC)
DAY, WEEK, SECOND = timedelta(days=1), timedelta(weeks=1), timedelta(seconds=1)


def at(moment: datetime, step: Callable[[], Any]) -> Any:
    with clock.moved_to(moment):
        return step()


def begun(person: Person, price: Price, **more: object) -> Subscription:
    """With everything said that is said at once."""
    subscription = at(START, lambda: subscribe(person, price, **more))
    at(START + 5 * SECOND, minute_passes)
    assert isinstance(subscription, Subscription)
    return subscription


def is_said_at(kind: SubscriptionNotice, moment: datetime) -> bool:
    """Whether it goes out at that moment and not a second before, nor again after."""
    sent = Notice.objects.filter(kind=kind).exclude(sent_at=None)
    counts = []
    for after in (-SECOND, SECOND, DAY):
        at(moment + after, lambda: post_due())
        counts.append(sent.count())
    return counts == [0, 1, 1]


def test_a_yearly_renewal_is_announced_thirty_days_before(ada: Person, yearly: Price) -> None:
    subscription = begun(ada, yearly)
    assert is_said_at(SubscriptionNotice.RENEWAL, subscription.term_ends_at - 30 * DAY)


def test_a_monthly_renewal_is_not_announced(ada: Person, monthly: Price) -> None:
    begun(ada, monthly)
    days_pass(START, 70, step=7)
    assert not Notice.objects.filter(kind=SubscriptionNotice.RENEWAL).exists()


def test_each_yearly_renewal_is_announced_once(ada: Person, yearly: Price) -> None:
    begun(ada, yearly)
    days_pass(START, 800, step=20)
    assert Notice.objects.filter(kind=SubscriptionNotice.RENEWAL).exclude(sent_at=None).count() == 2


def test_the_end_of_a_first_offer_is_announced_a_week_before(
    ada: Person, yearly: Price, six_weeks: Offer
) -> None:
    subscription = begun(ada, yearly, offer=six_weeks)
    assert is_said_at(SubscriptionNotice.OFFER_ENDS, subscription.term_ends_at - 7 * DAY)


def test_the_end_of_a_long_trial_is_announced_and_of_a_short_one_not(
    ada: Person, bruno: Person, monthly: Price
) -> None:
    for person, days in ((ada, 20), (bruno, 7)):
        monthly.trial_days = days
        monthly.save()
        at(START, lambda person=person: subscribe(person, monthly, trial=True))
    assert is_said_at(
        SubscriptionNotice.OFFER_ENDS, Subscription.objects.get(person=ada).term_ends_at - 7 * DAY
    )
    assert not Notice.objects.filter(kind=SubscriptionNotice.OFFER_ENDS, person=bruno).exists()


def test_an_offer_of_a_week_is_not_announced(ada: Person, yearly: Price, six_weeks: Offer) -> None:
    Offer.objects.update(count=1, unit=Unit.WEEK)
    six_weeks.refresh_from_db()
    begun(ada, yearly, offer=six_weeks)
    assert not Notice.objects.filter(kind=SubscriptionNotice.OFFER_ENDS).exists()


def pause(subscription: Subscription, length: timedelta) -> None:
    until = START + 10 * DAY + length
    by = Actor.reader(subscription.person)
    at(START + 10 * DAY, lambda: intents.ask(subscription, Verb.PAUSE, by, until=until))


def test_a_long_pause_s_end_is_announced_a_week_before(ada: Person, yearly: Price) -> None:
    pause(begun(ada, yearly), 3 * WEEK)
    assert is_said_at(SubscriptionNotice.COMING_BACK, START + 10 * DAY + 2 * WEEK)


def test_a_short_pause_says_its_end_in_its_confirmation_alone(ada: Person, yearly: Price) -> None:
    pause(begun(ada, yearly), 2 * WEEK)
    days_pass(START + 10 * DAY, 20, step=2)
    assert Notice.objects.filter(kind=SubscriptionNotice.PAUSED).exclude(sent_at=None).count() == 1
    assert not Notice.objects.filter(kind=SubscriptionNotice.COMING_BACK).exists()


def test_who_resumed_is_not_told_that_it_comes_back(ada: Person, yearly: Price) -> None:
    subscription = begun(ada, yearly)
    pause(subscription, 3 * WEEK)
    at(START + 12 * DAY, lambda: intents.ask(subscription, Verb.RESUME, Actor.reader(ada)))
    days_pass(START + 12 * DAY, 30, step=3)
    assert not Notice.objects.filter(kind=SubscriptionNotice.COMING_BACK).exists()


def test_who_cancelled_is_told_of_no_renewal_and_who_stays_after_all_is(ada: Person, yearly: Price) -> None:
    subscription = begun(ada, yearly)
    subscription.cancel(Actor.reader(ada))
    assert not Notice.objects.filter(kind=SubscriptionNotice.RENEWAL).exists()
    at(subscription.term_ends_at - 10 * DAY, lambda: subscription.keep(Actor.reader(ada)))
    at(subscription.term_ends_at - 9 * DAY, minute_passes)
    assert Notice.objects.get(kind=SubscriptionNotice.RENEWAL).sent_at


def test_what_stopped_being_true_before_it_was_posted_is_dropped(
    ada: Person, yearly: Price, mailoutbox: list[object]
) -> None:
    subscription = begun(ada, yearly)
    before = len(mailoutbox)
    pause(subscription, 3 * WEEK)
    at(START + 10 * DAY + 60 * SECOND, lambda: subscription.resume(Actor.reader(ada)))
    at(START + 10 * DAY + 120 * SECOND, minute_passes)
    said = Notice.objects.get(kind=SubscriptionNotice.PAUSED)
    assert (said.sent_at, said.dropped_at is None) == (None, False)
    assert len(mailoutbox) == before + 1  # that it is back


def test_an_expiring_card_is_announced_once_for_each_card(ada: Person, yearly: Price) -> None:
    begun(ada, yearly, means=card(expires_on=(START + 40 * DAY).date()))
    days_pass(START, 18, step=3)
    assert Notice.objects.filter(kind=CardNotice.EXPIRES).exclude(sent_at=None).count() == 1


def test_who_undoes_a_cancellation_is_told_of_a_new_price_all_the_same(ada: Person, yearly: Price) -> None:
    subscription = begun(ada, yearly)
    at(START + DAY, lambda: replace_price(yearly, 4400, renewals_from=START + 40 * DAY))
    at(START + 319 * DAY, lambda: intents.ask(subscription, Verb.CANCEL, Actor.reader(ada)))
    days_pass(START + 319 * DAY, 6)
    at(START + 326 * DAY, lambda: intents.ask(subscription, Verb.KEEP, Actor.reader(ada)))
    days_pass(START + 326 * DAY, 3)
    assert ada.notices.get(kind=SubscriptionNotice.PRICE_CHANGE).sent_at


def test_who_got_something_back_is_still_told_that_the_offer_ends(
    ada: Person, farid: Person, six_weeks: Offer
) -> None:
    subscription = begun(ada, six_weeks.price, offer=six_weeks)
    payment = Payment.objects.get()
    at(START + DAY, lambda: payment.refund(Money(50, "USD"), farid, "For the trouble"))
    subscription.refresh_from_db()
    at(START + 2 * DAY, lambda: subscription.extend(Actor.staff(farid, "For the trouble"), days=1))
    days_pass(START + 2 * DAY, 40)
    assert ada.notices.get(kind=SubscriptionNotice.OFFER_ENDS).sent_at


def test_the_card_of_who_cancelled_may_expire(ada: Person, yearly: Price) -> None:
    subscription = begun(ada, yearly, means=card(expires_on=(START + 20 * DAY).date()))
    at(START + 30 * SECOND, lambda: intents.ask(subscription, Verb.CANCEL, Actor.reader(ada)))
    Notice.objects.filter(kind=CardNotice.EXPIRES).delete()
    days_pass(START + DAY, 10)
    assert not Notice.objects.filter(kind=CardNotice.EXPIRES).exclude(sent_at=None).exists()
