from contextlib import AbstractContextManager
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

from broadsheet.billing import providers
from broadsheet.billing.notice_kinds import InvoiceNotice
from broadsheet.billing.providers.protocol import Declined, Done, Invoiced, Outcome, Remedy
from broadsheet.membership.models import PROVIDER, State, Subscription
from broadsheet.membership.models.zoned import Zoned
from broadsheet.platform import clock
from broadsheet.platform.money import Money

if TYPE_CHECKING:
    from broadsheet.billing.models.invoice.invoice import Invoice

TRIES_AFTER = {Remedy.SOON: (1, 2, 4, 5), Remedy.LATER: (3, 4, 5)}
"""How many days after each failed charge the next is tried; none after the last, nor where others help."""


class Chargeable(Zoned):
    """Has what is due charged without the buyer, and takes in what came of it."""

    class Meta:
        abstract = True

    if TYPE_CHECKING:
        pk: Any
        number: str
        subscription: Subscription | None
        payments: Any
        next_try_at: Any

        @property
        def money(self) -> Money: ...
        @property
        def is_open(self) -> bool: ...
        def held(self) -> AbstractContextManager[None]: ...
        def say(self, kind: InvoiceNotice, key: str = "") -> None: ...

    @property
    def charge_key(self) -> str:
        """The idempotency key of its next charge: the same until an outcome is recorded."""
        return f"{self.number}-{self.payments.failed().count() + 1}"

    @property
    def is_to_charge(self) -> bool:
        return self.is_open and self.next_try_at is not None and self.next_try_at <= clock.now()

    def key_if_due(self) -> str:
        """The idempotency key of the charge that is due now, empty where none is.

        Both are asked under one lock: between the two another host may record a declined charge, after
        which the same try would go by the next key, and be made a second time.
        """
        with self.held():
            return self.charge_key if self.is_to_charge else ""

    def charge_at(self, moment: datetime | None) -> None:
        """Schedules its charge; None cancels that."""
        self.next_try_at = moment
        self.save()

    def charge_again(self) -> None:
        """Charges it now: there is another card, or the card is good again."""
        with self.held():
            if self.is_open and self.payments.failed().exists():
                self.charge_at(clock.now())

    def conclude(self, outcome: Outcome | Invoiced, key: str, *, provider: str, method: str) -> None:
        """Records the outcome of the charge with this `key`, once, however often and late it is reported."""
        from broadsheet.billing.models.payment import Payment

        with self.held():
            match outcome:
                case Invoiced() if self.is_open:
                    self.charge_at(None)
                    self.say(InvoiceNotice.INVOICE)
                case Done(reference):
                    if Payment.objects.filter(provider=provider, reference=reference).exists():
                        return
                    if self.is_open:
                        invoice = cast("Invoice", self)
                        how = {"provider": provider, "method": method, "by": PROVIDER}
                        invoice.settle(self.money, reference=reference, **how)  # type: ignore[arg-type]
                    else:
                        # Paid by another card, or void, while the charge was on its way.
                        providers.named(provider).return_unneeded(reference)
                case Declined() if self.is_open and key == self.charge_key:
                    self._charge_failed(outcome, provider, method)

    def _charge_failed(self, declined: Declined, provider: str, method: str) -> None:
        """Records a declined charge and schedules the next try."""
        from broadsheet.billing.models.payment import Payment

        Payment.objects.record(
            cast("Invoice", self),
            Payment.State.FAILED,
            provider=provider,
            method=method,
            reference=declined.reference,
            fault=declined.fault,
            remedy=declined.remedy,
            code=declined.code,
        )
        tries = self.payments.failed().count()
        days = TRIES_AFTER.get(declined.remedy, ())
        self.next_try_at = self.later(clock.now(), days=days[tries - 1]) if tries <= len(days) else None
        self.save()
        if self.subscription and self.subscription.state == State.ACTIVE:
            self.subscription.fall_due(PROVIDER)
        self.say(InvoiceNotice.PAYMENT_FAILED, key=str(tries))
