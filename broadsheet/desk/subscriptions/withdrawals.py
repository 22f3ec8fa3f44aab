"""Withdrawals from a contract: open ones first, each beside the contract it may refer to."""

from typing import Any

from django.db.models import Model
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, DateColumn, StatusTagColumn, TitleColumn

from broadsheet.billing.models import Invoice, Payment
from broadsheet.delivery.addresses import readable
from broadsheet.desk.audit import entries_about
from broadsheet.desk.long_lists import OpenFirst, Record, RecordsViewSet, SettledFilter
from broadsheet.desk.subscriptions.settling import Settle
from broadsheet.membership.models import Subscription, Withdrawal
from broadsheet.people.models import Person


class WithdrawalFilters(WagtailFilterSet):
    settled = SettledFilter(gettext_lazy("Settled"))

    class Meta:
        model = Withdrawal
        fields: tuple[str, ...] = ()


class WithdrawalList(OpenFirst):
    model = Withdrawal
    page_title = gettext_lazy("Withdrawals")
    header_icon = "redirect"
    default_ordering = "-received_at"
    filterset_class = WithdrawalFilters
    columns = [
        TitleColumn("name", label=gettext_lazy("Name"), url_name="withdrawals:record"),
        Column("email", label=gettext_lazy("E-mail address"), accessor=lambda row: readable(row.email)),
        Column("contract", label=gettext_lazy("What it is about"), width="30%"),
        StatusTagColumn(
            "state",
            label=gettext_lazy("State"),
            primary=lambda withdrawal: withdrawal.settled_at is None,
            width="10%",
        ),
        DateColumn("received_at", label=gettext_lazy("Received"), sort_key="received_at", width="12%"),
    ]


class WithdrawalRecord(Record):
    model = Withdrawal
    template_name = "desk/subscriptions/withdrawal_record.html"
    page_title = gettext_lazy("Withdrawal")
    header_icon = "redirect"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *self.breadcrumbs_items,
            {"url": reverse("withdrawals:index"), "label": _("Withdrawals")},
            {"url": "", "label": self.object.name},
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        withdrawal: Withdrawal = self.object
        reader = Person.objects.filter(email=Person.objects.normalize_email(withdrawal.email)).first()
        subscriptions = Subscription.objects.filter(person=reader).select_related("price__plan")
        invoices = Invoice.objects.filter(buyer_email=Person.objects.normalize_email(withdrawal.email))
        payments = Payment.objects.succeeded().filter(invoice__in=invoices).select_related("invoice")
        payments = payments.prefetch_related("refunds__by", "refunds__credit_note", "disputes")
        return context | {
            "withdrawal": withdrawal,
            "reader": reader,
            "subscriptions": subscriptions if reader else [],
            "payments": payments,
            "may_act": self.user_has_permission("change"),
            "entries": entries_about([withdrawal]),
        }


class SettleWithdrawal(Settle):
    model: type[Model] = Withdrawal
    record_name = "withdrawals:record"
    action = "withdrawal.settle"
    examples = gettext_lazy("“Ended, and 40.00 given back.” “No contract of this address.”")
    explanation = gettext_lazy(
        "This says that nothing more is to be done. It ends no subscription and gives nothing back: do that"
        " first, on the subscription’s and the invoice’s pages."
    )
    done = gettext_lazy("The withdrawal is settled.")


class WithdrawalsViewSet(RecordsViewSet):
    name = "withdrawals"
    model = Withdrawal
    icon = "redirect"
    menu_label = gettext_lazy("Withdrawals")
    list_view = WithdrawalList
    record_view = WithdrawalRecord

    def get_urlpatterns(self) -> list[Any]:
        return [
            *super().get_urlpatterns(),
            path("<int:pk>/settle/", SettleWithdrawal.as_view(), name="settle"),
        ]
