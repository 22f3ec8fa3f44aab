"""What Stripe's books and ours don't agree on, and disputes: open ones first, each with its next step."""

from typing import Any

import django_filters
from django import forms
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.tables import Column, DateColumn, StatusTagColumn, TitleColumn

from broadsheet.billing import providers
from broadsheet.billing.models import Difference, Dispute
from broadsheet.billing.providers.stripe.api import address_of
from broadsheet.desk.audit import entries_about
from broadsheet.desk.long_lists import OpenFirst, Record, RecordsMenuItem, RecordsViewSet, SettledFilter
from broadsheet.desk.subscriptions.settling import Settle


class DifferenceFilters(WagtailFilterSet):
    kind = django_filters.MultipleChoiceFilter(
        label=gettext_lazy("Kind"), choices=Difference.Kind.choices, widget=forms.CheckboxSelectMultiple
    )
    settled = SettledFilter(gettext_lazy("Settled"))

    class Meta:
        model = Difference
        fields: tuple[str, ...] = ()


class DifferenceList(OpenFirst):
    model = Difference
    page_title = gettext_lazy("Differences")
    header_icon = "warning"
    default_ordering = "-found_at"
    filterset_class = DifferenceFilters
    export_filename = "differences"
    columns = [
        TitleColumn(
            "kind", label=gettext_lazy("What"), accessor="get_kind_display", url_name="differences:record"
        ),
        Column(
            "invoice",
            label=gettext_lazy("Invoice"),
            accessor=lambda row: row.payment.invoice.number if row.payment else "",
            width="12%",
        ),
        Column("detail", label=gettext_lazy("Amount"), width="18%"),
        StatusTagColumn(
            "state",
            label=gettext_lazy("State"),
            primary=lambda difference: difference.settled_at is None,
            width="10%",
        ),
        DateColumn("found_at", label=gettext_lazy("Found"), sort_key="found_at", width="12%"),
    ]
    list_export: Any = ["get_kind_display", "reference", "detail", "found_at", "state", "why"]

    def get_base_queryset(self) -> QuerySet[Difference]:
        rows: QuerySet[Difference] = Difference.objects.select_related("payment__invoice")
        return rows


class DifferenceRecord(Record):
    model = Difference
    template_name = "desk/subscriptions/difference_record.html"
    page_title = gettext_lazy("Difference")
    header_icon = "warning"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *self.breadcrumbs_items,
            {"url": reverse("differences:index"), "label": _("Differences")},
            {"url": "", "label": self.object.get_kind_display(), "sublabel": self.object.reference},
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        difference: Difference = self.object
        return context | {
            "difference": difference,
            "dispute": Dispute.objects.filter(reference=difference.reference).first(),
            "address": address_of(difference.reference),
            "invoice": difference.payment.invoice if difference.payment else None,
            "may_act": self.user_has_permission("change"),
            "entries": entries_about([difference]),
        }


class SettleDifference(Settle):
    model: type[Model] = Difference
    record_name = "differences:record"
    action = "difference.settle"
    examples = gettext_lazy("“Answered at Stripe.” “Refunded there, it was a test.”")
    explanation = gettext_lazy(
        "This says that nothing more is to be done. It moves no money: do that first, at Stripe or on the"
        " invoice’s page."
    )
    done = gettext_lazy("The difference is settled.")


class DifferencesMenuItem(RecordsMenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        """Where there can be none, nobody is led there; what there was before a key was taken out stays."""
        return super().is_shown(request) and (providers.have_books() or Difference.objects.exists())


class DifferencesViewSet(RecordsViewSet):
    name = "differences"
    model = Difference
    icon = "warning"
    menu_label = gettext_lazy("Differences")
    list_view = DifferenceList
    record_view = DifferenceRecord

    def menu_item_class(self, **options: Any) -> MenuItem:
        return DifferencesMenuItem(model=self.model, **options)

    def get_urlpatterns(self) -> list[Any]:
        settle = path("<int:pk>/settle/", SettleDifference.as_view(), name="settle")
        return [*super().get_urlpatterns(), settle]
