"""What came back: returned messages and complaints."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.forms import CheckboxSelectMultiple
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, DateColumn, StatusTagColumn, TitleColumn
from wagtail.admin.views import generic
from wagtail.admin.viewsets.base import ViewSet
from wagtail.permission_policies import ModelPermissionPolicy

from broadsheet.delivery.addresses import is_forgotten
from broadsheet.delivery.models import Bounce
from broadsheet.desk.long_lists import list_patterns
from broadsheet.desk.mail.access import AddressMenuItem
from broadsheet.desk.mail.columns import WordsColumn, shown_address
from broadsheet.desk.mail.holds import ShowsHolds


class BounceFilters(WagtailFilterSet):
    kind = django_filters.MultipleChoiceFilter(
        label=_("Kind"), choices=Bounce.Kind.choices, widget=CheckboxSelectMultiple
    )

    class Meta:
        model = Bounce
        fields: tuple[str, ...] = ()


def ledger_of(bounce: Bounce) -> str | None:
    if not bounce.address or is_forgotten(bounce.address):
        return None
    return f"{reverse('ledger:index')}?{urlencode({'q': bounce.address})}"


class BouncedColumn(TitleColumn):
    def get_value(self, bounce: Bounce) -> str:
        return shown_address(bounce.address) or str(_("of a send that is gone"))


class BounceIndex(ShowsHolds, generic.IndexView):
    model = Bounce
    page_title = _("Bounces")
    header_icon = "rotate"
    template_name = "desk/mail/list_with_holds.html"
    results_template_name = "desk/mail/table_results.html"
    permission_policy = ModelPermissionPolicy(Bounce)
    permission_required = "view"
    any_permission_required = None
    default_ordering = "-at"
    search_fields: Any = ["address", "words"]
    filterset_class = BounceFilters
    no_results_message = _("Nothing came back.")
    columns: Any = [
        BouncedColumn("address", label=_("Address"), get_url=ledger_of, classname="compared"),
        StatusTagColumn(
            "kind",
            label=_("Kind"),
            accessor="get_kind_display",
            primary=lambda bounce: bounce.kind != Bounce.Kind.SOFT,
            width="10%",
        ),
        WordsColumn("words", label=_("In the server’s words")),
        Column("send", label=_("What was sent"), accessor="recipient.send", width="16%"),
        Column("reported_by", label=_("Reported by"), width="14%"),
        DateColumn("at", label=_("Received"), sort_key="at", width="12%"),
    ]

    def get_base_queryset(self) -> QuerySet[Bounce]:
        return Bounce.objects.select_related("recipient__send")


class BounceViewSet(ViewSet):
    name = "bounces"
    model = Bounce
    icon = "rotate"
    menu_label = _("Bounces")
    menu_item_class = AddressMenuItem

    def get_urlpatterns(self) -> list[Any]:
        return list_patterns(self, BounceIndex)
