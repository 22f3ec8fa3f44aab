"""What the audience editor sets about the wall, in one menu."""

from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.viewsets.base import ViewSetGroup

from broadsheet.desk.crawlers import CrawlersViewSet


class WallGroup(ViewSetGroup):
    menu_label = _("Wall")
    menu_icon = "lock"
    menu_order = 150
    items = (CrawlersViewSet,)


@hooks.register("register_admin_viewset")
def register_wall() -> ViewSetGroup:
    return WallGroup()
