"""Sending money back: a part of a payment, or one that nobody owed."""

from django.conf import settings
from django.utils.translation import gettext as _

from broadsheet.billing.models import Difference, Errand, Payment
from broadsheet.billing.providers.protocol import Declined, Done
from broadsheet.billing.providers.stripe.amounts import to_stripe
from broadsheet.billing.providers.stripe.api import Refusal, Unreachable, api, asking, marked, meta
from broadsheet.platform.money import Money

GIVEN_UP_AFTER = 12
"""Tries at an errand before staff are told."""


def intent_of(payment: Payment) -> str:
    """``pi_…``: one charge may have paid several invoices, whose payments add a number to it."""
    return payment.reference.partition("-")[0]


def refund(payment: Payment, amount: Money, key: str) -> Done | Declined:
    """One whose answer was lost is looked for first, so that a second click gives nothing twice."""
    if not settings.STRIPE_KEY:
        return Declined(_("STRIPE_KEY is not set here. Refund it in Stripe’s dashboard."))
    from stripe import CardError

    intent = intent_of(payment)
    try:
        with asking():
            made = api().refunds.list({"payment_intent": intent, "limit": 100})
            found = next((row for row in made.auto_paging_iter() if meta(row, "key") == key), None)
            if found is None:
                found = api().refunds.create(
                    {
                        "payment_intent": intent,
                        "amount": to_stripe(amount),
                        "metadata": marked(key=key),
                    },
                    {"idempotency_key": f"refund-{key}"},
                )
            elif found.amount != to_stripe(amount):
                return Declined(
                    _("Another amount was sent back a moment ago. Load the page again in a minute.")
                )
    except Unreachable:
        return Declined(
            _(
                "Stripe did not answer, so we don’t know whether it was sent back. Look here again in a few"
                " minutes: if it was, it stands here then."
            )
        )
    except (Refusal, CardError) as refusal:
        return Declined(_("Stripe won’t send it back: %s.") % refusal)
    if found.status in {"failed", "canceled"}:
        return Declined(_("The card can’t take it. Send the money to a bank account of the reader."))
    return Done(found.id)


def return_payment(errand: Errand) -> None:
    """Raises Unreachable."""
    try:
        with asking():
            api().refunds.create(
                {"payment_intent": errand.reference, "metadata": marked(errand=str(errand.pk))},
                {"idempotency_key": errand.key},
            )
    except Refusal as refusal:
        if refusal.code != "charge_already_refunded":
            Difference.objects.find(Difference.Kind.STUCK, errand.reference, detail=str(refusal))
    errand.done()
