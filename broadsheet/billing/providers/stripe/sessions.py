"""Stripe’s pages, on which a buyer pays or puts in a card, and what came of them."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from broadsheet.billing.models import Checkout, Errand, Mandate, Means, Payment, StripeSession
from broadsheet.billing.providers.stripe.amounts import to_stripe
from broadsheet.billing.providers.stripe.api import Refusal, Unreachable, api, asking, id_of, is_ours, marked
from broadsheet.billing.providers.stripe.asking_first import ask_first
from broadsheet.billing.providers.stripe.customers import (
    Card,
    customer_of,
    default_method,
    forget_customer,
    known_customer,
)
from broadsheet.billing.providers.stripe.models.calls import RETRIED_FOR, SESSION_LASTS
from broadsheet.billing.providers.stripe.tax import rate_of
from broadsheet.billing.sweeping import each
from broadsheet.membership.lengths import Term
from broadsheet.people.models import Person
from broadsheet.platform import clock
from broadsheet.platform.locking import held

KEEPS_CARD = frozenset({"subscribe", "change", "card", "group", "seats"})
type Tax = tuple[str, int | None]
"""Its name and its rate, in hundredths of a percent; None for that of the market."""

EXPANDED = {"expand": ["payment_intent.payment_method", "setup_intent.payment_method"]}


def begin(checkout: Checkout) -> str:
    """Where the buyer goes on: Stripe’s page, or ours that says why there is none now."""
    try:
        if checkout.state == Checkout.State.CONFIRMING:
            for row in checkout.stripe_sessions.open():
                look(row)
            checkout.refresh_from_db()
        return _address(checkout) if checkout.is_unfinished else done_path(checkout)
    except Refusal as refusal:
        if refusal.is_missing and refusal.param == "customer":
            forget_customer(checkout.person)
            checkout.stripe_sessions.open().update(closed_at=clock.now())
            try:
                return _address(checkout)
            except (Refusal, Unreachable):
                pass
    except Unreachable:
        pass
    checkout.decline(_("We can’t reach the page to pay at just now. Please try again in a few minutes."))
    return done_path(checkout)


def _address(checkout: Checkout) -> str:
    now = clock.now()
    last = checkout.stripe_sessions.open().filter(expires_at__gt=now).first()
    if last and last.url:
        return str(last.url)
    if last and last.begun_at < now - RETRIED_FOR:
        last = None
    kind = _kind(checkout)
    customer = customer_of(checkout.person)
    row = last or checkout.stripe_sessions.create(kind=kind, expires_at=now + SESSION_LASTS)
    made = _portal(row, customer) if row.kind == StripeSession.Kind.PORTAL else _page(row, customer)
    row.reference, row.url = made.id, made.url
    row.save()
    return str(made.url)


def _kind(checkout: Checkout) -> str:
    if checkout.due:
        return StripeSession.Kind.PAYMENT
    paid_by = Mandate.objects.filter(
        subscription=checkout.subscription, subscription__provider="stripe", method=Payment.Method.CARD
    )
    if paid_by.exists() and known_customer(checkout.person):
        return StripeSession.Kind.PORTAL
    return StripeSession.Kind.SETUP


def _page(row: StripeSession, customer: str) -> Any:
    checkout: Checkout = row.checkout
    mark = marked(checkout=str(checkout.uuid), session=str(row.key))
    params: dict[str, Any] = {
        "mode": row.kind,
        "customer": customer,
        "client_reference_id": str(checkout.uuid),
        "allowed_payment_method_types": ["card"],
        "locale": "en-GB" if checkout.edition == "en-gb" else checkout.edition.partition("-")[0],
        "success_url": absolute(back_path(checkout)),
        "cancel_url": absolute(done_path(checkout)),
        "expires_at": int(row.expires_at.timestamp()),
        "metadata": mark,
    }
    if settings.STRIPE_TAX:
        params["billing_address_collection"] = "required"
        params["customer_update"] = {"address": "auto"}
    if row.kind == StripeSession.Kind.SETUP:
        params["setup_intent_data"] = {"metadata": mark}
    else:
        intent: dict[str, Any] = {"metadata": mark, "description": name_of(checkout)}
        if keeps_card(checkout):
            intent["setup_future_usage"] = "off_session"
        params["payment_intent_data"] = intent
        params["line_items"] = [
            {
                "quantity": 1,
                "price_data": {
                    "currency": checkout.currency.lower(),
                    "unit_amount": to_stripe(checkout.money),
                    "product_data": {"name": name_of(checkout)},
                },
            }
        ]
    with asking():
        return api().checkout.sessions.create(params, {"idempotency_key": str(row.key)})


def _portal(row: StripeSession, customer: str) -> Any:
    """Of the portal only the part about the card is shown: plans and ends are ours."""
    method = default_method(customer)
    row.method_before = id_of(method)
    back = absolute(back_path(row.checkout))
    with asking():
        return api().billing_portal.sessions.create(
            {
                "customer": customer,
                "return_url": back,
                "flow_data": {
                    "type": "payment_method_update",
                    "after_completion": {"type": "redirect", "redirect": {"return_url": back}},
                },
            },
            {"idempotency_key": str(row.key)},
        )


def keeps_card(checkout: Checkout) -> bool:
    """Whether it pays for something that goes on."""
    if checkout.purpose == Checkout.Purpose.DONATE:
        return checkout.sold.term != Term.ONCE
    return checkout.purpose in KEEPS_CARD or (
        checkout.purpose == Checkout.Purpose.PAY and checkout.subscription is not None
    )


def name_of(checkout: Checkout) -> str:
    """What the buyer reads beside the amount."""
    with translation.override(checkout.edition):
        if checkout.price:
            return f"{checkout.get_purpose_display()}: {checkout.price.plan.name}"
        if checkout.invoice:
            return _("Invoice %s") % checkout.invoice.number
        return str(checkout.get_purpose_display())


def back_path(checkout: Checkout) -> str:
    return _path("stripe_back", checkout)


def done_path(checkout: Checkout) -> str:
    return _path("checkout_done", checkout)


def _path(name: str, checkout: Checkout) -> str:
    with translation.override(checkout.edition):
        return reverse(name, args=[checkout.uuid])


def absolute(path: str) -> str:
    return f"{settings.PUBLIC_URL}{path}"


# --- What came of them ---------------------------------------------------------------------------


def look(row: StripeSession) -> None:
    """Asks Stripe what has become of it; raises Unreachable."""
    if row.closed_at:
        return
    if row.kind == StripeSession.Kind.PORTAL:
        _take_in_portal(row)
    elif row.reference:
        take_in_session(row.reference)
    elif row.expires_at <= clock.now():
        row.close()  # its answer was lost, so that nobody was ever led to it


def take_in_session(reference: str) -> None:
    with asking():
        found = api().checkout.sessions.retrieve(reference, EXPANDED)
    row = StripeSession.objects.filter(reference=reference).select_related("checkout__person").first()
    row = row or _of_lost_answer(found)
    if row:
        _take_in(row, found)
    elif is_ours(found) and found.status == "complete" and _is_owed_back(paid := id_of(found.payment_intent)):
        # The account was erased before it was paid, and the order with it.
        Errand.objects.get_or_create(kind=Errand.Kind.RETURN, reference=paid)


def _of_lost_answer(found: Any) -> StripeSession | None:
    if not is_ours(found):
        return None
    row = (
        StripeSession.objects.filter(key=found.metadata["session"]).select_related("checkout__person").first()
    )
    if row:
        row.reference = found.id
        row.save(update_fields=["reference"])
    return row


def _take_in(row: StripeSession, found: Any) -> None:
    if row.closed_at:
        return
    if found.status == "expired":
        with held(row):
            row.close()
    elif found.status == "complete" and found.payment_status in {"paid", "no_payment_required"}:
        _take_in_paid(row, found)


def _take_in_paid(row: StripeSession, found: Any) -> None:
    person = row.checkout.person
    intent = found.payment_intent or found.setup_intent
    paid = found.payment_intent.id if found.payment_intent else ""

    def write(kept: tuple[Card, Tax]) -> None:
        if not row.closed_at:
            _fulfil(row.checkout, *kept, paid)
            row.close()

    ask_first(
        # The card that the portal has told of meanwhile is newer.
        see=lambda: getattr(known_customer(person), "method", ""),
        ask=lambda: (_card_to_keep(person, intent.payment_method), _tax_of(row.checkout)),
        lock=lambda __: held(row),
        write=write,
    )


def _card_to_keep(person: Person, method: Any) -> Card:
    """That of this page, unless its holder chose a newer one in the portal, of which we heard first."""
    customer = known_customer(person)
    if customer and customer.method not in {"", method.id}:
        chosen = default_method(customer.reference)
        if chosen and chosen.created >= method.created:
            return Card.of(chosen)
    return Card.of(method)


def _fulfil(checkout: Checkout, card: Card, tax: Tax, paid: str) -> None:
    means = Means(Payment.Method.CARD, paid, card.reference, card.last_digits, card.expires_on, *tax)
    was_open = checkout.is_unfinished
    checkout.fulfil(means)
    if not paid:
        return
    if checkout.state == Checkout.State.REFUSED or (not was_open and _is_owed_back(paid)):
        # It was paid in another window meanwhile, or can’t be had any more.
        Errand.objects.get_or_create(kind=Errand.Kind.RETURN, reference=paid)
        checkout.is_sent_back = True
        checkout.save(update_fields=["is_sent_back"])


def _tax_of(checkout: Checkout) -> Tax:
    """Of where the buyer lives, by the address that Stripe’s page asked for."""
    customer = known_customer(checkout.person) if settings.STRIPE_TAX else None
    price = checkout.price or (checkout.subscription.price if checkout.subscription else None)
    if customer is None or price is None or price.plan.is_donation:
        return "", None
    return rate_of(customer.reference, price.money) or ("", None)


def _is_owed_back(paid: str) -> bool:
    return bool(paid) and not _is_recorded(paid)


def _is_recorded(paid: str) -> bool:
    return Payment.objects.filter(provider="stripe", reference__startswith=paid).exists()


def _take_in_portal(row: StripeSession) -> None:
    checkout: Checkout = row.checkout
    customer = known_customer(checkout.person)
    method = default_method(customer.reference) if customer else None
    if method and method.id != row.method_before:
        tax = _tax_of(checkout)
        with transaction.atomic():
            if customer:
                customer.method = method.id
                customer.save(update_fields=["method"])
            _fulfil(checkout, Card.of(method), tax, "")
            row.close()
    elif row.expires_at <= clock.now():
        row.close()


def look_at_unheard(at: datetime) -> list[Exception]:
    return each(StripeSession.objects.unheard(at).select_related("checkout__person"), look, at_once=False)
