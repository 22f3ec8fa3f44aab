"""The post room as staff see it: sends, their recipients, what came back, and who must not be written to."""

from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.viewsets.base import ViewSetGroup

from broadsheet.desk.mail.bounces import BounceViewSet
from broadsheet.desk.mail.ledger import LedgerViewSet
from broadsheet.desk.mail.sends import SendViewSet
from broadsheet.desk.mail.suppressions import SuppressionViewSet

GRANTABLE = (
    "view_send",
    "change_send",
    "view_recipient",
    "view_bounce",
    "view_suppression",
    "add_suppression",
    "change_suppression",
)


class PostGroup(ViewSetGroup):
    menu_label = _("Post")
    menu_icon = "mail"
    menu_order = 160
    items = (SendViewSet, LedgerViewSet, BounceViewSet, SuppressionViewSet)


@hooks.register("register_admin_viewset")
def register_post() -> ViewSetGroup:
    return PostGroup()


@hooks.register("register_permissions")
def register_permissions() -> QuerySet[Permission]:
    """The permissions that can be given to a group in the desk."""
    return Permission.objects.filter(content_type__app_label="delivery", codename__in=GRANTABLE)
