"""Wagtail loads this: where imports and exports stand at the desk, which itself knows nothing of them."""

from typing import Any

from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, URLResolver, include, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from broadsheet.importers.pages import acting, exporting, mapping, showing, uploading
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
export_urls = (
    [
        path("", exporting.IndexView.as_view(), name="index"),
        path("<int:pk>/progress/", exporting.ProgressView.as_view(), name="progress"),
        path("<int:pk>/file/", exporting.download, name="download"),
        path("<int:pk>/delete/", exporting.delete, name="delete"),
    ],
    "exports",
)


@hooks.register("register_admin_urls")
def register_urls() -> list[URLPattern | URLResolver]:
    return [
        path("imports/", include(urls, namespace="imports")),
        path("exports/", include(export_urls, namespace="exports")),
    ]


class ImportsMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return may_import(request.user)


@hooks.register("register_settings_menu_item")
def register_menu_item() -> MenuItem:
    return ImportsMenuItem(_("Imports"), reverse("imports:index"), icon_name="upload", order=900)


class ExportsMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return exporting.may_export(request.user)


@hooks.register("register_settings_menu_item")
def register_exports_menu_item() -> MenuItem:
    return ExportsMenuItem(_("Exports"), reverse("exports:index"), icon_name="download", order=901)


@hooks.register("register_permissions")
def register_permissions() -> QuerySet[Permission]:
    """What can be given to a group in the desk."""
    return Permission.objects.filter(
        content_type__app_label="importers", codename__in=["add_import", "add_export"]
    )


@hooks.register("register_log_actions")
def register_actions(actions: Any) -> None:
    actions.register_action("importers.read", _("Read an export"), _("Export read"))
    actions.register_action("importers.carry_out", _("Carry out an import"), _("Import begun"))
    actions.register_action("importers.undo", _("Undo an import"), _("Import undone"))
    actions.register_action("exports.begin", _("Begin an export"), _("Export begun"))
    actions.register_action("exports.download", _("Take an export away"), _("Export downloaded"))
    actions.register_action("exports.delete", _("Delete an export’s file"), _("Export’s file deleted"))
