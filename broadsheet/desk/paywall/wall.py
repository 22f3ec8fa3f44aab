"""The wall's settings for the audience editor, in one menu."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.viewsets.base import ViewSetGroup
from wagtail.contrib.settings.registry import SettingMenuItem

from broadsheet.desk.paywall.access_rules import AccessRuleViewSet
from broadsheet.desk.paywall.crawlers import CrawlersViewSet
from broadsheet.desk.paywall.experiments import ExperimentViewSet
from broadsheet.desk.paywall.tryout import TryoutViewSet
from broadsheet.desk.paywall.wordings import WordingViewSet
from broadsheet.paywall.models import Meter


class WallGroup(ViewSetGroup):
    menu_label = _("Wall")
    menu_icon = "lock"
    menu_order = 150
    items = (AccessRuleViewSet, TryoutViewSet, WordingViewSet, ExperimentViewSet, CrawlersViewSet)

    def get_submenu_items(self) -> list[Any]:
        # The meter is a Wagtail setting, so it is listed among the settings as well.
        return [SettingMenuItem(Meter, icon="lock", order=0), *super().get_submenu_items()]


@hooks.register("register_admin_viewset")
def register_wall() -> ViewSetGroup:
    return WallGroup()
