"""Payments, and charges that were declined, for the subscriptions manager."""

from typing import Any

import django_filters
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.forms import CheckboxSelectMultiple
from django.http import HttpRequest, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, StatusTagColumn, TitleColumn

from broadsheet.billing.models import Payment
from broadsheet.delivery.addresses import readable
from broadsheet.desk.long_lists import DayColumn, LongList, RecordsViewSet, list_patterns
from broadsheet.desk.subscriptions.invoice_acts import RefundAct


class PaymentFilters(WagtailFilterSet):
    state = django_filters.MultipleChoiceFilter(
        label=_("State"), choices=Payment.State.choices, widget=CheckboxSelectMultiple
    )
    method = django_filters.MultipleChoiceFilter(
        label=_("Method"), choices=Payment.Method.choices, widget=CheckboxSelectMultiple
    )

    class Meta:
        model = Payment
        fields: tuple[str, ...] = ()


class PaymentList(LongList):
    model = Payment
    page_title = _("Payments")
    header_icon = "table"
    default_ordering = "-at"
    filterset_class = PaymentFilters
    export_filename = "payments"
    columns = [
        TitleColumn(
            "reference",
            label=_("Reference"),
            get_url=lambda payment: reverse("invoices:record", args=[payment.invoice_id]),
            width="24%",
        ),
        Column("invoice", label=_("Invoice"), accessor="invoice.number", width="12%"),
        Column("email", label=_("E-mail address"), accessor=lambda row: readable(row.invoice.buyer_email)),
        Column("amount", label=_("Amount"), accessor="money", classname="number", width="10%"),
        Column("back", label=_("Refunded"), accessor="given_back", classname="number", width="10%"),
        Column("method", label=_("Method"), accessor="get_method_display", width="10%"),
        StatusTagColumn(
            "state",
            label=_("State"),
            accessor="get_state_display",
            primary=lambda payment: payment.state == Payment.State.SUCCEEDED,
            width="9%",
        ),
        DayColumn("at", label=_("When"), sort_key="at", width="10%"),
    ]
    list_export: Any = [
        "reference",
        "provider",
        "invoice.number",
        "invoice.buyer_email",
        "get_method_display",
        "get_state_display",
        "at",
        "currency",
        "money.decimal",
        "given_back.decimal",
        "fault",
    ]
    export_headings: Any = {
        "invoice.number": _("Invoice"),
        "invoice.buyer_email": _("E-mail address"),
        "get_method_display": _("Method"),
        "get_state_display": _("State"),
        "at": _("When"),
        "money.decimal": _("Amount"),
        "given_back.decimal": _("Refunded"),
    }

    def get_base_queryset(self) -> QuerySet[Payment]:
        rows: QuerySet[Payment] = Payment.objects.select_related("invoice")
        return rows


def record(request: HttpRequest, pk: int) -> HttpResponseRedirect:
    """A payment is shown on the page of its invoice."""
    if not request.user.has_perm("billing.view_payment"):
        raise PermissionDenied
    return redirect("invoices:record", get_object_or_404(Payment, pk=pk).invoice_id)


class PaymentsViewSet(RecordsViewSet):
    name = "payments"
    model = Payment
    icon = "table"
    menu_label = _("Payments")
    list_view = PaymentList

    def get_urlpatterns(self) -> list[Any]:
        return [
            *list_patterns(self, self.list_view),
            path("<int:pk>/", record, name="record"),
            path("<int:pk>/refund/", RefundAct.as_view(), name="refund"),
        ]
