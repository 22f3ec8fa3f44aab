from typing import Any

from django.http import HttpRequest
from django.urls import include, path, reverse, reverse_lazy
from django.utils.translation import gettext_lazy as _
from django.views.generic import RedirectView
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from broadsheet.desk.identity import pages, preview
from broadsheet.desk.identity.scope import ALL, may_change_identity

urls = (
    [
        path("", RedirectView.as_view(url=reverse_lazy("identity:edit", args=[ALL])), name="index"),
        path("<slug:key>/", pages.EditView.as_view(), name="edit"),
        path("<slug:key>/preview/", pages.PreviewView.as_view(), name="preview"),
        path("<slug:key>/preview/<slug:page>/", preview.frame, name="frame"),
        path("<slug:key>/apply/", pages.apply, name="apply"),
        path("<slug:key>/drop/", pages.drop, name="drop"),
        path("<slug:key>/follow/", pages.follow, name="follow"),
        path("<slug:key>/former/<int:pk>/", pages.bring_back, name="bring_back"),
    ],
    "identity",
)


@hooks.register("register_admin_urls")
def register_urls() -> list[Any]:
    return [path("identity/", include(urls, namespace="identity"))]


class IdentityMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return may_change_identity(request.user)


@hooks.register("register_settings_menu_item")
def register_menu_item() -> MenuItem:
    return IdentityMenuItem(_("Identity"), reverse("identity:edit", args=[ALL]), icon_name="view", order=0)
