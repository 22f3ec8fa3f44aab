"""What comes of a checkout once its provider says how it is paid: a subscription, a gift, an invoice."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from broadsheet.billing.models import Buyer, Checkout, Invoice, Item, Mandate, Payment
from broadsheet.billing.notice_kinds import InvoiceNotice
from broadsheet.membership.errors import PriceChanged, Refused
from broadsheet.membership.lengths import Term
from broadsheet.membership.models import PROVIDER, Actor, Consent, Gift, State, Subscription
from broadsheet.membership.models.gift import KEPT_FOR, absorb_rights
from broadsheet.membership.models.locking import held
from broadsheet.people.models import Person
from broadsheet.platform import clock
from broadsheet.platform.days import later
from broadsheet.platform.money import Money

MOST_UNPAID = 3
"""How many invoices somebody may have open, the new one among them."""


@dataclass(frozen=True, slots=True)
class Means:
    """How it is paid: by a card that the provider has charged, or later, by transfer."""

    method: str
    reference: str = ""
    last_digits: str = ""
    expires_on: date | None = None
    later: str = ""

    @property
    def is_card(self) -> bool:
        return self.method == Payment.Method.CARD


def fulfil(checkout: Checkout, means: Means) -> None:
    """Carries `checkout` out, once, however often its provider reports it.

    Where it can't be carried out after all, it is refused as a whole and nothing is left of it but why.
    """
    with held(checkout), translation.override(checkout.edition):
        if not checkout.is_unfinished:
            return
        try:
            with transaction.atomic():
                FULFILMENTS[Checkout.Kind(checkout.kind)](checkout, means)
        except Refused as refused:
            checkout.refresh_from_db()  # it names what is undone now
            checkout.state, checkout.fault = Checkout.State.REFUSED, refused.reason[:300]
        else:
            checkout.state, checkout.fault, checkout.done_at = Checkout.State.DONE, "", clock.now()
        checkout.save()


def decline(checkout: Checkout, fault: str) -> None:
    """The provider's bank said no: nothing was charged, and the buyer may try again."""
    with held(checkout):
        if checkout.is_unfinished:
            checkout.state, checkout.fault = Checkout.State.OPEN, fault[:300]
            checkout.save()


def _subscribe(checkout: Checkout, means: Means) -> None:
    price = checkout.sold
    by = Actor.reader(checkout.person)
    subscription = Subscription.objects.begin(
        checkout.person,
        price,
        by,
        provider=checkout.provider,
        offer=checkout.offer,
        trial=checkout.trial,
        amount=checkout.each_term,
    )
    checkout.subscription = subscription
    _give_mandate(subscription, checkout.buyer, means)
    Consent.objects.create(
        person=checkout.person, subscription=subscription, text=checkout.consent, address=checkout.address
    )
    if invoice := invoice_term(subscription, checkout.buyer):
        _pay(checkout, invoice, means)
    elif checkout.due:
        raise PriceChanged
    if not subscription.is_donation:
        absorb_rights(subscription)


def _give_mandate(subscription: Subscription, buyer: Buyer, means: Means) -> None:
    Mandate.objects.update_or_create(
        subscription=subscription,
        defaults={
            "method": means.method,
            "last_digits": means.last_digits,
            "expires_on": means.expires_on,
            "later": means.later,
            "buyer_name": buyer.name,
            "buyer_company": buyer.company,
            "buyer_address": buyer.address,
            "buyer_vat_number": buyer.vat_number,
        },
    )


def buyer_of(subscription: Subscription) -> Buyer:
    mandate = subscription.mandate
    return Buyer(
        mandate.buyer_name,
        mandate.buyer_company,
        mandate.buyer_address,
        mandate.buyer_vat_number,
        subscription.person.email,
    )


def invoice_term(subscription: Subscription, buyer: Buyer) -> Invoice | None:
    """The invoice over the present term; None where that costs nothing."""
    if not subscription.term_amount:
        return None
    description = _("%(plan)s, subscription %(number)s") % {
        "plan": subscription.plan,
        "number": subscription.number,
    }
    if subscription.is_donation:
        description = _("Donation: %s") % subscription.plan
    return Invoice.objects.issue(
        [
            Item(
                description,
                subscription.term_amount,
                subscription.term_starts_at,
                subscription.term_ends_at,
            )
        ],
        edition=subscription.price.edition,
        currency=subscription.currency,
        buyer=buyer,
        person=subscription.person,
        is_donation=subscription.is_donation,
        subscription=subscription,
    )


