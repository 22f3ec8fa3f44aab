"""What a payment provider must be able to do, and which one a subscription has.

No page waits for one: what a reader or our staff want is an intent first. A provider confirms it at once, as
the house account does, or later.
"""

import logging
from collections.abc import Callable
from datetime import datetime
from typing import Any, Protocol

from django.db import transaction
from django.db.models import Model, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from broadsheet.billing.models import Checkout, Invoice
from broadsheet.membership.errors import Refused
from broadsheet.membership.models import Actor, Consent, Intent, State, Subscription, Verb
from broadsheet.membership.models.locking import held

logger = logging.getLogger(__name__)


class Provider(Protocol):
    name: str

    def methods(self) -> list[str]:
        """Those of `Payment.Method` that a buyer can choose now."""

    def begin(self, checkout: Checkout) -> str:
        """The path where the buyer goes on.

        A page to pay at, or, if that is not needed, the thank-you page.
        """

    def carry_out(self, intent: Intent) -> None:
        """Confirms or fails `intent`, now or later. Asked again with the same one it does no more."""

    def collect(self, invoice: Invoice) -> None:
        """Charges what is due, and reports the outcome to the invoice."""

    def sweep(self, at: datetime) -> None:
        """Does what is due by the clock: renewals, charges, what comes back from a pause."""


_providers: dict[str, Provider] = {}


def register(provider: Provider) -> None:
    _providers[provider.name] = provider


def provider(name: str) -> Provider:
    return _providers[name]


def names() -> list[str]:
    return list(_providers)


def default() -> Provider:
    """The one that new checkouts go to."""
    return next(iter(_providers.values()))


def go_on(checkout: Checkout) -> str:
    """The path where its buyer goes on: to pay, or to be thanked."""
    if checkout.is_unfinished:
        return provider(checkout.provider).begin(checkout)
    return reverse("checkout_done", args=[checkout.uuid])


def ask(
    subscription: Subscription, verb: Verb, by: Actor, *, consent: Consent | None = None, **wanted: Any
) -> Intent:
    """Sets the intent down and has the provider carry it out. Raises Refused where it can't be asked for.

    The provider may need a while: `intent.is_open` then, and the subscription is as it was. `consent` is what
    the reader agreed to with it, not saved yet.
    """
    with held(subscription):
        if fault := fault_of(subscription, verb):
            raise Refused(fault)
        intent = Intent.objects.ask(subscription, verb, by, **wanted)
        if consent:
            consent.save()
    provider(subscription.provider).carry_out(intent)
    intent.refresh_from_db()
    subscription.refresh_from_db()
    if intent.fault:
        raise Refused(intent.fault)
    return intent


def fault_of(subscription: Subscription, verb: Verb) -> str:
    """Why its invoices forbid that now; empty where they don't. Asked under the subscription's lock."""
    if verb == Verb.PAUSE and Invoice.objects.unpaid().filter(subscription=subscription).exists():
        return _("An invoice is open. Once it is paid, the subscription can be paused.")
    return ""


def finish_intents() -> None:
    """Carries on with those that a killed process left behind."""
    each(
        Intent.objects.open().select_related("subscription"),
        lambda intent: provider(intent.subscription.provider).carry_out(intent),
    )


def each[Row: Model](rows: QuerySet[Row], step: Callable[[Row], object]) -> None:
    """Takes each in a transaction of its own; one that changed meanwhile is somebody else's by now."""
    for row in list(rows):
        try:
            with transaction.atomic():
                step(row)
        except Refused as refused:
            logger.info("%s: %s", row, refused.reason)
        except Exception:
            # A fault in one row must not keep all the others from being renewed, minute after minute.
            logger.exception("%s can’t be swept", row)


def close_books(subscription: Subscription) -> None:
    """What is still open when a subscription has ended is not owed any more."""
    if subscription.state == State.ENDED:
        for invoice in Invoice.objects.unpaid().filter(subscription=subscription):
            invoice.void()


def sweep(at: datetime) -> None:
    finish_intents()
    for one in _providers.values():
        one.sweep(at)
    Checkout.objects.stale(at).delete()
