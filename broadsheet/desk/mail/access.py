"""Who may see which parts of the post room, and the base of its pages that are not lists."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.views.generic.base import TemplateResponseMixin, View
from wagtail.admin.menu import MenuItem
from wagtail.admin.views.generic import WagtailAdminTemplateMixin

from broadsheet.people.models import Person


def may_see_sends(user: Any) -> bool:
    return bool(user.has_perm("delivery.view_send"))


def may_direct_sends(user: Any) -> bool:
    return bool(user.has_perm("delivery.change_send"))


def may_see_addresses(user: Any) -> bool:
    return bool(user.has_perm("delivery.view_recipient"))


def may_lift(user: Any) -> bool:
    return bool(user.has_perm("delivery.change_suppression"))


def name_of(person: Person | None) -> str:
    return (person.get_full_name() or person.email) if person else ""


class AddressMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return may_see_addresses(request.user)


class PostPage(WagtailAdminTemplateMixin, TemplateResponseMixin, View):
    """Only for people with the permission `needs`."""

    needs = "delivery.view_send"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not request.user.has_perm(self.needs):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)
