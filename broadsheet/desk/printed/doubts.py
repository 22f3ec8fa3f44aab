"""Doubtful matches between subscribers to the paper and readers: a person decides."""

from typing import Any

from django.db.models import Model, QuerySet
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, StatusTagColumn, TitleColumn

from broadsheet.desk.acts import Act
from broadsheet.desk.audit import entries_about
from broadsheet.desk.long_lists import DayColumn, OpenFirst, Record, RecordsViewSet, SettledFilter
from broadsheet.desk.zones import InAZone
from broadsheet.membership.models import PrintDoubt


class DoubtFilters(WagtailFilterSet):
    settled = SettledFilter(gettext_lazy("Decided"))

    class Meta:
        model = PrintDoubt
        fields: tuple[str, ...] = ()


class DoubtList(OpenFirst):
    model = PrintDoubt
    page_title = gettext_lazy("Doubtful matches")
    header_icon = "help"
    default_ordering = "raised_at"
    filterset_class = DoubtFilters
    columns = [
        TitleColumn(
            "number",
            label=gettext_lazy("Number"),
            accessor="subscriber.number",
            url_name="print_doubts:record",
            width="14%",
        ),
        Column("why", label=gettext_lazy("Why"), accessor="get_why_display"),
        Column("reader", label=gettext_lazy("Reader"), accessor="person.readable_email"),
        StatusTagColumn(
            "state",
            label=gettext_lazy("State"),
            accessor=lambda doubt: _("Decided") if doubt.settled_at else _("Open"),
            primary=lambda doubt: doubt.settled_at is None,
            width="10%",
        ),
        DayColumn("raised_at", label=gettext_lazy("Since"), sort_key="raised_at", width="12%"),
    ]

    def get_base_queryset(self) -> QuerySet[PrintDoubt]:
        rows: QuerySet[PrintDoubt] = PrintDoubt.objects.select_related("subscriber__house", "person")
        return rows


class DoubtRecord(InAZone, Record):
    model = PrintDoubt
    template_name = "desk/printed/doubt.html"
    page_title = gettext_lazy("Doubtful match")
    header_icon = "help"

    def get_object(self, queryset: Any = None) -> PrintDoubt:
        rows = PrintDoubt.objects.select_related("subscriber__house", "subscriber__person", "person")
        return get_object_or_404(rows, pk=self.pk)

    def zone(self) -> Any:
        rows = PrintDoubt.objects.select_related("subscriber__house")
        return get_object_or_404(rows, pk=self.kwargs["pk"]).zone

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *self.breadcrumbs_items,
            {"url": reverse("print_doubts:index"), "label": _("Doubtful matches")},
            {"url": "", "label": self.object.subscriber.number},
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        doubt: PrintDoubt = self.object
        return context | {
            "doubt": doubt,
            "row": doubt.subscriber,
            "may_act": self.user_has_permission("change") and doubt.settled_at is None,
            "entries": entries_about([doubt]),
        }


class DoubtAct(Act):
    model: type[Model] = PrintDoubt
    record_name = "print_doubts:record"
    header_icon = "help"
    action = "print.settle"

    def rows(self) -> Any:
        return PrintDoubt.objects.select_related("subscriber__house", "person")

    def name_of_object(self) -> str:
        return str(self.object.subscriber.number)


class Accept(DoubtAct):
    page_title = gettext_lazy("It is theirs: link it")
    explanation = gettext_lazy(
        "The reader reads without limit by it. Whoever was linked before does no more."
    )
    done = gettext_lazy("It is linked.")

    def act(self, typed: dict[str, Any]) -> str:
        self.object.settle(links=True)
        return _("linked")


class Dismiss(DoubtAct):
    page_title = gettext_lazy("It is not theirs")
    explanation = gettext_lazy("Everything stays as it is, and the match isn’t asked about again.")
    done = gettext_lazy("It stays as it is.")

    def act(self, typed: dict[str, Any]) -> str:
        self.object.settle(links=False)
        return _("not linked")


class DoubtsViewSet(RecordsViewSet):
    name = "print_doubts"
    model = PrintDoubt
    icon = "help"
    menu_label = gettext_lazy("Doubtful matches")
    list_view = DoubtList
    record_view = DoubtRecord

    def get_urlpatterns(self) -> list[Any]:
        return [
            *super().get_urlpatterns(),
            path("<int:pk>/accept/", Accept.as_view(), name="accept"),
            path("<int:pk>/dismiss/", Dismiss.as_view(), name="dismiss"),
        ]
