"""Subscribers to the paper by a fulfilment house, and the readers that they are linked to."""

from typing import Any

import django_filters
from django import forms
from django.db.models import Model, QuerySet
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, StatusTagColumn, TitleColumn

from broadsheet.delivery.address_fields import EmailField
from broadsheet.delivery.addresses import readable
from broadsheet.desk.acts import Act, ReasonForm
from broadsheet.desk.audit import entries_about
from broadsheet.desk.long_lists import LongList, Record, RecordsViewSet
from broadsheet.desk.readers.complimentary import reader_at
from broadsheet.desk.zones import InAZone
from broadsheet.membership.errors import Refused
from broadsheet.membership.models import FulfilmentHouse, PrintSubscriber

LINKS = [
    ("linked", gettext_lazy("Linked to a reader")),
    ("unlinked", gettext_lazy("Not linked")),
    ("ended", gettext_lazy("Ended")),
]


class SubscriberFilters(WagtailFilterSet):
    house = django_filters.ModelChoiceFilter(
        label=gettext_lazy("House"), queryset=FulfilmentHouse.objects.all()
    )
    state = django_filters.ChoiceFilter(
        label=gettext_lazy("State"),
        choices=LINKS,
        method="in_state",
        empty_label=gettext_lazy("Any"),
        widget=forms.RadioSelect,
    )

    class Meta:
        model = PrintSubscriber
        fields: tuple[str, ...] = ()

    def in_state(self, rows: Any, name: str, state: str) -> Any:
        if state == "ended":
            return rows.exclude(ended_at=None)
        return rows.live().filter(person__isnull=state == "unlinked")


class SubscriberList(LongList):
    model = PrintSubscriber
    page_title = gettext_lazy("Subscribers to the paper")
    header_icon = "doc-empty"
    default_ordering = "number"
    filterset_class = SubscriberFilters
    columns = [
        TitleColumn("number", label=gettext_lazy("Number"), url_name="print_subscribers:record", width="14%"),
        Column("name", label=gettext_lazy("Name")),
        Column("postcode", label=gettext_lazy("Postcode"), width="12%"),
        Column("email", label=gettext_lazy("E-mail address"), accessor=lambda row: readable(row.email)),
        Column("house", label=gettext_lazy("House")),
        StatusTagColumn(
            "state",
            label=gettext_lazy("State"),
            primary=lambda row: row.person_id is not None and row.ended_at is None,
            width="10%",
        ),
    ]

    def get_base_queryset(self) -> QuerySet[PrintSubscriber]:
        rows: QuerySet[PrintSubscriber] = PrintSubscriber.objects.select_related("house")
        return rows


class SubscriberRecord(InAZone, Record):
    model = PrintSubscriber
    template_name = "desk/printed/subscriber.html"
    page_title = gettext_lazy("Subscriber to the paper")
    header_icon = "doc-empty"

    def get_object(self, queryset: Any = None) -> PrintSubscriber:
        rows = PrintSubscriber.objects.select_related("house", "person", "seen_in")
        return get_object_or_404(rows, pk=self.pk)

    def zone(self) -> Any:
        rows = PrintSubscriber.objects.select_related("house")
        return get_object_or_404(rows, pk=self.kwargs["pk"]).zone

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *self.breadcrumbs_items,
            {"url": reverse("print_subscribers:index"), "label": _("Subscribers to the paper")},
            {"url": "", "label": self.object.number},
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        row: PrintSubscriber = self.object
        return context | {
            "row": row,
            "doubts": row.doubts.select_related("person"),
            "may_act": self.user_has_permission("change") and row.ended_at is None,
            "entries": entries_about([row, *row.doubts.all()]),
        }


class LinkForm(ReasonForm):
    email = EmailField(label=gettext_lazy("Reader’s e-mail address"))
    field_order = ("email", "why")


class SubscriberAct(Act):
    model: type[Model] = PrintSubscriber
    record_name = "print_subscribers:record"
    header_icon = "doc-empty"

    def rows(self) -> Any:
        return PrintSubscriber.objects.select_related("house", "person")

    def name_of_object(self) -> str:
        return str(self.object.number)


class Link(SubscriberAct):
    page_title = gettext_lazy("Link to a reader")
    action = "print.link"
    form_class = LinkForm
    explanation = gettext_lazy("They read without limit by it. Whoever was linked before does no more.")
    done = gettext_lazy("It is linked.")

    def act(self, typed: dict[str, Any]) -> str:
        reader = reader_at(typed["email"])
        if reader is None:
            raise Refused(_("Nobody is registered with this address."))
        self.object.link(reader, PrintSubscriber.How.STAFF)
        return ""


class Unlink(SubscriberAct):
    page_title = gettext_lazy("Unlink")
    action = "print.unlink"
    is_destructive = True
    explanation = gettext_lazy("The reader reads by it no more. The next file changes nothing of that.")
    done = gettext_lazy("It is not linked any more.")

    def act(self, typed: dict[str, Any]) -> str:
        self.object.unlink()
        return ""


class SubscribersViewSet(RecordsViewSet):
    name = "print_subscribers"
    model = PrintSubscriber
    icon = "doc-empty"
    menu_label = gettext_lazy("Subscribers to the paper")
    list_view = SubscriberList
    record_view = SubscriberRecord

    def get_urlpatterns(self) -> list[Any]:
        return [
            *super().get_urlpatterns(),
            path("<int:pk>/link/", Link.as_view(), name="link"),
            path("<int:pk>/unlink/", Unlink.as_view(), name="unlink"),
        ]
