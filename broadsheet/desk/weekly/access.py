"""Who may do what with weekly issues, the base of their pages, and what is told to whoever saves second."""

from typing import Any, cast

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.generic.base import TemplateResponseMixin, View
from wagtail.admin.menu import MenuItem
from wagtail.admin.views.generic import WagtailAdminTemplateMixin
from wagtail.log_actions import log

from broadsheet.desk.audit import entries_about, name_in_log
from broadsheet.desk.mail.access import name_of
from broadsheet.desk.zones import InAZone
from broadsheet.people.models import Person
from broadsheet.platform.edition_name import edition_name
from broadsheet.weekly.models import WeeklyIssue
from broadsheet.weekly.models.life import EDITABLE

SEE, CHANGE = "weekly.view_weeklyissue", "weekly.change_weeklyissue"
VERSION = "version"
MOST_TOLD = 20


def may_see_weekly(user: Any) -> bool:
    return bool(user.has_perm(SEE))


def may_edit_weekly(user: Any) -> bool:
    return bool(user.has_perm(CHANGE))


class WeeklyMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return may_see_weekly(request.user)


def version_edited(request: HttpRequest) -> int:
    """For which version of an issue the form was shown; one that doesn't say is of a version that is gone."""
    typed = request.POST.get(VERSION, "")
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 10 else -1


def note_change(issue: WeeklyIssue, action: str, person: Person, what: str) -> None:
    """In the log, with the version that it made."""
    data = {"why": "", "what": what, VERSION: issue.version}
    log(issue, action, user=person, data=data, title=name_in_log(issue))


def done_since(issue: WeeklyIssue, version: int) -> list[str]:
    """What others have done to it since that version, the oldest first: “Carla Nwosu: Contents arranged”."""
    told = []
    for entry in entries_about([issue])[:MOST_TOLD]:
        if entry.data.get(VERSION, 0) <= version:
            break
        who = name_of(entry.user) or _("Somebody")
        told.append(f"{who}: {capfirst(entry.message)}")
    return told[::-1]


class WeeklyIssuePage(InAZone, WagtailAdminTemplateMixin, TemplateResponseMixin, View):
    """A page about one issue, in its edition's zone, for people with the permission `needs`."""

    needs = SEE
    header_icon = "doc-full-inverse"
    tab = ""

    def zone(self) -> Any:
        return self.issue.zone

    @cached_property
    def issue(self) -> WeeklyIssue:
        return get_object_or_404(WeeklyIssue.objects.select_related("cover"), pk=self.kwargs["pk"])

    @property
    def person(self) -> Person:
        return cast(Person, self.request.user)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not request.user.has_perm(self.needs):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_page_subtitle(self) -> str:
        return name_of_issue(self.issue)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, *crumbs(self.issue, self.page_title)]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | shared(self.issue, self.person, self.tab)


def name_of_issue(issue: WeeklyIssue) -> str:
    """“No. 12, November 14 – 20, 2026, US”."""
    said = _("%(title)s, %(edition)s")
    return said % {"title": issue.title, "edition": edition_name(issue.edition)}


def crumbs(issue: WeeklyIssue, title: Any) -> list[dict[str, Any]]:
    return [
        {"url": reverse("weekly:index"), "label": _("Weekly issues")},
        {"url": reverse("weekly:issue", args=[issue.pk]), "label": issue.title},
        {"url": "", "label": title},
    ]


def shared(issue: WeeklyIssue, person: Any, tab: str) -> dict[str, Any]:
    """What each of its pages shows at its head."""
    return {
        "issue": issue,
        "issue_name": name_of_issue(issue),
        "tab": tab,
        "may_edit": may_edit_weekly(person),
        "is_editable": issue.state in EDITABLE,
    }
