"""Groups: who owns them, how many seats they have, and what our staff can do for their owner."""

from typing import Any

import django_filters
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.forms import RadioSelect
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, StatusTagColumn, TitleColumn
from wagtail.admin.widgets.button import HeaderButton

from broadsheet.billing.models import Invoice, Mandate
from broadsheet.desk.audit import entries_about
from broadsheet.desk.long_lists import LongList, Record, RecordsViewSet
from broadsheet.desk.subscriptions import group_acts
from broadsheet.desk.subscriptions.new_group import NewGroup
from broadsheet.desk.zones import InAZone
from broadsheet.membership.models import Group, State

SEATS_SHOWN = 50


class GroupFilters(WagtailFilterSet):
    state = django_filters.ChoiceFilter(
        label=gettext_lazy("State"),
        field_name="subscription__state",
        choices=State.choices,
        empty_label=gettext_lazy("Any"),
        widget=RadioSelect,
    )

    class Meta:
        model = Group
        fields: tuple[str, ...] = ()


class GroupList(LongList):
    model = Group
    page_title = gettext_lazy("Groups")
    header_icon = "group"
    default_ordering = "name"
    filterset_class = GroupFilters
    columns = [
        TitleColumn("name", label=gettext_lazy("Name"), url_name="groups:record", sort_key="name"),
        Column("number", label=gettext_lazy("Number"), width="12%"),
        Column("owner", label=gettext_lazy("Owner"), accessor="owner.readable_email"),
        Column("seats", label=gettext_lazy("Seats"), sort_key="seats", width="8%"),
        Column("taken", label=gettext_lazy("Given or offered"), sort_key="taken", width="12%"),
        StatusTagColumn(
            "state",
            label=gettext_lazy("State"),
            accessor="subscription.get_state_display",
            primary=lambda group: group.subscription.state == State.ACTIVE,
            width="10%",
        ),
    ]

    def get_base_queryset(self) -> QuerySet[Group]:
        rows: QuerySet[Group] = Group.objects.select_related("subscription__person")
        return rows

    @property
    def header_buttons(self) -> list[Any]:
        if not self.user_has_permission("change"):
            return []
        return [HeaderButton(_("New group"), url=reverse("groups:new"), icon_name="plus")]


class GroupRecord(InAZone, Record):
    model = Group
    template_name = "desk/subscriptions/group_record.html"
    page_title = gettext_lazy("Group")
    header_icon = "group"

    def get_object(self, queryset: Any = None) -> Group:
        rows = Group.objects.select_related(
            "subscription__person", "subscription__price__plan", "institution"
        )
        return get_object_or_404(rows, pk=self.pk)

    def zone(self) -> Any:
        rows = Group.objects.select_related("subscription")
        return get_object_or_404(rows, pk=self.kwargs["pk"]).subscription.zone

    def get_page_subtitle(self) -> str:
        return str(self.object.name)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *self.breadcrumbs_items,
            {"url": reverse("groups:index"), "label": _("Groups")},
            {"url": "", "label": self.object.name, "sublabel": self.object.number},
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        group: Group = self.object
        seats = group.seat_rows.select_related("person").order_by("ended_at", "email")
        page = Paginator(seats, SEATS_SHOWN).get_page(self.request.GET.get("p"))
        may_act = self.user_has_permission("change") and group.is_live
        return context | {
            "group": group,
            "page": page,
            "domains": group.domains.all(),
            "mandate": Mandate.objects.filter(subscription=group.subscription).first(),
            "invoices": Invoice.objects.filter(subscription=group.subscription),
            "acts": [
                {"label": act.page_title, "address": reverse(f"groups:{act.name}", args=[group.pk])}
                for act in (group_acts.ACTS if may_act else ())
            ],
            "may_act": may_act,
            "entries": entries_about([group, group.subscription]),
        }


class GroupsViewSet(RecordsViewSet):
    name = "groups"
    url_prefix = "group-subscriptions"  # Wagtail’s own groups, those of staff, stand at groups/
    model = Group
    icon = "group"
    menu_label = gettext_lazy("Groups")
    list_view = GroupList
    record_view = GroupRecord

    def get_urlpatterns(self) -> list[Any]:
        return [
            *super().get_urlpatterns(),
            path("new/", NewGroup.as_view(), name="new"),
            *(path(f"<int:pk>/{act.name}/", act.as_view(), name=act.name) for act in group_acts.ACTS),
            path("<int:pk>/take-back/", group_acts.TakeBack.as_view(), name="take_back"),
        ]
