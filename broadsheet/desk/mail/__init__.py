"""The post room for those who answer for it: what was sent, to whom, what came back, whom not to write to."""

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
    """Those that whoever makes a group of their own can give it."""
    return Permission.objects.filter(content_type__app_label="delivery", codename__in=GRANTABLE)
