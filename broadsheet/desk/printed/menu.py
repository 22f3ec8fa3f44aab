"""The paper in the desk's menu, for the subscriptions manager."""

from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.viewsets.base import ViewSetGroup

from broadsheet.desk.printed.doubts import DoubtsViewSet
from broadsheet.desk.printed.files import FilesViewSet
from broadsheet.desk.printed.houses import HouseViewSet
from broadsheet.desk.printed.lists import PrinterListsViewSet
from broadsheet.desk.printed.subscribers import SubscribersViewSet


class PrintGroup(ViewSetGroup):
    menu_label = _("Print")
    menu_icon = "doc-empty"
    menu_order = 205
    items = (PrinterListsViewSet, SubscribersViewSet, DoubtsViewSet, FilesViewSet, HouseViewSet)


@hooks.register("register_admin_viewset")
def register_print() -> ViewSetGroup:
    return PrintGroup()
