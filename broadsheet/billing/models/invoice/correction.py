from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, cast

from django.db import models
from django.db.models import F
from django.db.models.functions import Greatest
from django.utils.translation import gettext as _

from broadsheet.billing.models.invoice.issuing import Buyer, Series
from broadsheet.billing.models.seller import Seller
from broadsheet.membership.models import Subscription
from broadsheet.platform import clock
from broadsheet.platform.money import Money, Taxed

if TYPE_CHECKING:
    from broadsheet.billing.models.invoice.invoice import Invoice


class Correctable(models.Model):
    """Corrects an invoice by credit notes: it is never changed itself."""

    class Meta:
        abstract = True

    if TYPE_CHECKING:
        Kind: Any
        State: Any
        number: str
        state: str
        edition: str
        person: Any
        subscription: Subscription | None
        gift: Any
        is_donation: bool
        currency: str
        net: int
        tax: int
        prices_include_tax: bool
        tax_name: str
        tax_rate: int
        next_try_at: Any
        lines: Any

        @property
        def is_open(self) -> bool: ...
        @property
        def buyer(self) -> Buyer: ...
        def held(self) -> AbstractContextManager[None]: ...

    def void(self) -> "Invoice | None":
        """Cancels it with a credit note for its total, if it is still open."""
        with self.held():
            if not self.is_open:
                return None
            self.state, self.next_try_at = self.State.VOID, None
            self.save()
            return self.credit(Taxed(Money(self.net, self.currency), Money(self.tax, self.currency)))

    def credit(self, sums: Taxed) -> "Invoice":
        """Issues a credit note for `sums`, a part of this invoice's."""
        from broadsheet.billing.models.invoice.invoice import Invoice

        now = clock.now()
        note = Invoice(
            number=Series.next_number(now),
            kind=self.Kind.CREDIT_NOTE,
            corrects=cast(Invoice, self),
            state=self.State.PAID,
            edition=self.edition,
            person=self.person,
            subscription=self.subscription,
            gift=self.gift,
            is_donation=self.is_donation,
            issued_at=now,
            due_at=now,
            prices_include_tax=self.prices_include_tax,
            tax_name=self.tax_name,
            tax_rate=self.tax_rate,
        )
        note.take(sums)
        note.issue_from(Seller.load())
        note.address_to(self.buyer)
        note.save()
        amount = sums.total if self.prices_include_tax else sums.net
        self._take_from_term(amount)
        note.lines.create(description=_("Correction of invoice %s") % self.number, amount=amount.minor)
        return note

    def _take_from_term(self, amount: Money) -> None:
        """Takes what was refunded off the value of the present term, so that no change of plan credits it."""
        subscription = self.subscription
        if subscription is None or not subscription.is_live:
            return
        newest = subscription.invoices.filter(kind=self.Kind.INVOICE).order_by("issued_at", "pk").last()
        # An older term that is not over has paid for a part of the present one.
        if newest == self or self.lines.filter(ends_at__gt=clock.now()).exists():
            left = Greatest(F("term_amount") - amount.minor, 0)
            Subscription.objects.filter(pk=subscription.pk).update(term_amount=left)
