"""Replacing a price, for new subscribers and, after notice, for those who agreed to the old one."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import CharField, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from broadsheet.membership.errors import Refused
from broadsheet.membership.models import Gift, Offer, Price, State, Subscription
from broadsheet.membership.models.subscription.renewal import PRICE_CHANGE_NOTICE
from broadsheet.membership.notice_kinds import SubscriptionNotice
from broadsheet.notices.models import Notice
from broadsheet.platform import clock
from broadsheet.platform.days import later
from broadsheet.platform.processes.scheduler import once_every

HOUR = timedelta(hours=1)
"""It looks at many rows, and has fifteen days."""
NOTICE_WINDOW = timedelta(days=15)
"""How long before the last moment at which subscribers must be told they may be told."""


def agreed_prices() -> QuerySet[Price]:
    """Those that somebody agreed to, or was told of, and so stay as they are."""
    subscriptions = Subscription.objects.filter(Q(price=OuterRef("pk")) | Q(next_price=OuterRef("pk")))
    gifts = Gift.objects.filter(price=OuterRef("pk"))
    return Price.objects.filter(Q(Exists(subscriptions)) | Q(Exists(gifts)) | Q(replaces__isnull=False))


@transaction.atomic
def replace_price(price: Price, amount: int, *, renewals_from: datetime | None) -> Price:
    """Sells at `amount` from now on. `renewals_from`: from when on renewals cost it too; None: never.

    Raises Refused where that is too soon for everyone to be told in time.
    """
    price = Price.objects.select_for_update().get(pk=price.pk)
    if price.retired_at:
        raise Refused(_("This price has been replaced already."))
    if amount == price.amount:
        raise Refused(_("This is the price already."))
    if renewals_from and renewals_from < later(clock.now(), price.zone, days=PRICE_CHANGE_NOTICE):
        raise Refused(_("Subscribers must be told thirty days ahead. Choose a later day."))
    price.retired_at = clock.now()
    price.save(update_fields=["retired_at"])
    new = Price.objects.create(
        plan=price.plan,
        edition=price.edition,
        amount=amount,
        currency=price.currency,
        term=price.term,
        trial_days=price.trial_days,
    )
    price.replaced_by, price.replaced_from = new, renewals_from
    price.save(update_fields=["replaced_by", "replaced_from"])
    # An offer is a way to the present price, whatever that is.
    Offer.objects.filter(price=price).update(price=new)
    return new


def announce_prices(at: datetime) -> None:
    """Has everyone told whose renewals will cost another price, in time for the first one that does."""
    told = Notice.objects.filter(
        dropped_at=None,
        kind=SubscriptionNotice.PRICE_CHANGE,
        about=OuterRef("pk"),
        key=Cast(OuterRef("price__replaced_by"), CharField()),
    )
    soon = at + timedelta(days=PRICE_CHANGE_NOTICE) + NOTICE_WINDOW
    concerned = Subscription.objects.uncancelled().filter(
        ~Exists(told),
        is_donation=False,
        state__in=(State.ACTIVE, State.TRIALING),
        price__replaced_from__lte=soon,
        term_ends_at__lte=soon,
    )
    for subscription in concerned.select_related("price", "person"):
        renewal = subscription.first_renewal_from(subscription.price.replaced_from or at)
        if renewal <= soon:
            if subscription.is_group and not subscription.group.follows_price:
                continue
            key = str(subscription.price.replaced_by_id)
            # It came up while there was no renewal to speak of; now there is one again.
            Notice.objects.filter(
                kind=SubscriptionNotice.PRICE_CHANGE, about=subscription.pk, key=key
            ).delete()
            Notice.objects.set_down(
                SubscriptionNotice.PRICE_CHANGE,
                subscription.pk,
                key=key,
                person=subscription.person,
                edition=subscription.price.edition,
            )


@once_every(HOUR, "membership.prices")
def announce_hourly(at: datetime) -> None:
    announce_prices(at)
