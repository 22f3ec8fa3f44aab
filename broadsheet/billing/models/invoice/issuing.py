from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Self
from zoneinfo import ZoneInfo

from django.db import models, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from broadsheet.billing.models.invoice.line import Line
from broadsheet.billing.models.seller import Seller
from broadsheet.delivery.addresses import canonical
from broadsheet.membership.errors import Refused
from broadsheet.membership.models import Market, State, Subscription
from broadsheet.people.models import Person
from broadsheet.platform import clock
from broadsheet.platform.days import day_of, later
from broadsheet.platform.money import Money
from broadsheet.platform.prefixes import begins

if TYPE_CHECKING:
    from broadsheet.billing.models.invoice.invoice import Invoice

MOST_UNPAID = 3
"""How many open invoices a person may have, with the new one."""


class Series(models.Model):
    """The last number given in a year: invoices and credit notes share one row of numbers without a gap."""

    year = models.PositiveSmallIntegerField(primary_key=True)
    last = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.year}: {self.last}"

    @classmethod
    def next_number(cls, at: datetime, zone: ZoneInfo) -> str:
        """``2026-00042``: of the year that it is then in the seller's `zone`.

        Its row stays locked to the end of the transaction, which gives it back if it fails.
        """
        year = day_of(at, zone).year
        Series.objects.bulk_create([Series(year=year)], ignore_conflicts=True)
        Series.objects.filter(year=year).update(last=F("last") + 1)
        return f"{year}-{Series.objects.get(year=year).last:05}"


@dataclass(frozen=True, slots=True)
class Buyer:
    """The buyer as the invoice names them."""

    name: str = ""
    company: str = ""
    address: str = ""
    vat_number: str = ""
    email: str = ""
    reference: str = ""
    """Theirs, such as the number of an order, for their own books."""


@dataclass(frozen=True, slots=True)
class Item:
    """A line before it is taxed: `amount` includes tax or not, as the market's prices do."""

    description: str
    amount: int
    starts_at: datetime | None = None
    ends_at: datetime | None = None

    @classmethod
    def term(cls, subscription: Subscription, amount: int) -> Self:
        """The present term of `subscription`."""
        description = _("%(plan)s, subscription %(number)s") % {
            "plan": subscription.plan,
            "number": subscription.number,
        }
        if subscription.is_donation:
            description = _("Donation: %s") % subscription.plan
        return cls(description, amount, subscription.term_starts_at, subscription.term_ends_at)


class InvoiceQuerySet(models.QuerySet["Invoice"]):
    def found(self, text: str) -> Self:
        """By the number `text`, or by the beginning of the buyer's address or of a payment's reference."""
        from broadsheet.billing.models.payment import Payment

        text = text.strip()
        by_number = self.model.objects.filter(number=text).values("pk")
        by_buyer = self.model.objects.filter(begins("buyer_email", canonical(text))).values("pk")
        by_reference = Payment.objects.filter(begins("reference", text)).values("invoice")
        # With “or”, PostgreSQL would look at every invoice instead of three indexes.
        return self.filter(pk__in=by_number.order_by().union(by_buyer.order_by(), by_reference.order_by()))

    def unpaid(self) -> Self:
        return self.filter(kind=self.model.Kind.INVOICE, state=self.model.State.OPEN)

    def overdue(self, at: datetime) -> Self:
        return self.unpaid().filter(due_at__lte=at)

    def to_try(self, at: datetime) -> Self:
        """Those whose charge is due."""
        return self.unpaid().filter(next_try_at__lte=at)


def _market_of(edition: str, subscription: Subscription | None) -> Market:
    """The edition’s, with the tax of where the subscriber lives, if that is known and prices contain it."""
    from broadsheet.billing.models.payment import Mandate

    market = Market.objects.of(edition)
    mandate = Mandate.objects.filter(subscription=subscription).first() if subscription else None
    if mandate and mandate.tax_rate is not None and market.tax_included:
        return Market(edition=edition, tax_name=mandate.tax_name, tax_rate=mandate.tax_rate)
    return market


class InvoiceManager(models.Manager.from_queryset(InvoiceQuerySet)):  # type: ignore[misc]
    @transaction.atomic
    def issue(
        self,
        items: Sequence[Item],
        *,
        edition: str,
        currency: str,
        buyer: Buyer,
        person: Person,
        is_donation: bool = False,
        subscription: Subscription | None = None,
        due_at: datetime | None = None,
    ) -> "Invoice":
        """Issues the next invoice of the series for `items`, with the market's tax.

        Without `due_at` it is due after as many days as the seller's settings say.
        """
        now, seller = clock.now(), Seller.load()
        market = Market(edition=edition) if is_donation else _market_of(edition, subscription)
        sums = market.taxed(Money(sum(item.amount for item in items), currency))
        invoice: Invoice = self.model(
            number=Series.next_number(now, seller.zone),
            edition=edition,
            person=person,
            subscription=subscription,
            is_donation=is_donation,
            issued_at=now,
            due_at=due_at or later(now, seller.zone, days=seller.payment_days),
            prices_include_tax=market.tax_included,
            tax_name=market.tax_name if market.tax_rate else "",
            tax_rate=market.tax_rate,
        )
        invoice.take(sums)
        invoice.issue_from(seller)
        invoice.address_to(buyer)
        invoice.save()
        invoice.lines.bulk_create(
            Line(
                invoice=invoice,
                description=item.description,
                amount=item.amount,
                starts_at=item.starts_at,
                ends_at=item.ends_at,
                time_zone=subscription.time_zone if subscription else "",
            )
            for item in items
        )
        return invoice

    def issue_term(self, subscription: Subscription, buyer: Buyer) -> "Invoice | None":
        """The invoice for the present term; None where the term is free."""
        if not subscription.term_amount:
            return None
        return self.issue(
            [Item.term(subscription, subscription.term_amount)],
            edition=subscription.price.edition,
            currency=subscription.currency,
            buyer=buyer,
            person=subscription.person,
            is_donation=subscription.is_donation,
            subscription=subscription,
        )

    def close(self, subscription: Subscription) -> None:
        """Voids the open invoices of a subscription that has ended."""
        if subscription.state == State.ENDED:
            for invoice in self.unpaid().filter(subscription=subscription):
                invoice.void()

    def require_credit(self, person: Person) -> None:
        """Raises Refused where `person` may not pay later: they owe a lot, or never paid the last time."""
        theirs = self.filter(person=person)
        if theirs.unpaid().count() > MOST_UNPAID:
            raise Refused(
                _("You have several unpaid invoices. Please pay one of them first, or pay by card.")
            )
        last = Subscription.objects.filter(person=person, is_donation=False, state=State.ENDED).first()
        was_due = last and last.transitions.filter(from_state=State.PAST_DUE, to_state=State.ENDED).exists()
        if was_due and theirs.filter(subscription=last, state=self.model.State.VOID).exists():
            raise Refused(_("Your last invoice is unpaid. Please pay by card, or write to us."))
