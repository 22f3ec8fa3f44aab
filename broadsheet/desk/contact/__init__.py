"""What readers ask, as staff see it: conversations, the accounts they may be about, saved replies, moves."""

from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.viewsets.base import ViewSetGroup

from broadsheet.desk.contact.conversations import ConversationsViewSet
from broadsheet.desk.contact.saved_replies import SavedReplyViewSet


class ContactGroup(ViewSetGroup):
    menu_label = _("Questions")
    menu_icon = "comment"
    menu_order = 190
    items = (ConversationsViewSet, SavedReplyViewSet)


@hooks.register("register_admin_viewset")
def register_contact() -> ViewSetGroup:
    return ContactGroup()


@hooks.register("register_permissions")
def register_permissions() -> QuerySet[Permission]:
    """The permissions that can be given to a group in the desk."""
    return Permission.objects.filter(
        content_type__app_label="contact", content_type__model__in=("conversation", "savedreply")
    )
