"""The list of issues, those to come and those that were."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.forms import CheckboxSelectMultiple
from django.urls import path, reverse
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, DateColumn, StatusTagColumn, TitleColumn
from wagtail.admin.views import generic
from wagtail.admin.viewsets.base import ViewSet
from wagtail.admin.widgets.button import HeaderButton
from wagtail.permission_policies import ModelPermissionPolicy

from broadsheet.desk.long_lists import list_patterns
from broadsheet.desk.newsletters.access import IssuesMenuItem
from broadsheet.desk.newsletters.calendar import CalendarView
from broadsheet.desk.newsletters.digest import DigestView
from broadsheet.desk.newsletters.instructions import ApproveView, StopView, hold, resume, take_back
from broadsheet.desk.newsletters.issue import IssueView, ProgressView
from broadsheet.desk.newsletters.new_issue import NewIssueView
from broadsheet.desk.newsletters.numbers import IssueNumbersView
from broadsheet.desk.newsletters.preflight import PreflightView
from broadsheet.desk.newsletters.preview import LetterView, PreviewView, send_test
from broadsheet.desk.newsletters.words import WordsView
from broadsheet.newsletters.models import Issue, Newsletter

State = Issue.State


class IssueFilters(WagtailFilterSet):
    newsletter = django_filters.ModelMultipleChoiceFilter(
        label=_("Newsletter"),
        queryset=lambda request: Newsletter.objects.all(),
        widget=CheckboxSelectMultiple,
    )
    state = django_filters.MultipleChoiceFilter(
        label=_("State"), choices=State.choices, widget=CheckboxSelectMultiple
    )

    class Meta:
        model = Issue
        fields: tuple[str, ...] = ()


class DayColumn(Column):
    """The day of an issue, or that of the series on which a new reader has it."""

    def get_value(self, issue: Issue) -> Any:
        if issue.kind == Issue.Kind.WELCOME:
            return _("day %d") % issue.welcome_day
        return issue.send_on


class IssueIndex(generic.IndexView):
    model = Issue
    page_title = _("Issues")
    header_icon = "mail"
    results_template_name = "desk/newsletters/issues_results.html"
    permission_policy = ModelPermissionPolicy(Issue)
    permission_required = "view"
    any_permission_required = None
    default_ordering = "-send_on"
    paginate_by = 30
    search_fields: Any = ["subject"]
    filterset_class = IssueFilters

    @cached_property
    def columns(self) -> list[Column]:
        return [
            TitleColumn("subject", label=_("Subject"), accessor="__str__", url_name="issues:issue"),
            Column("newsletter", label=_("Newsletter"), accessor="newsletter"),
            DayColumn("send_on", label=_("Day"), sort_key="send_on", width="11%"),
            StatusTagColumn(
                "state",
                label=_("State"),
                accessor="get_state_display",
                primary=lambda issue: issue.state == State.SENDING,
            ),
            Column("kind", label=_("Kind"), accessor=lambda issue: capfirst(issue.get_kind_display())),
            DateColumn("edited_at", label=_("Edited"), sort_key="edited_at", width="13%"),
        ]

    def get_base_queryset(self) -> QuerySet[Issue]:
        return Issue.objects.select_related("newsletter").defer("body")

    @property
    def header_buttons(self) -> list[Any]:
        buttons = [HeaderButton(_("Calendar"), url=reverse("issues:calendar"), icon_name="calendar")]
        if self.request.user.has_perm("newsletters.add_issue"):
            buttons.append(HeaderButton(_("New issue"), url=reverse("issues:add"), icon_name="plus"))
        return buttons


class IssueViewSet(ViewSet):
    name = "issues"
    model = Issue
    icon = "mail"
    menu_label = _("Issues")
    menu_item_class = IssuesMenuItem

    def get_urlpatterns(self) -> list[Any]:
        return [
            *list_patterns(self, IssueIndex),
            path("calendar/", CalendarView.as_view(), name="calendar"),
            path("new/", NewIssueView.as_view(), name="add"),
            path("<int:pk>/", IssueView.as_view(), name="issue"),
            path("<int:pk>/progress/", ProgressView.as_view(), name="progress"),
            path("<int:pk>/digest/", DigestView.as_view(), name="digest"),
            path("<int:pk>/words/", WordsView.as_view(), name="words"),
            path("<int:pk>/preview/", PreviewView.as_view(), name="preview"),
            path("<int:pk>/letter/", LetterView.as_view(), name="letter"),
            path("<int:pk>/test/", send_test, name="test"),
            path("<int:pk>/preflight/", PreflightView.as_view(), name="preflight"),
            path("<int:pk>/numbers/", IssueNumbersView.as_view(), name="numbers"),
            path("<int:pk>/approve/", ApproveView.as_view(), name="approve"),
            path("<int:pk>/take-back/", take_back, name="take_back"),
            path("<int:pk>/hold/", hold, name="hold"),
            path("<int:pk>/resume/", resume, name="resume"),
            path("<int:pk>/stop/", StopView.as_view(), name="stop"),
        ]
