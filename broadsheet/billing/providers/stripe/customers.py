"""A reader at Stripe, and the card that is theirs to use there."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from broadsheet.billing.models import Invoice, Mandate, StripeCustomer
from broadsheet.billing.models.payment import last_day_of
from broadsheet.billing.providers.stripe.api import api, asking, id_of, is_live, is_ours, marked
from broadsheet.billing.providers.stripe.asking_first import ask_first
from broadsheet.people.models import Person
from broadsheet.platform.locking import held


@dataclass(frozen=True, slots=True)
class Card:
    reference: str
    last_digits: str
    expires_on: date

    @classmethod
    def of(cls, method: Any) -> "Card":
        card = method.card
        return cls(method.id, card.last4, last_day_of(card.exp_year, card.exp_month))


def customer_of(person: Person) -> str:
    """``cus_…``, made where there is none yet; raises Unreachable."""
    row, __ = StripeCustomer.objects.get_or_create(person=person, is_live=is_live())
    if not row.reference:
        with asking():
            made = api().customers.create(
                {
                    "email": person.email,
                    "name": person.get_full_name() or person.email,
                    "metadata": marked(person=str(person.pk)),
                },
                {"idempotency_key": str(row.key)},
            )
        StripeCustomer.objects.filter(pk=row.pk).update(reference=made.id)
        row.reference = made.id
    return row.reference


def known_customer(person: Person) -> StripeCustomer | None:
    rows = StripeCustomer.objects.filter(person=person, is_live=is_live())
    return rows.exclude(reference="").first()


def forget_customer(person: Person) -> None:
    """It was deleted at Stripe: the next one is another."""
    StripeCustomer.objects.filter(person=person, is_live=is_live()).delete()


def default_method(customer: str) -> Any:
    """The card that its holder chose in the portal, in full; None where they chose none."""
    with asking():
        found = api().customers.retrieve(customer, {"expand": ["invoice_settings.default_payment_method"]})
    return None if getattr(found, "deleted", False) else found.invoice_settings.default_payment_method


def take_in_customer(reference: str) -> None:
    """Has the reader’s subscriptions paid by the card that is now theirs to use."""
    row = StripeCustomer.objects.filter(reference=reference).first()
    if row is None:
        return

    def write(method: Any) -> None:
        if method is None or method.id == row.method:
            return
        row.method = method.id
        row.save(update_fields=["method"])
        mandates = Mandate.objects.filter(
            subscription__person=row.person_id, subscription__provider="stripe", method="card"
        )
        use_card(mandates, Card.of(method))

    ask_first(
        see=lambda: StripeCustomer.objects.filter(pk=row.pk).values_list("method", flat=True).first(),
        ask=lambda: default_method(reference),
        lock=lambda __: held(row),
        write=write,
    )


def take_in_method(reference: str) -> None:
    """The card’s network, or its bank, has given it another number or another end."""
    mandates = Mandate.objects.filter(reference=reference).order_by("pk")
    if not mandates.exists():
        return

    def ask() -> Any:
        with asking():
            return api().payment_methods.retrieve(reference)

    def write(method: Any) -> None:
        if id_of(method.customer) and method.type == "card":
            use_card(mandates, Card.of(method))

    ask_first(
        see=lambda: list(mandates.values_list("pk", "last_digits", "expires_on")),
        ask=ask,
        lock=lambda __: held(*mandates),
        write=write,
    )


def use_card(mandates: Any, card: Card) -> None:
    """What was declined is charged again where the card is another, or has changed."""
    for mandate in mandates.select_related("subscription"):
        with held(mandate):
            now = (card.reference, card.last_digits, card.expires_on)
            if (mandate.reference, mandate.last_digits, mandate.expires_on) == now:
                continue
            mandate.reference, mandate.last_digits, mandate.expires_on = now
            mandate.save()
        for invoice in Invoice.objects.unpaid().filter(subscription=mandate.subscription):
            invoice.charge_again()


def forget_at_stripe(reference: str) -> None:
    """Deletes it, with its cards. What was paid stays in Stripe’s books."""
    with asking():
        found = api().customers.retrieve(reference)
        # One that another system keeps in the same account is not ours to delete.
        if not getattr(found, "deleted", False) and is_ours(found):
            api().customers.delete(reference)
