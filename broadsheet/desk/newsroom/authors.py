"""Authors and topics in the desk's menu."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet

from broadsheet.editorial.models import Author, Topic


class AuthorViewSet(SnippetViewSet):
    model = Author
    icon = "user"
    menu_label = _("Authors")
    menu_order = 120
    add_to_admin_menu = True
    list_display: Any = ["name", "role", "edition"]
    list_filter: Any = ["edition"]


class TopicViewSet(SnippetViewSet):
    model = Topic
    icon = "tag"
    menu_label = _("Topics")
    menu_order = 130
    add_to_admin_menu = True
    list_display: Any = ["name", "description"]


register_snippet(AuthorViewSet)
register_snippet(TopicViewSet)
