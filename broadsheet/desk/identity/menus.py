"""Settings → Menus: a row for each edition."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import IndexView, SnippetViewSet

from broadsheet.editorial.models import Edition
from broadsheet.identity.models import Menus


class MenusIndex(IndexView):
    """Each edition has its menus, so that nobody must add or miss a row."""

    def get_base_queryset(self) -> QuerySet[Menus]:
        for edition in Edition.objects.all():
            Menus.objects.get_or_create(edition_id=edition.locale_id)
        rows: QuerySet[Menus] = super().get_base_queryset()
        return rows


class MenusViewSet(SnippetViewSet):
    model = Menus
    icon = "list-ul"
    menu_label = _("Menus")
    menu_order = 1
    add_to_settings_menu = True
    index_view_class = MenusIndex
    list_display: Any = ["__str__"]
    copy_view_enabled = False


register_snippet(MenusViewSet)
