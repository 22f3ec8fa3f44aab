"""Charging a saved card without its holder, and having the holder confirm what their bank wants confirmed."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from broadsheet.billing.models import Difference, Invoice, Mandate, StripeCharge
from broadsheet.billing.providers.protocol import Declined, Done, Outcome, Pending, Remedy
from broadsheet.billing.providers.stripe.amounts import to_stripe
from broadsheet.billing.providers.stripe.api import Refusal, Unreachable, api, asking, marked, meta
from broadsheet.billing.providers.stripe.customers import customer_of
from broadsheet.billing.providers.stripe.declines import declined
from broadsheet.billing.providers.stripe.moving.checking import goes_on_elsewhere

if TYPE_CHECKING:
    import stripe

BEFORE = timedelta(minutes=5)
"""How far the clock of Stripe may be behind ours."""


def charge(mandate: Mandate, invoice: Invoice, key: str) -> Outcome:
    """A charge whose answer was lost is looked for, and made only where there is none."""
    row, is_new = StripeCharge.objects.get_or_create(key=key, defaults={"invoice": invoice})
    try:
        if goes_on_elsewhere(mandate.subscription):
            return Pending()
        intent = None if is_new else _made_before(row, mandate)
        intent = intent or _make(row, mandate)
    except Unreachable:
        return Pending()
    except Refusal as refusal:
        if refusal.is_missing or refusal.param == "payment_method":
            return declined("payment_method_missing", f"{key}-failed")
        Difference.objects.find(Difference.Kind.STUCK, key, detail=str(refusal))
        return Pending()
    if intent.id != row.reference:
        row.reference = intent.id
        row.save(update_fields=["reference"])
    return outcome_of(intent)


def _made_before(row: StripeCharge, mandate: Mandate) -> Any:
    with asking():
        if row.reference:
            return api().payment_intents.retrieve(row.reference)
        # Not by its search, which finds what is new only minutes later.
        listed = api().payment_intents.list(
            {
                "customer": customer_of(mandate.subscription.person),
                "created": {"gte": int((row.begun_at - BEFORE).timestamp())},
                "limit": 100,
            }
        )
        return next((found for found in listed.auto_paging_iter() if meta(found, "key") == row.key), None)


def _make(row: StripeCharge, mandate: Mandate) -> Any:
    invoice: Invoice = row.invoice
    params = {
        "amount": to_stripe(invoice.money),
        "currency": invoice.currency.lower(),
        "customer": customer_of(mandate.subscription.person),
        "payment_method": mandate.reference,
        "allowed_payment_method_types": ["card"],
        "off_session": True,
        "confirm": True,
        "description": f"{mandate.subscription.plan}, {invoice.number}",
        "metadata": marked(invoice=invoice.number, key=row.key),
    }
    from stripe import CardError

    try:
        with asking():
            return api().payment_intents.create(params, {"idempotency_key": row.key})
    except CardError as error:
        return _intent_in(error)


def _intent_in(error: "stripe.CardError") -> Any:
    """What was declined is there nevertheless, and its holder can confirm it or put in another card."""
    intent = error.error.payment_intent if error.error else None
    if intent is None:
        raise Unreachable from error
    return intent


def outcome_of(intent: Any) -> Outcome:
    match intent.status:
        case "succeeded":
            return Done(intent.id)
        case "processing" | "requires_capture":
            return Pending()
        case "requires_action" | "requires_confirmation":
            return declined("authentication_required", f"{intent.id}-failed")
        case "canceled":
            return Declined("", f"{intent.id}-failed", Remedy.CARD, "canceled")
    error = intent.last_payment_error
    code = (getattr(error, "decline_code", "") or getattr(error, "code", "")) if error else ""
    if error and getattr(error, "code", "") == "authentication_required":
        code = "authentication_required"
    return declined(code or "", f"{intent.id}-failed")


# --- The cardholder confirms ---------------------------------------------------------------------


def to_confirm(invoice: Invoice) -> StripeCharge | None:
    """The charge of `invoice` that its cardholder has only to confirm."""
    if not invoice.is_open:
        return None
    last = invoice.payments.failed().first()  # type: ignore[attr-defined]
    if last is None or last.provider != "stripe" or last.remedy != Remedy.CARDHOLDER:
        return None
    reference = last.reference.removesuffix("-failed")
    return StripeCharge.objects.filter(invoice=invoice, reference=reference).first()


def confirm(row: StripeCharge, mandate: Mandate, back: str) -> str:
    """The bank’s address, to which the cardholder goes on; empty where it wants nothing more.

    Raises Unreachable, Refusal, and stripe’s CardError as a Refusal with the code of the decline.
    """
    from stripe import CardError

    try:
        with asking():
            intent = api().payment_intents.retrieve(row.reference)
            if intent.status in {"requires_payment_method", "requires_confirmation"}:
                intent = api().payment_intents.confirm(
                    row.reference, {"payment_method": mandate.reference, "return_url": back}
                )
    except CardError as error:
        raise Refusal(getattr(error.error, "decline_code", "") or error.code or "") from error
    action = intent.next_action
    is_asked = intent.status == "requires_action" and action and action.type == "redirect_to_url"
    return str(action.redirect_to_url.url) if is_asked else ""
