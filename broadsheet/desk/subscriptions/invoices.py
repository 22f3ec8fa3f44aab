"""Invoices and credit notes, for the subscriptions manager."""

from typing import Any

import django_filters
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.forms import CheckboxSelectMultiple, RadioSelect
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, StatusTagColumn, TitleColumn
from wagtail.admin.widgets.button import HeaderButton

from broadsheet.billing.documents import pdf_of
from broadsheet.billing.models import Invoice
from broadsheet.delivery.addresses import readable
from broadsheet.desk.audit import entries_about
from broadsheet.desk.long_lists import DayColumn, LongList, Record, RecordsViewSet
from broadsheet.desk.subscriptions import invoice_acts as acts
from broadsheet.desk.zones import InAZone
from broadsheet.platform import clock
from broadsheet.platform.edition_field import editions


class InvoiceFilters(WagtailFilterSet):
    state = django_filters.MultipleChoiceFilter(
        label=gettext_lazy("State"), choices=Invoice.State.choices, widget=CheckboxSelectMultiple
    )
    overdue = django_filters.BooleanFilter(
        label=gettext_lazy("Overdue"),
        method="are_overdue",
        widget=RadioSelect(choices=[("", gettext_lazy("Any")), (True, gettext_lazy("Yes"))]),
    )
    kind = django_filters.MultipleChoiceFilter(
        label=gettext_lazy("Kind"), choices=Invoice.Kind.choices, widget=CheckboxSelectMultiple
    )
    edition = django_filters.MultipleChoiceFilter(
        label=gettext_lazy("Edition"), choices=editions, widget=CheckboxSelectMultiple
    )

    class Meta:
        model = Invoice
        fields: tuple[str, ...] = ()

    def are_overdue(self, rows: Any, name: str, are_so: bool) -> Any:
        return rows.overdue(clock.now()) if are_so else rows


class InvoiceList(LongList):
    model = Invoice
    page_title = gettext_lazy("Invoices")
    header_icon = "doc-full"
    default_ordering = "-issued_at"
    filterset_class = InvoiceFilters
    export_filename = "invoices"
    columns = [
        TitleColumn("number", label=gettext_lazy("Number"), url_name="invoices:record", width="14%"),
        Column("kind", label=gettext_lazy("Kind"), accessor="get_kind_display", width="12%"),
        Column("buyer", label=gettext_lazy("Buyer"), accessor="buyer_name"),
        Column("email", label=gettext_lazy("E-mail address"), accessor=lambda row: readable(row.buyer_email)),
        Column("total", label=gettext_lazy("Total"), accessor="money", classname="number", width="10%"),
        StatusTagColumn(
            "state",
            label=gettext_lazy("State"),
            accessor="state_name",
            primary=lambda invoice: invoice.state == Invoice.State.PAID,
            width="9%",
        ),
        DayColumn("due_at", label=gettext_lazy("Due"), width="10%"),
        DayColumn("issued_at", label=gettext_lazy("Issued"), sort_key="issued_at", width="10%"),
    ]
    list_export: Any = [
        "number",
        "get_kind_display",
        "corrects",
        "state_name",
        "issued_at",
        "due_at",
        "buyer_name",
        "buyer_company",
        "buyer_email",
        "buyer_vat_number",
        "edition",
        "currency",
        "net_money.decimal",
        "tax_money.decimal",
        "money.decimal",
        "tax_name",
        "tax_rate",
    ]
    export_headings: Any = {
        "get_kind_display": gettext_lazy("Kind"),
        "corrects": gettext_lazy("Corrects"),
        "state_name": gettext_lazy("State"),
        "issued_at": gettext_lazy("Issued"),
        "due_at": gettext_lazy("Due"),
        "net_money.decimal": gettext_lazy("Net"),
        "tax_money.decimal": gettext_lazy("Tax"),
        "money.decimal": gettext_lazy("Total"),
        "tax_rate": gettext_lazy("Rate, in hundredths of a percent"),
    }

    def get_base_queryset(self) -> QuerySet[Invoice]:
        rows: QuerySet[Invoice] = Invoice.objects.all()
        return rows.select_related("corrects") if self.is_export else rows


class InvoiceRecord(InAZone, Record):
    model = Invoice
    template_name = "desk/subscriptions/invoice_record.html"
    page_title = gettext_lazy("Invoice")
    header_icon = "doc-full"

    def get_object(self, queryset: Any = None) -> Invoice:
        rows = Invoice.objects.select_related("person", "subscription", "gift", "corrects")
        found: Invoice = get_object_or_404(rows, pk=self.pk)
        return found

    def get_page_title(self) -> str:
        return self.object.get_kind_display()

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *self.breadcrumbs_items,
            {"url": reverse("invoices:index"), "label": _("Invoices")},
            {"url": "", "label": self.object.number, "sublabel": self.object.buyer_name},
        ]

    @property
    def header_buttons(self) -> list[HeaderButton]:
        address = reverse("invoices:pdf", args=[self.object.pk])
        return [HeaderButton(_("PDF"), url=address, icon_name="download")]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        invoice: Invoice = self.object
        payments = invoice.payments.prefetch_related("refunds__by", "refunds__credit_note", "disputes")
        return context | {
            "invoice": invoice,
            "lines": invoice.lines.select_related("invoice"),
            "payments": payments,
            "credit_notes": invoice.credit_notes.all(),
            "may_act": self.user_has_permission("change"),
            "entries": entries_about([invoice, *payments]),
        }


@require_safe
def pdf(request: HttpRequest, pk: int) -> HttpResponse:
    if not request.user.has_perm("billing.view_invoice"):
        raise PermissionDenied
    invoice: Invoice = get_object_or_404(Invoice.objects.select_related("corrects", "person"), pk=pk)
    headers = {"Content-Disposition": f'attachment; filename="{invoice.number}.pdf"'}
    return HttpResponse(pdf_of(invoice), content_type="application/pdf", headers=headers)


class InvoicesViewSet(RecordsViewSet):
    name = "invoices"
    model = Invoice
    icon = "doc-full"
    menu_label = gettext_lazy("Invoices")
    list_view = InvoiceList
    record_view = InvoiceRecord

    def get_urlpatterns(self) -> list[Any]:
        return [
            *super().get_urlpatterns(),
            path("<int:pk>/pdf/", pdf, name="pdf"),
            path("<int:pk>/pay/", acts.MarkPaid.as_view(), name="pay"),
            path("<int:pk>/void/", acts.Void.as_view(), name="void"),
        ]
