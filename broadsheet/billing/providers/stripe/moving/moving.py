"""One subscription of Stripe's comes to us: first the old one is told to end with its term, then ours begins.

Whatever dies in between, the next run goes on: there is never a moment in which both would charge.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _

from broadsheet.billing.models import Buyer, Mandate, Means, Payment, StripeCustomer, StripeMove
from broadsheet.billing.providers.stripe.amounts import from_stripe
from broadsheet.billing.providers.stripe.api import api, asking, id_of, is_live, is_ours, marked
from broadsheet.billing.providers.stripe.customers import Card
from broadsheet.membership.lengths import Term
from broadsheet.membership.models import PROVIDER, Actor, Price, Subscription
from broadsheet.membership.models.subscription.taking_over import take_over
from broadsheet.people.models import Person
from broadsheet.platform import clock
from broadsheet.platform.money import Money

INTERVALS = {
    ("month", 1): Term.MONTH,
    ("month", 3): Term.QUARTER,
    ("month", 12): Term.YEAR,
    ("year", 1): Term.YEAR,
}


class Unmovable(Exception):
    """Why one stays where it is: a sentence for whoever runs the command."""


@dataclass(frozen=True, slots=True)
class Old:
    """A subscription at Stripe, with what ours needs of it."""

    found: Any
    price: Price
    method: Any

    def __str__(self) -> str:
        return f"{self.price.plan}: {self.money.brief} {self.price.each}"

    @property
    def money(self) -> Money:
        """What its reader pays there, and goes on to pay."""
        theirs = item_of(self.found).price
        return from_stripe(theirs.unit_amount, theirs.currency)

    @property
    def reference(self) -> str:
        return str(self.found.id)

    @property
    def email(self) -> str:
        return Person.objects.normalize_email(self.found.customer.email or "")

    @property
    def term(self) -> tuple[datetime, datetime]:
        item = item_of(self.found)
        return moment(item.current_period_start), moment(item.current_period_end)

    @property
    def ends_anyway(self) -> bool:
        """Whether its reader has cancelled it, not we."""
        return bool(self.found.cancel_at_period_end) and not is_ours(self.found)


def moment(timestamp: int) -> datetime:
    return datetime.fromtimestamp(timestamp, UTC)


def item_of(found: Any) -> Any:
    return found["items"].data[0]


def listed() -> Iterator[Any]:
    """Those that run at Stripe, of whatever software; raises Unreachable."""
    params = {"limit": 100, "expand": ["data.customer", "data.default_payment_method"]}
    with asking():
        yield from api().subscriptions.list(params).auto_paging_iter()


def read(found: Any, prices: Mapping[str, Price]) -> Old:
    """What is to be done with one; raises Unmovable, and Unreachable."""
    items = found["items"].data
    if found.status not in {"active", "trialing"}:
        raise Unmovable(f"its state is {found.status}: have it paid or end it at Stripe first")
    if len(items) != 1 or (items[0].quantity or 1) != 1:
        raise Unmovable("it is for several things")
    theirs = items[0].price
    price = prices.get(theirs.id)
    if price is None:
        raise Unmovable(f"no price of ours is named for {theirs.id}")
    recurring = theirs.recurring
    if INTERVALS.get((recurring.interval, recurring.interval_count)) != price.term:
        often = f"{recurring.interval_count} {recurring.interval}"
        raise Unmovable(f"{theirs.id} is paid every {often}, ours not")
    if theirs.currency.upper() != price.currency:
        raise Unmovable(f"{theirs.id} is in {theirs.currency.upper()}, ours in {price.currency}")
    if found.discounts:
        raise Unmovable("it has a discount at Stripe")
    if moment(items[0].current_period_end) <= clock.now():
        raise Unmovable("its term is over, and Stripe is renewing it: run the command again later")
    old = Old(found, price, _method_of(found))
    _require_reader(old)
    return old


def _require_reader(old: Old) -> None:
    try:
        validate_email(old.email)
    except ValidationError:
        raise Unmovable("its customer has no e-mail address") from None
    person = Person.objects.filter(email=old.email).first()
    own = Subscription.objects.filter(person=person).live().reading() if person else None
    if own is not None and own.exists() and not old.price.plan.is_donation and not is_moved(old):
        raise Unmovable("its reader has a subscription here already")


def _method_of(found: Any) -> Any:
    """The card that pays for it, in full; raises Unmovable."""
    customer = found.customer
    chosen = [
        found.default_payment_method,
        found.default_source,
        customer.invoice_settings.default_payment_method,
        customer.default_source,
    ]
    reference = next((id_of(one) for one in chosen if one), "")
    if not reference:
        raise Unmovable("it is paid by no card")
    with asking():
        method = api().payment_methods.retrieve(reference)
    if method.type != "card":
        raise Unmovable(f"it is paid by {method.type}, not by a card")
    return method


def is_moved(old: Old) -> bool:
    return StripeMove.objects.filter(reference=old.reference, subscription__isnull=False).exists()


def move(old: Old) -> bool:
    """Whether it was moved now: False where it was moved before. Raises Unreachable, Refusal, Refused."""
    row, __ = StripeMove.objects.get_or_create(reference=old.reference)
    if row.subscription_id:
        return False
    ends_anyway = old.ends_anyway
    with asking():
        # First: from here on Stripe charges no more, and ours does not charge before its term is over.
        api().subscriptions.update(
            old.reference,
            {
                "cancel_at_period_end": True,
                "metadata": marked(cancelled="before" if ends_anyway else ""),
            },
            {"idempotency_key": f"move-{old.reference}"},
        )
        api().customers.update(old.found.customer.id, {"metadata": marked()})
    ends_anyway = ends_anyway or _was_cancelled_before(old)
    with transaction.atomic():
        person, __ = Person.objects.registered(old.email)
        if (name := (old.found.customer.name or "").strip()) and not person.get_full_name():
            person.rename(name[:150])
        StripeCustomer.objects.update_or_create(
            person=person, is_live=is_live(), defaults={"reference": old.found.customer.id, "method": ""}
        )
        by = Actor(PROVIDER.who, why=_("It came from Stripe’s subscriptions"))
        subscription = take_over(
            person,
            old.price,
            by,
            provider="stripe",
            amount=old.money.minor,
            began_at=moment(old.found.start_date),
            term=old.term,
            is_trial=old.found.status == "trialing",
        )
        card = Card.of(old.method)
        means = Means(Payment.Method.CARD, "", card.reference, card.last_digits, card.expires_on)
        Mandate.objects.give(subscription, "stripe", means, Buyer(name=person.get_full_name()))
        if ends_anyway:
            subscription.cancel(by)
        row.subscription = subscription
        row.save()
    return True


def _was_cancelled_before(old: Old) -> bool:
    metadata = old.found.metadata
    return bool(metadata and "cancelled" in metadata and metadata["cancelled"] == "before")
