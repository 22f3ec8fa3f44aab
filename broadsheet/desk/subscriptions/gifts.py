"""Gifts that readers bought. A lost letter can be sent again; a gift is taken back by refunding it."""

from typing import Any

import django_filters
from django.db.models import Model, Q, QuerySet
from django.forms import RadioSelect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, StatusTagColumn, TitleColumn

from broadsheet.billing.models import Payment
from broadsheet.delivery.addresses import readable
from broadsheet.desk.acts import Act
from broadsheet.desk.audit import entries_about
from broadsheet.desk.long_lists import DayColumn, LongList, Record, RecordsViewSet
from broadsheet.desk.zones import InAZone
from broadsheet.membership.models import Gift
from broadsheet.membership.notice_kinds import GiftNotice
from broadsheet.notices.models import Notice
from broadsheet.platform import clock

STATES = {
    "waiting": gettext_lazy("To be delivered"),
    "delivered": gettext_lazy("Delivered, not redeemed"),
    "redeemed": gettext_lazy("Redeemed"),
    "revoked": gettext_lazy("Taken back"),
}


class GiftFilters(WagtailFilterSet):
    state = django_filters.ChoiceFilter(
        label=gettext_lazy("State"),
        choices=list(STATES.items()),
        method="in_state",
        empty_label=gettext_lazy("Any"),
        widget=RadioSelect,
    )

    class Meta:
        model = Gift
        fields: tuple[str, ...] = ()

    def in_state(self, rows: Any, name: str, state: str) -> Any:
        unused = Q(redeemed_at=None, revoked_at=None)
        return rows.filter(
            {
                "waiting": unused & Q(deliver_at__gt=clock.now()),
                "delivered": unused & Q(deliver_at__lte=clock.now()),
                "redeemed": Q(redeemed_at__isnull=False),
                "revoked": Q(revoked_at__isnull=False),
            }[state]
        )


class GiftList(LongList):
    model = Gift
    page_title = gettext_lazy("Gifts")
    header_icon = "openquote"
    default_ordering = "-bought_at"
    filterset_class = GiftFilters
    columns = [
        TitleColumn("code", label=gettext_lazy("Code"), url_name="gifts:record", width="16%"),
        Column("plan", label=gettext_lazy("What"), accessor="price"),
        Column("buyer_name", label=gettext_lazy("From")),
        Column("recipient_name", label=gettext_lazy("For")),
        Column(
            "recipient_email",
            label=gettext_lazy("E-mail address"),
            accessor=lambda row: readable(row.recipient_email),
        ),
        StatusTagColumn(
            "state",
            label=gettext_lazy("State"),
            primary=lambda gift: gift.redeemed_at is not None,
            width="12%",
        ),
        DayColumn("bought_at", label=gettext_lazy("Bought"), sort_key="bought_at", width="10%"),
    ]

    def get_base_queryset(self) -> QuerySet[Gift]:
        rows: QuerySet[Gift] = Gift.objects.select_related("price__plan")
        return rows


class GiftRecord(InAZone, Record):
    model = Gift
    template_name = "desk/subscriptions/gift_record.html"
    page_title = gettext_lazy("Gift")
    header_icon = "openquote"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *self.breadcrumbs_items,
            {"url": reverse("gifts:index"), "label": _("Gifts")},
            {"url": "", "label": self.object.code, "sublabel": self.object.recipient_name},
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        gift: Gift = self.object
        payments = Payment.objects.succeeded().filter(invoice__gift=gift).select_related("invoice")
        letters = Notice.objects.filter(kind__in=GiftNotice.values, about=gift.pk)
        return context | {
            "gift": gift,
            "is_usable": gift.is_usable,
            "payments": payments,
            "letters": letters.order_by("-due_at"),
            "may_act": self.user_has_permission("change"),
            "entries": entries_about([gift, *payments]),
        }


class SendAgain(Act):
    model: type[Model] = Gift
    record_name = "gifts:record"
    page_title = gettext_lazy("Send again")
    header_icon = "mail"
    action = "gift.send"
    done = gettext_lazy("The letter with the code goes out within a minute.")

    def name_of_object(self) -> str:
        return str(self.object.code)

    def get_explanation(self) -> str:
        return _("The letter with the code goes to %s once more, now.") % readable(
            self.object.recipient_email
        )

    def act(self, typed: dict[str, Any]) -> str:
        self.object.send_again()
        return ""


class GiftsViewSet(RecordsViewSet):
    name = "gifts"
    model = Gift
    icon = "openquote"
    menu_label = gettext_lazy("Gifts")
    list_view = GiftList
    record_view = GiftRecord

    def get_urlpatterns(self) -> list[Any]:
        return [*super().get_urlpatterns(), path("<int:pk>/send/", SendAgain.as_view(), name="send")]
