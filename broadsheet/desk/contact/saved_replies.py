"""Answers that are given often."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, ObjectList
from wagtail.admin.viewsets.model import ModelViewSet

from broadsheet.contact.models import SavedReply


class SavedReplyViewSet(ModelViewSet):
    model = SavedReply
    name = "saved_replies"
    icon = "draft"
    menu_label = _("Saved replies")
    copy_view_enabled = False
    search_fields: Any = ["name", "text"]
    list_display: Any = ["name"]
    edit_handler = ObjectList([FieldPanel("name"), FieldPanel("text")])
