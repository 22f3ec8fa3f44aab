"""Wagtail loads this: where imports stand at the desk, which itself knows nothing of them."""

from typing import Any

from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, URLResolver, include, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from broadsheet.importers.pages import acting, mapping, showing, uploading
from broadsheet.importers.pages.access import may_import

urls = (
    [
        path("", showing.IndexView.as_view(), name="index"),
        path("new/", uploading.NewView.as_view(), name="new"),
        path("<int:pk>/", showing.ImportView.as_view(), name="import"),
        path("<int:pk>/progress/", showing.ProgressView.as_view(), name="progress"),
        path("<int:pk>/report.csv", showing.report, name="report"),
        path("<int:pk>/map/", mapping.MapView.as_view(), name="map"),
        path("<int:pk>/carry-out/", acting.begin, name="carry_out"),
        path("<int:pk>/read-again/", acting.read_again, name="read_again"),
        path("<int:pk>/undo/", acting.UndoView.as_view(), name="undo"),
    ],
    "imports",
)


@hooks.register("register_admin_urls")
def register_urls() -> list[URLPattern | URLResolver]:
    return [path("imports/", include(urls, namespace="imports"))]


class ImportsMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return may_import(request.user)


@hooks.register("register_settings_menu_item")
def register_menu_item() -> MenuItem:
    return ImportsMenuItem(_("Imports"), reverse("imports:index"), icon_name="upload", order=900)


@hooks.register("register_permissions")
def register_permissions() -> QuerySet[Permission]:
    """What can be given to a group in the desk."""
    return Permission.objects.filter(content_type__app_label="importers", codename="add_import")


@hooks.register("register_log_actions")
def register_actions(actions: Any) -> None:
    actions.register_action("importers.read", _("Read an export"), _("Export read"))
    actions.register_action("importers.carry_out", _("Carry out an import"), _("Import begun"))
    actions.register_action("importers.undo", _("Undo an import"), _("Import undone"))
