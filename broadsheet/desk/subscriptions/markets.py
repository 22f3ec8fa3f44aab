"""How what each edition sells is taxed."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel
from wagtail.admin.ui.tables import BooleanColumn, Column, TitleColumn
from wagtail.admin.viewsets.model import ModelViewSet

from broadsheet.membership.models import Market


class MarketViewSet(ModelViewSet):
    model = Market
    name = "markets"
    icon = "globe"
    menu_label = _("Markets and tax")
    copy_view_enabled = False
    list_display: Any = [
        TitleColumn("edition", label=_("Edition"), accessor=str, url_name="markets:edit"),
        Column("tax_name", label=_("Tax")),
        Column("rate", label=_("Rate")),
        BooleanColumn("tax_included", label=_("Prices contain it")),
    ]
    panels: Any = [
        FieldPanel("edition"),
        FieldRowPanel([FieldPanel("tax_name"), FieldPanel("tax_rate")], heading=_("Tax")),
        FieldPanel("tax_included"),
    ]
