"""Who may move another system's export in, and the base of the pages for moving in and out."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.generic.base import TemplateResponseMixin, View
from wagtail.admin.views.generic import WagtailAdminTemplateMixin

from broadsheet.importers.models import Import


def may_import(user: Any) -> bool:
    return bool(user.has_perm("importers.add_import"))


class DeskPage(WagtailAdminTemplateMixin, TemplateResponseMixin, View):
    def allows(self, user: Any) -> bool:
        raise NotImplementedError

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not self.allows(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)


class ImportsPage(DeskPage):
    header_icon = "upload"
    moving: Import | None = None

    def allows(self, user: Any) -> bool:
        return may_import(user)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        found = [*self.breadcrumbs_items, {"url": reverse("imports:index"), "label": _("Imports")}]
        if self.moving:
            found.append({"url": reverse("imports:import", args=[self.moving.pk]), "label": str(self.moving)})
        return [*found, {"url": "", "label": self.get_page_title()}]
