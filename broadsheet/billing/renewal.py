"""The renewal engine: what is due of subscriptions and invoices, by the clock.

It is the same for all providers, and knows only their protocol.
"""

from datetime import datetime, timedelta

from django.db.models import CharField, Exists, OuterRef
from django.db.models.functions import Cast
from django.utils import translation

from broadsheet.billing import intents, providers
from broadsheet.billing.models import Checkout, Invoice, Mandate, Seller
from broadsheet.billing.notice_kinds import CardNotice, InvoiceNotice
from broadsheet.billing.sweeping import each
from broadsheet.membership.models import CLOCK, SalesPolicy, State, Subscription, Verb
from broadsheet.notices.models import Notice
from broadsheet.platform import clock
from broadsheet.platform.days import day_of, later

CARD_NOTICE = timedelta(days=30)
"""How long before a card expires the subscriber is told."""


def sweep(at: datetime) -> None:
    """Does everything that is due, then raises an ExceptionGroup of what failed, if anything did."""
    unpaid = Invoice.objects.overdue(at).filter(next_try_at=None, subscription__state=State.ACTIVE)
    faults = [
        *intents.finish_intents(),
        *each(Subscription.objects.to_end(at), end),
        *each(Subscription.objects.to_resume(at), resume),
        *each(Subscription.objects.to_renew(at), renew),
        *each(Subscription.objects.to_lapse(at), lapse),
        *each(Invoice.objects.to_try(clock.now()), charge, at_once=False),
        *each(unpaid, fall_due),
        *dun_single_purchases(at),
    ]
    announce_expiring_cards(at)
    Checkout.objects.stale(at).delete()
    if faults:
        raise ExceptionGroup("Some subscriptions and invoices can’t be swept", faults)


def end(subscription: Subscription) -> None:
    subscription.end_cancelled(CLOCK)
    Invoice.objects.close(subscription)


def resume(subscription: Subscription) -> None:
    intents.ask(subscription, Verb.RESUME, CLOCK)


def renew(subscription: Subscription) -> None:
    """Begins the next term and issues its invoice, which is charged after this transaction."""
    subscription.renew(CLOCK)
    with translation.override(subscription.price.edition):
        invoice = Invoice.objects.issue_term(subscription, subscription.mandate.buyer)
    if invoice:
        invoice.charge_at(clock.now())


def lapse(subscription: Subscription) -> None:
    subscription.lapse(CLOCK)
    Invoice.objects.close(subscription)


def charge(invoice: Invoice) -> None:
    """Has the provider charge what is due, and records the outcome.

    No lock is held meanwhile, and nothing is left uncommitted: the provider is at the other end of a line.
    Whatever becomes of the invoice in that time, the outcome is taken in.
    """
    subscription, key = invoice.subscription, invoice.key_if_due()
    # Another host may have been first.
    if not key or subscription is None:
        return
    mandate = subscription.mandate
    outcome = providers.named(subscription.provider).charge(mandate, invoice, key)
    invoice.conclude(outcome, key, provider=subscription.provider, method=mandate.method)


def fall_due(invoice: Invoice) -> None:
    """The days to pay are over. Where a charge was declined, its subscription is past due already."""
    with invoice.held():
        subscription = invoice.subscription
        if invoice.is_open and subscription and subscription.state == State.ACTIVE:
            subscription.fall_due(CLOCK)
            invoice.say(InvoiceNotice.OVERDUE)


def dun_single_purchases(at: datetime) -> list[Exception]:
    """A gift waits until it is paid: its invoice is dunned once, and void after the days of grace."""
    overdue = Invoice.objects.overdue(at).filter(subscription=None)
    told = Notice.objects.filter(kind=InvoiceNotice.OVERDUE, about=OuterRef("pk"))
    gifts = overdue.filter(~Exists(told), is_donation=False)
    since = later(at, Seller.load().zone, days=-SalesPolicy.load().grace_days)
    return [
        *each(gifts, lambda invoice: invoice.say(InvoiceNotice.OVERDUE)),
        *each(overdue.filter(due_at__lte=since), lambda invoice: invoice.void()),
    ]


def announce_expiring_cards(at: datetime) -> None:
    told = Notice.objects.filter(
        kind=CardNotice.EXPIRES,
        about=OuterRef("subscription"),
        key=Cast(OuterRef("expires_on"), CharField()),
    )
    today = day_of(at, Seller.load().zone)
    soon = Mandate.objects.filter(
        ~Exists(told),
        expires_on__range=(today, today + CARD_NOTICE),
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
