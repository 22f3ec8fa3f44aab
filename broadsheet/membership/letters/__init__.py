"""The letters about subscriptions, by what they are about. `register` says which notice each belongs to."""

from collections.abc import Callable

from broadsheet.editorial.zones import zone_of
from broadsheet.membership.letters import changes, complimentary, gifts, groups, pauses, terms, withdrawals
from broadsheet.membership.models import Subscription
from broadsheet.membership.notice_kinds import (
    ComplimentaryNotice,
    GiftNotice,
    GroupNotice,
    OwnerNotice,
    SubscriptionNotice,
    WithdrawalNotice,
)
from broadsheet.notices import kinds
from broadsheet.notices.models import Notice
from broadsheet.people.letters import Letter

ABOUT_SUBSCRIPTIONS: dict[SubscriptionNotice, Callable[[Subscription, Notice], Letter | None]] = {
    SubscriptionNotice.RENEWAL: terms.renewal,
    SubscriptionNotice.OFFER_ENDS: terms.offer_ends,
    SubscriptionNotice.PRICE_CHANGE: terms.price_change,
    SubscriptionNotice.PAUSED: pauses.paused,
    SubscriptionNotice.COMING_BACK: pauses.coming_back,
    SubscriptionNotice.RESUMED: pauses.resumed,
    SubscriptionNotice.CANCELLED: changes.cancelled,
    SubscriptionNotice.KEPT: changes.kept,
    SubscriptionNotice.CHANGED: changes.changed,
    SubscriptionNotice.EXTENDED: changes.extended,
    SubscriptionNotice.ENDED: changes.ended,
}


def register() -> None:
    kinds.register(dict.fromkeys(SubscriptionNotice, about_subscription), zone_of=zone_of)
    kinds.register(dict.fromkeys(GroupNotice, groups.about_seat), zone_of=zone_of)
    kinds.register(
        {
            OwnerNotice.HANDED_ON: groups.handed_on,
            GiftNotice.DELIVERY: gifts.gift,
            GiftNotice.ENDS: gifts.gift_ends,
            ComplimentaryNotice.GIVEN: complimentary.given,
            WithdrawalNotice.RECEIVED: withdrawals.withdrawal,
        },
        zone_of=zone_of,
    )


def about_subscription(notice: Notice) -> Letter | None:
    found = Subscription.objects.select_related("price__plan", "offer__price", "next_price", "person")
    subscription = found.filter(pk=notice.about).first()
    if subscription is None:
        return None
    return ABOUT_SUBSCRIPTIONS[SubscriptionNotice(notice.kind)](subscription, notice)
