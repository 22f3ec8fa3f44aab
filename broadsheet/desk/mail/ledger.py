"""“Did she get it, and if not, why?”: everything that went to one address, letters included."""

from typing import Any

from django.db.models import QuerySet
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column, DateColumn, TitleColumn
from wagtail.admin.views import generic
from wagtail.admin.viewsets.base import ViewSet
from wagtail.permission_policies import ModelPermissionPolicy

from broadsheet.delivery.models import Recipient, Suppression
from broadsheet.desk.long_lists import list_patterns
from broadsheet.desk.mail.access import AddressMenuItem
from broadsheet.desk.mail.columns import OutcomeColumn, WordsColumn


class LedgerIndex(generic.IndexView):
    """Lists nothing until a whole address is entered: part of one would match half the readership."""

    model = Recipient
    page_title = _("Ledger")
    header_icon = "list-ul"
    template_name = "wagtailadmin/generic/index.html"
    results_template_name = "desk/mail/of_address_results.html"
    permission_policy = ModelPermissionPolicy(Recipient)
    permission_required = "view"
    any_permission_required = None
    default_ordering = "-pk"
    paginate_by = 50
    is_searchable = True
    columns: Any = [
        TitleColumn(
            "send", label=_("What was sent"), accessor="send", url_name="sends:send", id_accessor="send_id"
        ),
        OutcomeColumn("state", label=_("What became of it"), accessor="get_state_display", width="14%"),
        WordsColumn("words", label=_("In the server’s words")),
        DateColumn("answered_at", label=_("Answered"), sort_key="answered_at", width="14%"),
        Column("tries", label=_("Tries"), width="6%"),
    ]

    @cached_property
    def address(self) -> str:
        return self.search_query.strip()

    def get_base_queryset(self) -> QuerySet[Recipient]:
        if not self.address:
            return Recipient.objects.none()
        return Recipient.objects.to(self.address).select_related("send")

    def search_queryset(self, queryset: QuerySet[Recipient]) -> QuerySet[Recipient]:
        return queryset

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        suppression = Suppression.objects.active().of(self.address).first() if self.address else None
        return context | {"address": self.address, "suppression": suppression}


class LedgerViewSet(ViewSet):
    name = "ledger"
    model = Recipient
    icon = "list-ul"
    menu_label = _("Ledger")
    menu_item_class = AddressMenuItem

    def get_urlpatterns(self) -> list[Any]:
        return list_patterns(self, LedgerIndex)
