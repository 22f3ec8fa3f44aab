"""Who may do what with issues, and the base of their pages that are not lists."""

from typing import Any, cast

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic.base import TemplateResponseMixin, View
from wagtail.admin.menu import MenuItem
from wagtail.admin.views.generic import WagtailAdminTemplateMixin

from broadsheet.desk.zones import InAZone
from broadsheet.newsletters.models import Issue
from broadsheet.people.models import Person

VERSION = "version"


def may_see_issues(user: Any) -> bool:
    return bool(user.has_perm("newsletters.view_issue"))


def may_edit_issues(user: Any) -> bool:
    return bool(user.has_perm("newsletters.change_issue"))


def may_see_sign_ups(user: Any) -> bool:
    return bool(user.has_perm("newsletters.view_signup"))


def version_in(request: HttpRequest) -> int | None:
    """Which version of an issue the form was shown for; None where it doesn't say."""
    typed = request.POST.get(VERSION, "")
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 10 else None


def version_edited(request: HttpRequest) -> int:
    """As `version_in`. A form that doesn't say is as good as one for a version that is gone."""
    version = version_in(request)
    return -1 if version is None else version


class IssuesMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return may_see_issues(request.user)


class SignUpsMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return may_see_sign_ups(request.user)


class IssuePage(InAZone, WagtailAdminTemplateMixin, TemplateResponseMixin, View):
    """A page about one issue, in its edition's zone, for people with the permission `needs`."""

    needs = "newsletters.view_issue"
    header_icon = "mail"

    def zone(self) -> Any:
        return self.issue.newsletter.zone

    @cached_property
    def issue(self) -> Issue:
        issues = Issue.objects.select_related("newsletter", "segment", "edited_by")
        return get_object_or_404(issues, pk=self.kwargs["pk"])

    @property
    def person(self) -> Person:
        return cast(Person, self.request.user)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not request.user.has_perm(self.needs):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        record = reverse("issues:issue", args=[self.issue.pk])
        return [
            *self.breadcrumbs_items,
            {"url": reverse("issues:index"), "label": _("Issues")},
            {"url": record, "label": str(self.issue)},
            {"url": "", "label": self.page_title},
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | {"issue": self.issue, "may_edit": may_edit_issues(self.request.user)}
