"""Compares Stripe’s books with ours: what was missed is taken in, what can’t be is set down for the staff."""

import logging
from datetime import datetime, timedelta
from typing import Any

from broadsheet.billing.models import Difference, Payment, StripeEvent
from broadsheet.billing.providers.stripe.amounts import from_stripe
from broadsheet.billing.providers.stripe.api import Refusal, Unreachable, api, asking, id_of, is_ours, meta
from broadsheet.billing.providers.stripe.events import store
from broadsheet.billing.providers.stripe.refunds import intent_of
from broadsheet.billing.providers.stripe.taking_in import (
    TAKEN_IN,
    take_in,
    take_in_intent,
    take_in_refunds,
)
from broadsheet.platform.processes.scheduler import DAY

logger = logging.getLogger(__name__)

LOOKED_BACK = timedelta(days=4)
"""A night that was missed, and a weekend, are made up for."""
GIVEN_TIME = timedelta(minutes=10)
"""What is newer may still be on its way."""


def reconcile(at: datetime) -> None:
    """Raises nothing where Stripe is away: the next night looks as far back."""
    since = at - LOOKED_BACK
    try:
        _take_in_missed_events(since)
        intents = _intents_since(since)
        _take_in_payments(intents, since)
        _take_in_refunds(since)
        _look_for_missing(intents, since, at - GIVEN_TIME)
        _take_in_disputes(since)
    except Unreachable:
        logger.warning("Stripe can’t be reached, so that the books are compared tomorrow")


def _list(service: Any, since: datetime, **more: Any) -> Any:
    with asking():
        return list(
            service.list(
                {"created": {"gte": int(since.timestamp())}, "limit": 100, **more}
            ).auto_paging_iter()
        )


def _take_in_missed_events(since: datetime) -> None:
    """Those that no webhook brought. They come in the order in which they happened."""
    found = _list(api().events, since, types=sorted(TAKEN_IN))
    known = set(
        StripeEvent.objects.filter(reference__in=[event.id for event in found]).values_list("pk", flat=True)
    )
    for event in reversed(found):
        if event.id not in known:
            logger.warning("No webhook brought %s (%s)", event.id, event.type)
            store(event.id, event.type, event.data.object["id"])


def _intents_since(since: datetime) -> dict[str, Any]:
    found = _list(api().payment_intents, since)
    return {intent.id: intent for intent in found if is_ours(intent)}


def _take_in_payments(intents: dict[str, Any], since: datetime) -> None:
    rows = Payment.objects.succeeded().filter(provider="stripe", at__gte=since - DAY)
    known = {intent_of(row) for row in rows.only("reference")}
    for reference, intent in intents.items():
        if intent.status == "succeeded" and reference not in known:
            take_in_intent(reference)
        _compare(reference, intent)


def _take_in_refunds(since: datetime) -> None:
    """Of payments of any age: what was given back of them since then."""
    for reference in {id_of(made.payment_intent) for made in _list(api().refunds, since)}:
        if reference:
            take_in_refunds(reference)


def _compare(reference: str, intent: Any) -> None:
    rows = Payment.objects.succeeded().filter(provider="stripe", reference__startswith=reference)
    paid = sum(row.amount for row in rows)
    charged = from_stripe(intent.amount, intent.currency)
    if rows and paid != charged.minor and not meta(intent, "errand"):
        Difference.objects.find(
            Difference.Kind.AMOUNT, reference, rows[0], f"{charged}, {rows[0].currency} {paid}"
        )


def _look_for_missing(intents: dict[str, Any], since: datetime, until: datetime) -> None:
    rows = Payment.objects.succeeded().filter(provider="stripe", at__range=(since, until))
    for row in rows.select_related("invoice"):
        reference = intent_of(row)
        if reference in intents:
            continue
        try:
            with asking():
                intent = api().payment_intents.retrieve(reference)
        except Refusal as refusal:
            if not refusal.is_missing:
                raise
            Difference.objects.find(Difference.Kind.MISSING, row.reference, row, str(row.money))
            continue
        if intent.status != "succeeded":
            Difference.objects.find(
                Difference.Kind.MISSING, row.reference, row, f"{row.money}, {intent.status}"
            )


def _take_in_disputes(since: datetime) -> None:
    for dispute in _list(api().disputes, since):
        take_in("charge.dispute.updated", dispute.id)
