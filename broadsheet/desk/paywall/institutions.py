"""Institutions, with their networks and mailbox domains, for the subscriptions manager."""

from typing import Any

from django.db.models import Count, QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from modelcluster.forms import BaseChildFormSet
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel
from wagtail.admin.ui.tables import Column, DateColumn, StatusTagColumn, TitleColumn
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet

from broadsheet.membership.models import Institution


class EachOnce(BaseChildFormSet):
    def get_unique_error_message(self, unique_check: tuple[str, ...]) -> str:
        return gettext("One of these stands here twice.")

    def get_form_error(self) -> str:
        return gettext("This is listed already.")


class EachOncePanel(InlinePanel):
    """An inline panel that names twins in words; Django's are of the columns in the database."""

    def get_form_options(self) -> dict[str, Any]:
        options: dict[str, Any] = super().get_form_options()
        options["formsets"][self.relation_name]["formset"] = EachOnce
        return options


class InstitutionIndex(generic.IndexView):
    def get_base_queryset(self) -> QuerySet[Institution]:
        rows: QuerySet[Institution] = super().get_base_queryset()
        return rows.annotate(
            network_count=Count("networks", distinct=True), domain_count=Count("domains", distinct=True)
        )


class InstitutionViewSet(ModelViewSet):
    model = Institution
    name = "institutions"
    icon = "home"
    menu_label = _("Institutions")
    index_view_class = InstitutionIndex
    copy_view_enabled = False
    search_fields: Any = ["name", "note", "networks__cidr", "domains__domain"]
    list_display: Any = [
        TitleColumn("name", label=_("Name"), url_name="institutions:edit", sort_key="name"),
        StatusTagColumn("state", label=_("Contract"), primary=Institution.is_live),
        DateColumn("starts_at", label=_("Begins"), sort_key="starts_at"),
        DateColumn("ends_at", label=_("Ends"), sort_key="ends_at"),
        Column("network_count", label=_("Networks")),
        Column("domain_count", label=_("Domains")),
    ]
    panels: Any = [
        FieldPanel("name"),
        FieldRowPanel([FieldPanel("starts_at"), FieldPanel("ends_at")], heading=_("Contract")),
        EachOncePanel("networks", heading=_("Networks"), label=_("Network")),
        EachOncePanel("domains", heading=_("Mailbox domains"), label=_("Domain")),
        FieldPanel("note"),
    ]
