"""What a subscription's reader must be told: at once of what was done, ahead of time of what will happen."""

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from broadsheet.membership.lengths import Term
from broadsheet.membership.models.policy import SalesPolicy
from broadsheet.membership.models.subscription.transition import Change, State, Transition
from broadsheet.membership.notice_kinds import SubscriptionNotice
from broadsheet.notices.models import Notice

if TYPE_CHECKING:
    from broadsheet.membership.models.subscription.subscription import Subscription

SHORT_PAUSE = 14
"""The end of a pause that lasts no more days is told when it begins, and not again."""
BEFORE_RETURN = 7
LONG_OFFER = 14
"""The end of a trial or first offer is announced if it lasts at least so many days."""
SAID_AT_ONCE = {
    Change.PAUSED: SubscriptionNotice.PAUSED,
    Change.RESUMED: SubscriptionNotice.RESUMED,
    Change.CANCELLED: SubscriptionNotice.CANCELLED,
    Change.KEPT: SubscriptionNotice.KEPT,
    Change.CHANGED: SubscriptionNotice.CHANGED,
    Change.WILL_CHANGE: SubscriptionNotice.CHANGED,
    Change.DISCOUNTED: SubscriptionNotice.CHANGED,
    Change.EXTENDED: SubscriptionNotice.EXTENDED,
    Change.ENDED: SubscriptionNotice.ENDED,
    Change.LAPSED: SubscriptionNotice.ENDED,
}
PLANNED = (SubscriptionNotice.RENEWAL, SubscriptionNotice.OFFER_ENDS, SubscriptionNotice.COMING_BACK)


def announce(subscription: "Subscription", written: Transition) -> None:
    """Has the reader told what was just done, and plans what must be told later as things stand now."""
    to = {"person": subscription.person, "edition": subscription.price.edition}
    if kind := SAID_AT_ONCE.get(Change(written.what)):
        Notice.objects.set_down(kind, subscription.pk, key=str(written.pk), **to)
    planned = {(kind, key): due_at for kind, key, due_at in _planned(subscription)}
    for row in Notice.objects.filter(kind__in=PLANNED, about=subscription.pk, sent_at=None):
        if (SubscriptionNotice(row.kind), row.key) not in planned:
            row.delete()
    for (kind, key), due_at in planned.items():
        Notice.objects.set_down(kind, subscription.pk, key=key, due_at=due_at, **to)


def _planned(subscription: "Subscription") -> Iterator[tuple[SubscriptionNotice, str, datetime]]:
    policy = SalesPolicy.load()
    start, end = subscription.term_starts_at, subscription.term_ends_at
    later, key = subscription.later, f"{subscription.on(end)}"
    if (pause := subscription.pause) and pause.until > later(pause.starts_at, days=SHORT_PAUSE):
        yield SubscriptionNotice.COMING_BACK, f"{pause.pk}", later(pause.until, days=-BEFORE_RETURN)
    if subscription.state not in {State.TRIALING, State.ACTIVE} or subscription.cancellation:
        return
    is_first = subscription.state == State.TRIALING or subscription.is_in_offer
    if end > later(start, days=180):
        yield SubscriptionNotice.RENEWAL, key, later(end, days=-policy.renewal_notice_days)
    elif is_first and end >= later(start, days=LONG_OFFER) and _becomes_dearer(subscription):
        yield SubscriptionNotice.OFFER_ENDS, key, later(end, days=-policy.offer_notice_days)


def _becomes_dearer(subscription: "Subscription") -> bool:
    return subscription.next_charge.minor > subscription.term_amount or (
        Term(subscription.price.term) == Term.YEAR
    )