def _pay(checkout: Checkout, invoice: Invoice, means: Means) -> None:
    """Settles the first invoice with what was charged, or sends it to be paid by transfer."""
    if checkout.money != invoice.money:
        raise PriceChanged
    checkout.invoice = invoice
    if not means.is_card:
        _require_trust(checkout.person)
        invoice.say(InvoiceNotice.INVOICE)
        return
    _settle(checkout, invoice, means)


def _settle(checkout: Checkout, invoice: Invoice, means: Means) -> None:
    """With what the provider has just charged."""
    invoice.settle(
        checkout.money,
        provider=checkout.provider,
        method=means.method,
        reference=means.reference,
        by=PROVIDER,
    )


def _require_trust(person: Person) -> None:
    """Raises Refused for who may not pay later: whose last subscription was never paid, or who owes a lot."""
    theirs = Invoice.objects.filter(person=person)
    if theirs.unpaid().count() > MOST_UNPAID:
        raise Refused(_("Several of your invoices are open. Pay one of them first, or pay by card."))
    last = Subscription.objects.filter(person=person, is_donation=False, state=State.ENDED).first()
    was_due = last and last.transitions.filter(from_state=State.PAST_DUE, to_state=State.ENDED).exists()
    if was_due and theirs.filter(subscription=last, state=Invoice.State.VOID).exists():
        raise Refused(_("Your last invoice was not paid. Pay by card, or write to us."))


def _gift(checkout: Checkout, means: Means) -> None:
    price = checkout.sold
    invoice = Invoice.objects.issue(
        [
            Item(
                # Not for whom: an invoice is kept longer than anybody's data may be.
                _("Gift: %(length)s of %(plan)s")
                % {"length": Term(price.term).length.lasting, "plan": price.plan.name},
                checkout.each_term,
            )
        ],
        edition=price.edition,
        currency=price.currency,
        buyer=checkout.buyer,
        person=checkout.person,
    )
    if means.is_card:
        # Before the receipt, which names the code.
        deliver_gift(checkout, invoice)
    _pay(checkout, invoice, means)


def deliver_gift(checkout: Checkout, invoice: Invoice) -> None:
    """Makes the code, which goes out on the day that was chosen; called once the gift is paid."""
    price, now = checkout.sold, clock.now()
    deliver_at = max(checkout.deliver_at or now, now)
    checkout.gift = Gift.objects.create(
        buyer=checkout.person,
        buyer_name=(checkout.buyer_name or checkout.person.get_full_name() or checkout.person.email)[:100],
        price=price,
        recipient_name=checkout.recipient_name,
        recipient_email=checkout.recipient_email,
        message=checkout.message,
        deliver_at=deliver_at,
        expires_at=later(deliver_at, price.zone, months=KEPT_FOR),
    )
    invoice.gift = checkout.gift
    invoice.save(update_fields=["gift"])


def _donate(checkout: Checkout, means: Means) -> None:
    price = checkout.sold
    if price.term != Term.ONCE:
        _subscribe(checkout, means)
        return
    invoice = Invoice.objects.issue(
        [Item(_("Donation: %s") % price.plan.name, checkout.each_term)],
        edition=price.edition,
        currency=price.currency,
        buyer=checkout.buyer,
        person=checkout.person,
        is_donation=True,
    )
    _pay(checkout, invoice, means)


