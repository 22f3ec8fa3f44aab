"""The house account: no payment provider at all. Invoices by e-mail, paid by transfer; in the demo a till.

The till stands for a bank: it accepts, declines or asks for confirmation, as whoever tries it chooses.
"""

import logging
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.db.models import CharField, Exists, OuterRef
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from broadsheet.billing import intents
from broadsheet.billing.fulfilment import Means, buyer_of, fulfil, invoice_term
from broadsheet.billing.models import Checkout, Invoice, Mandate, Payment, Seller
from broadsheet.billing.notice_kinds import CardNotice, InvoiceNotice
from broadsheet.membership.models import CLOCK, PROVIDER, Intent, SalesPolicy, State, Subscription, Verb
from broadsheet.membership.models.locking import held
from broadsheet.notices.models import Notice
from broadsheet.platform import clock
from broadsheet.platform.days import day_of, later

logger = logging.getLogger(__name__)

CARD_NOTICE = timedelta(days=30)


class HouseAccount:
    name = "house"

    def methods(self) -> list[str]:
        found = [] if settings.PRODUCTION else [Payment.Method.CARD]
        if Seller.load().can_send_invoices:
            found.append(Payment.Method.TRANSFER)
        return [str(method) for method in found]

    def begin(self, checkout: Checkout) -> str:
        if checkout.method == Payment.Method.CARD:
            return reverse("till", args=[checkout.uuid])
        fulfil(checkout, Means(Payment.Method.TRANSFER))
        return reverse("checkout_done", args=[checkout.uuid])

    def carry_out(self, intent: Intent) -> None:
        subscription = intent.subscription
        with held(subscription):
            # A renewal may have come between the wish and this.
            if fault := intents.fault_of(subscription, Verb(intent.verb)):
                intent.fail(fault)
                return
            intent.confirm()
            subscription.refresh_from_db()
            intents.close_books(subscription)

    def collect(self, invoice: Invoice) -> None:
        mandate = Mandate.objects.filter(subscription=invoice.subscription).first()
        # No till stands for a bank in production, whatever a demo's rows say.
        if mandate is None or not mandate.is_card or settings.PRODUCTION:
            invoice.say(InvoiceNotice.INVOICE)
            return
        how: dict[str, Any] = {
            "provider": self.name,
            "method": Payment.Method.CARD,
            "reference": str(uuid4()),
        }
        if mandate.later == Mandate.Later.ACCEPT:
            invoice.settle(invoice.money, by=PROVIDER, **how)
            return
        is_no = mandate.later == Mandate.Later.DECLINE
        with translation.override(invoice.edition):
            fault = (
                _("The bank declined the charge.")
                if is_no
                else _("The bank wants you to confirm the charge.")
            )
        invoice.charge_failed(fault, by=PROVIDER, **how)

    def sweep(self, at: datetime) -> None:
        mine = Subscription.objects.filter(provider=self.name)
        intents.each(mine.to_end(at), self._end)
        intents.each(mine.to_resume(at), self._resume)
        intents.each(mine.to_renew(at), self._renew)
        intents.each(mine.to_lapse(at), self._lapse)
        invoices = Invoice.objects.filter(subscription__provider=self.name)
        intents.each(invoices.to_try(at), self._try_again)
        running = invoices.overdue(at).filter(subscription__state=State.ACTIVE)
        intents.each(running.filter(next_try_at=None), self._fall_due)
        self._dun_gifts(at)
        self._announce_expiring_cards(at)

    def _end(self, subscription: Subscription) -> None:
        subscription.end_cancelled(CLOCK)
        intents.close_books(subscription)

    def _resume(self, subscription: Subscription) -> None:
        intents.ask(subscription, Verb.RESUME, CLOCK)

    def _renew(self, subscription: Subscription) -> None:
        subscription.renew(CLOCK)
        with translation.override(subscription.price.edition):
            invoice = invoice_term(subscription, buyer_of(subscription))
        if invoice:
            self.collect(invoice)

    def _lapse(self, subscription: Subscription) -> None:
        subscription.lapse(CLOCK)
        intents.close_books(subscription)

    def _try_again(self, invoice: Invoice) -> None:
        with invoice.held():
            if invoice.is_open and invoice.next_try_at and invoice.next_try_at <= clock.now():
                self.collect(invoice)

    def _fall_due(self, invoice: Invoice) -> None:
        """Of one paid by transfer, whose days to pay are over; of a card the declined charge said it."""
        with invoice.held():
            subscription = invoice.subscription
            if invoice.is_open and subscription and subscription.state == State.ACTIVE:
                subscription.fall_due(CLOCK)
                invoice.say(InvoiceNotice.OVERDUE)

    def _dun_gifts(self, at: datetime) -> None:
        """What is paid once gives nothing before it is paid: a gift is asked for once more, then void."""
        mine = Invoice.objects.overdue(at).filter(subscription=None, checkouts__provider=self.name)
        told = Notice.objects.filter(kind=InvoiceNotice.OVERDUE, about=OuterRef("pk"))
        gifts = mine.filter(~Exists(told), is_donation=False)
        intents.each(gifts, lambda invoice: invoice.say(InvoiceNotice.OVERDUE))
        since = later(at, Seller.load().zone, days=-SalesPolicy.load().grace_days)
        intents.each(mine.filter(due_at__lte=since), lambda invoice: invoice.void())

    def _announce_expiring_cards(self, at: datetime) -> None:
        told = Notice.objects.filter(
            kind=CardNotice.EXPIRES,
            about=OuterRef("subscription"),
            key=Cast(OuterRef("expires_on"), CharField()),
        )
        today = day_of(at, Seller.load().zone)
        soon = Mandate.objects.filter(
            ~Exists(told),
            expires_on__range=(today, today + CARD_NOTICE),
            subscription__provider=self.name,
            subscription__state__in=(State.ACTIVE, State.TRIALING, State.PAUSED),
        )
        for mandate in soon.select_related("subscription__person", "subscription__price"):
            Notice.objects.set_down(
                CardNotice.EXPIRES,
                mandate.subscription_id,
                key=str(mandate.expires_on),
                person=mandate.subscription.person,
                edition=mandate.subscription.price.edition,
            )
