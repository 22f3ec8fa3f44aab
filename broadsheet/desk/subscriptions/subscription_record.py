"""The record of one subscription: everything known about it, and its actions."""

from collections.abc import Iterator
from typing import Any

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from broadsheet.billing.models import Invoice, Mandate, Payment
from broadsheet.billing.notice_kinds import CardNotice, InvoiceNotice
from broadsheet.desk.audit import entries_about
from broadsheet.desk.long_lists import Record
from broadsheet.desk.zones import InAZone
from broadsheet.membership.models import Consent, State, Subscription
from broadsheet.membership.notice_kinds import SubscriptionNotice
from broadsheet.notices.models import Notice


class SubscriptionRecord(InAZone, Record):
    model = Subscription
    template_name = "desk/subscriptions/subscription_record.html"
    page_title = gettext_lazy("Subscription")
    header_icon = "tag"

    def get_object(self, queryset: Any = None) -> Subscription:
        rows = Subscription.objects.select_related(
            "person", "price__plan", "price__replaced_by", "offer__price", "next_price__plan"
        )
        return get_object_or_404(rows, pk=self.pk)

    def get_page_subtitle(self) -> str:
        return str(self.object.number)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *self.breadcrumbs_items,
            {"url": reverse("subscriptions:index"), "label": _("Subscriptions")},
            {"url": "", "label": self.object.number, "sublabel": str(self.object.person)},
        ]

    def acts(self) -> Iterator[tuple[str, str, bool]]:
        """The actions that are possible now: label, URL name, and whether it takes something away."""
        subscription: Subscription = self.object
        state, cancellation = subscription.state, subscription.cancellation
        if state == State.ACTIVE and not cancellation:
            if not subscription.is_donation:
                yield _("Pause"), "pause", False
            yield _("Change plan"), "change", False
        if state == State.PAUSED:
            yield _("Resume"), "resume", False
        if subscription.is_live and state != State.PAST_DUE:
            yield _("Extend"), "extend", False
        if cancellation and subscription.is_live:
            yield _("Undo the cancellation"), "keep", False
        elif subscription.is_live:
            yield _("Cancel"), "cancel", True
        if subscription.is_live:
            yield _("End now"), "end", True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        subscription: Subscription = self.object
        invoices = list(Invoice.objects.filter(subscription=subscription))
        payments = Payment.objects.filter(invoice__in=invoices).select_related("invoice")
        payments = payments.prefetch_related("refunds__by", "refunds__credit_note", "disputes")
        about = Notice.objects.filter(
            kind__in=(*SubscriptionNotice, CardNotice.EXPIRES), about=subscription.pk
        )
        of_invoices = Notice.objects.filter(
            kind__in=InvoiceNotice.values, about__in=[row.pk for row in invoices]
        )
        acts = self.acts() if self.user_has_permission("change") else ()
        return context | {
            "subscription": subscription,
            "mandate": Mandate.objects.filter(subscription=subscription).first(),
            "acts": [
                {
                    "label": label,
                    "address": reverse(f"subscriptions:{name}", args=[subscription.pk]),
                    "takes": takes,
                }
                for label, name, takes in acts
            ],
            "transitions": subscription.transitions.select_related("person").order_by("-at", "-pk"),
            "pauses": subscription.pauses.all(),
            "cancellations": subscription.cancellations.all(),
            "intents": subscription.intents.select_related("person", "price__plan"),
            "invoices": invoices,
            "payments": payments,
            "notices": sorted([*about, *of_invoices], key=lambda notice: notice.due_at, reverse=True),
            "consents": Consent.objects.filter(subscription=subscription),
            "entries": entries_about([subscription, *invoices, *payments]),
        }