def _change(checkout: Checkout, means: Means) -> None:
    subscription, price = checkout.subscription, checkout.sold
    assert subscription is not None  # noqa: S101 (a checkout of this kind has one; for the type checker)
    before, credit = subscription.plan, checkout.credit
    with held(subscription):
        _refuse_stale(checkout, subscription)
    subscription.change_to(price, Actor.reader(checkout.person), Money(credit, price.currency))
    _give_mandate(subscription, checkout.buyer, means)
    items = [
        Item(
            _("%(plan)s, subscription %(number)s")
            % {"plan": subscription.plan, "number": subscription.number},
            price.amount,
            subscription.term_starts_at,
            subscription.term_ends_at,
        ),
        *([Item(_("Unused rest of %s") % before, -credit)] if credit else []),
    ]
    invoice = Invoice.objects.issue(
        items,
        edition=price.edition,
        currency=price.currency,
        buyer=checkout.buyer,
        person=checkout.person,
        subscription=subscription,
    )
    _pay(checkout, invoice, means)
    Consent.objects.create(
        person=checkout.person, subscription=subscription, text=checkout.consent, address=checkout.address
    )


def _refuse_stale(checkout: Checkout, subscription: Subscription) -> None:
    """What the rest of a term is worth holds for that term, and once: another tab may have used it."""
    if subscription.transitions.filter(at__gte=checkout.begun_at).exists():
        raise Refused(_("Your subscription changed in the meantime. Nothing was charged: look at it again."))
    if subscription.invoices.filter(kind=Invoice.Kind.CREDIT_NOTE, issued_at__gte=checkout.begun_at).exists():
        raise Refused(_("Your subscription changed in the meantime. Nothing was charged: look at it again."))
    if Invoice.objects.unpaid().filter(subscription=subscription).exists():
        raise Refused(_("An invoice is open. Once it is paid, the subscription can be changed."))
    if checkout.price and checkout.credit > checkout.price.amount:
        raise Refused(_("This costs less than the rest of your term is worth. Change with the next term."))


def _pay_invoice(checkout: Checkout, means: Means) -> None:
    invoice = checkout.invoice
    assert invoice is not None  # noqa: S101 (as above)
    if means.is_card:
        if invoice.subscription:
            _give_mandate(invoice.subscription, checkout.buyer, means)
        _settle(checkout, invoice, means)
        _deliver_what_waited(invoice)


def _deliver_what_waited(invoice: Invoice) -> None:
    """A gift that was ordered by invoice goes out once that is paid, in whatever way."""
    bought = Checkout.objects.filter(invoice=invoice, kind=Checkout.Kind.GIFT, gift=None).first()
    if bought:
        with translation.override(invoice.edition):
            deliver_gift(bought, invoice)
        bought.save()


def _other_card(checkout: Checkout, means: Means) -> None:
    """Keeps the card; what is owed is charged to it at once."""
    subscription = checkout.subscription
    assert subscription is not None  # noqa: S101 (as above)
    subscription.refuse_if_ended()
    with held(subscription):
        unpaid = list(Invoice.objects.unpaid().filter(subscription=subscription))
    if sum(invoice.total for invoice in unpaid) != checkout.due:
        raise Refused(_("What is owed changed in the meantime. Nothing was charged: look at it again."))
    _give_mandate(subscription, checkout.buyer, means)
    for number, invoice in enumerate(unpaid):
        # One charge, and a reference of its own for each payment that it makes.
        invoice.settle(
            invoice.money,
            provider=checkout.provider,
            method=means.method,
            reference=f"{means.reference}-{number}",
            by=PROVIDER,
        )


FULFILMENTS: dict[Checkout.Kind, Callable[[Checkout, Means], None]] = {
    Checkout.Kind.SUBSCRIBE: _subscribe,
    Checkout.Kind.GIFT: _gift,
    Checkout.Kind.DONATE: _donate,
    Checkout.Kind.CHANGE: _change,
    Checkout.Kind.PAY: _pay_invoice,
    Checkout.Kind.CARD: _other_card,
}


def record_transfer(
    invoice: Invoice, amount: Money, reference: str, by: Actor, at: datetime | None = None
) -> Payment:
    """Staff found it on the bank statement: the invoice is paid, and what waited for that is done."""
    with invoice.held():
        payment = invoice.settle(
            amount, provider="house", method=Payment.Method.TRANSFER, reference=reference, by=by, at=at
        )
        _deliver_what_waited(invoice)
    return payment


def last_day_of(year: int, month: int) -> date:
    """When a card that says month and year stops working."""
    following = datetime(year + month // 12, month % 12 + 1, 1, tzinfo=None)  # noqa: DTZ001 (a day, no moment)
    return (following - timedelta(days=1)).date()
