"""What Stripe’s objects say now, taken in: in whatever order and however often, it ends in the same."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from broadsheet.billing.models import (
    Difference,
    Dispute,
    Errand,
    Invoice,
    Payment,
    Refund,
    StripeCharge,
    StripeMove,
    StripeSession,
)
from broadsheet.billing.providers.protocol import Done
from broadsheet.billing.providers.stripe.amounts import from_stripe
from broadsheet.billing.providers.stripe.api import Refusal, api, asking, id_of, is_ours, meta
from broadsheet.billing.providers.stripe.asking_first import ask_first
from broadsheet.billing.providers.stripe.charging import outcome_of
from broadsheet.billing.providers.stripe.customers import take_in_customer, take_in_method
from broadsheet.billing.providers.stripe.models.calls import SESSION_LASTS
from broadsheet.billing.providers.stripe.sessions import look, take_in_session
from broadsheet.membership.models import PROVIDER, Actor, SalesPolicy, Subscription
from broadsheet.platform import clock
from broadsheet.platform.locking import held

DISPUTE_STATES = {
    "warning_needs_response": Dispute.State.OPEN,
    "needs_response": Dispute.State.OPEN,
    "warning_under_review": Dispute.State.REVIEWED,
    "under_review": Dispute.State.REVIEWED,
    "warning_closed": Dispute.State.WON,
    "won": Dispute.State.WON,
    "prevented": Dispute.State.WON,
    "lost": Dispute.State.LOST,
}


def take_in_intent(reference: str) -> None:
    with asking():
        intent = api().payment_intents.retrieve(reference)
    if not is_ours(intent):
        return
    if meta(intent, "checkout"):
        for row in StripeSession.objects.open().filter(key=UUID(meta(intent, "session"))):
            look(row)
        is_old = datetime.fromtimestamp(intent.created, UTC) < clock.now() - 2 * SESSION_LASTS
        if intent.status == "succeeded" and is_old:
            _require_known(intent)
    elif number := meta(intent, "invoice"):
        take_in_charge(intent, number)


def take_in_charge(intent: Any, number: str) -> None:
    invoice = Invoice.objects.filter(number=number).first()
    if invoice is None:
        Difference.objects.find(Difference.Kind.UNKNOWN, intent.id)
        return
    row = StripeCharge.objects.filter(key=meta(intent, "key"), reference="").first()
    if row:
        row.reference = intent.id
        row.save(update_fields=["reference"])
    paid = from_stripe(intent.amount, intent.currency)
    outcome = outcome_of(intent)
    if isinstance(outcome, Done) and paid != invoice.money:
        Difference.objects.find(Difference.Kind.AMOUNT, intent.id, detail=f"{paid}, {invoice.money}")
        return
    invoice.conclude(outcome, meta(intent, "key"), provider="stripe", method=Payment.Method.CARD)


def _require_known(intent: Any) -> None:
    """Every payment that our orders took has a row, or is on its way back."""
    is_known = (
        Payment.objects.filter(provider="stripe", reference__startswith=intent.id).exists()
        or Errand.objects.filter(kind=Errand.Kind.RETURN, reference=intent.id).exists()
    )
    if not is_known:
        detail = str(from_stripe(intent.amount, intent.currency))
        Difference.objects.find(Difference.Kind.UNKNOWN, intent.id, detail=detail)


def take_in_refunds(intent: str) -> None:
    """Everything that was given back of a payment, wherever that was done."""
    payments = list(Payment.objects.succeeded().filter(provider="stripe", reference__startswith=intent))
    if not payments:
        return

    def ask() -> list[Any]:
        with asking():
            listed = api().refunds.list({"payment_intent": intent, "limit": 100})
            return list(listed.auto_paging_iter())

    def write(found: list[Any]) -> None:
        for made in found:
            if not meta(made, "errand"):
                _take_in_refund(made, payments)

    known = Refund.objects.filter(payment__in=payments).order_by("pk")
    ask_first(
        see=lambda: list(known.values_list("reference", flat=True)),
        ask=ask,
        lock=lambda __: payments[0].invoice.held(),
        write=write,
    )


def _take_in_refund(made: Any, payments: list[Payment]) -> None:
    amount = from_stripe(made.amount, made.currency)
    if made.status in {"failed", "canceled"}:
        known = next((row for row in payments if row.refunds.filter(reference=made.id).exists()), None)
        if known:
            Difference.objects.find(Difference.Kind.UNRETURNED, made.id, known, str(amount))
        return
    if any(payment.refunds.filter(reference=made.id).exists() for payment in payments):
        return
    if len(payments) == 1 and amount <= payments[0].left:
        payments[0].take_in_refund(amount, made.id, _("Refunded at Stripe"))
    else:
        Difference.objects.find(Difference.Kind.RETURNED, made.id, payments[0], str(amount))


def take_in_refund(reference: str) -> None:
    with asking():
        made = api().refunds.retrieve(reference)
    if intent := id_of(made.payment_intent):
        take_in_refunds(intent)


def take_in_charge_object(reference: str) -> None:
    with asking():
        found = api().charges.retrieve(reference)
    if intent := id_of(found.payment_intent):
        take_in_refunds(intent)


def take_in_dispute(reference: str) -> None:
    """Access as the policy says, the desk told; one that is lost is money given back."""
    with asking():
        intent = id_of(api().disputes.retrieve(reference).payment_intent)
    payment = Payment.objects.succeeded().filter(provider="stripe", reference__startswith=intent).first()
    if payment is None or not intent:
        return

    def ask() -> Any:
        with asking():
            return api().disputes.retrieve(reference)

    @contextmanager
    def lock(__: Any) -> Iterator[None]:
        with payment.invoice.held(), held(payment):
            yield

    ask_first(
        see=lambda: Dispute.objects.filter(reference=reference).values_list("state", flat=True).first(),
        ask=ask,
        lock=lock,
        write=lambda found: _record_dispute(found, payment),
    )


def _record_dispute(found: Any, payment: Payment) -> None:
    due = found.evidence_details.due_by if found.evidence_details else None
    amount = from_stripe(found.amount, found.currency)
    row, is_new = Dispute.objects.update_or_create(
        reference=found.id,
        defaults={
            "payment": payment,
            "amount": amount.minor,
            "currency": amount.currency,
            "reason": found.reason or "",
            "state": DISPUTE_STATES.get(found.status, Dispute.State.OPEN),
            "answer_by": datetime.fromtimestamp(due, UTC) if due else None,
        },
    )
    if is_new:
        Difference.objects.find(Difference.Kind.DISPUTE, found.id, payment, str(amount))
        _apply_policy(payment.invoice.subscription)
    if row.state == Dispute.State.LOST:
        if not payment.refunds.filter(reference=found.id).exists() and payment.left:
            payment.take_in_refund(min(amount, payment.left), found.id, _("Dispute lost"))
        Difference.objects.resolve(Difference.Kind.DISPUTE, found.id, pgettext("dispute", "Lost"))
    elif row.state == Dispute.State.WON:
        Difference.objects.resolve(Difference.Kind.DISPUTE, found.id, pgettext("dispute", "Won"))


def _apply_policy(subscription: Subscription | None) -> None:
    if subscription is None or not subscription.is_live:
        return
    by = Actor(PROVIDER.who, why=_("The cardholder disputes a payment"))
    match SalesPolicy.load().after_dispute:
        case SalesPolicy.AfterDispute.END:
            subscription.end(by)
            Invoice.objects.close(subscription)
        case SalesPolicy.AfterDispute.CANCEL if not subscription.cancellation:
            subscription.cancel(by)
            Invoice.objects.close(subscription)


def take_in_ended(reference: str) -> None:
    """A subscription at Stripe, from which one of ours came."""
    move = StripeMove.objects.filter(reference=reference, ended_at=None).first()
    if move is None:
        return
    with asking():
        status = api().subscriptions.retrieve(reference).status
    if status in {"canceled", "incomplete_expired"}:
        move.ended_at = clock.now()
        move.save(update_fields=["ended_at"])


TAKEN_IN: dict[str, Callable[[str], None]] = {
    "checkout.session.completed": take_in_session,
    "checkout.session.expired": take_in_session,
    "payment_intent.succeeded": take_in_intent,
    "payment_intent.payment_failed": take_in_intent,
    "payment_intent.canceled": take_in_intent,
    "payment_intent.processing": take_in_intent,
    "charge.refunded": take_in_charge_object,
    "refund.created": take_in_refund,
    "refund.updated": take_in_refund,
    "refund.failed": take_in_refund,
    "charge.dispute.created": take_in_dispute,
    "charge.dispute.updated": take_in_dispute,
    "charge.dispute.closed": take_in_dispute,
    "charge.dispute.funds_withdrawn": take_in_dispute,
    "charge.dispute.funds_reinstated": take_in_dispute,
    "customer.updated": take_in_customer,
    "payment_method.attached": take_in_method,
    "payment_method.updated": take_in_method,
    "payment_method.automatically_updated": take_in_method,
    "customer.subscription.deleted": take_in_ended,
}
"""Kind of event → what asks for its object and takes that in. Others are not asked of Stripe."""


def take_in(kind: str, about: str) -> None:
    """Raises Unreachable. What is gone at Stripe has nothing to say."""
    try:
        TAKEN_IN[kind](about)
    except Refusal as refusal:
        if not refusal.is_missing:
            raise
