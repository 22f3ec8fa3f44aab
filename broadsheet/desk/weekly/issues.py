"""The list of weekly issues, those to come and those that were."""

from typing import Any

import django_filters
from django.db.models import Count, QuerySet
from django.forms import CheckboxSelectMultiple
from django.urls import path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, DateColumn, NumberColumn, StatusTagColumn, TitleColumn
from wagtail.admin.views import generic
from wagtail.admin.viewsets.base import ViewSet
from wagtail.admin.widgets.button import HeaderButton
from wagtail.permission_policies import ModelPermissionPolicy

from broadsheet.desk.long_lists import list_patterns
from broadsheet.desk.weekly import acts
from broadsheet.desk.weekly.access import WeeklyMenuItem, may_edit_weekly
from broadsheet.desk.weekly.arrange import ArrangeView
from broadsheet.desk.weekly.cover import CoverView
from broadsheet.desk.weekly.files import make_again
from broadsheet.desk.weekly.flatplan import FlatplanView
from broadsheet.desk.weekly.issue import WeeklyIssueView
from broadsheet.desk.weekly.making import MakeView
from broadsheet.desk.weekly.preflight import PreflightView
from broadsheet.desk.weekly.short_form import ShortFormView
from broadsheet.platform.edition_field import editions
from broadsheet.weekly.models import State, WeeklyIssue


class WeeklyIssueFilters(WagtailFilterSet):
    state = django_filters.MultipleChoiceFilter(
        label=_("State"), choices=State.choices, widget=CheckboxSelectMultiple
    )
    edition = django_filters.ChoiceFilter(label=_("Edition"), choices=editions, empty_label=_("Any"))

    class Meta:
        model = WeeklyIssue
        fields: tuple[str, ...] = ()


class MomentColumn(DateColumn):
    """When it was published, or is to be."""

    def get_value(self, instance: WeeklyIssue) -> Any:
        return instance.published_at or instance.publish_at


class WeeklyIssueIndex(generic.IndexView):
    model = WeeklyIssue
    page_title = _("Weekly issues")
    header_icon = "doc-full-inverse"
    results_template_name = "desk/weekly/issues_results.html"
    permission_policy = ModelPermissionPolicy(WeeklyIssue)
    permission_required = "view"
    any_permission_required = None
    default_ordering = "-first_day"
    paginate_by = 30
    filterset_class = WeeklyIssueFilters

    @cached_property
    def columns(self) -> list[Column]:
        return [
            TitleColumn(
                "number", label=_("Issue"), accessor="title", url_name="weekly:issue", sort_key="number"
            ),
            Column("edition", label=_("Edition"), accessor="get_edition_display", sort_key="edition"),
            StatusTagColumn(
                "state",
                label=_("State"),
                accessor="get_state_display",
                primary=lambda issue: issue.state == State.PUBLISHED,
            ),
            NumberColumn("articles", label=_("Articles"), accessor="articles"),
            MomentColumn("published_at", label=_("Published"), sort_key="published_at"),
        ]

    def get_base_queryset(self) -> QuerySet[WeeklyIssue]:
        rows: QuerySet[WeeklyIssue] = WeeklyIssue.objects.annotate(articles=Count("items"))
        return rows.defer("numbers", "note")

    def order_queryset(self, queryset: QuerySet[WeeklyIssue]) -> QuerySet[WeeklyIssue]:
        """Those of the same days by their edition, week after week."""
        ordered: QuerySet[WeeklyIssue] = super().order_queryset(queryset)
        return ordered.order_by(*ordered.query.order_by, "edition", "-pk")

    @property
    def header_buttons(self) -> list[Any]:
        if not may_edit_weekly(self.request.user):
            return []
        return [HeaderButton(_("Make the next issue"), url=reverse("weekly:make"), icon_name="plus")]


class WeeklyIssueViewSet(ViewSet):
    name = "weekly"
    model = WeeklyIssue
    icon = "doc-full-inverse"
    menu_label = _("Weekly issues")
    menu_order = 112
    add_to_admin_menu = True
    menu_item_class = WeeklyMenuItem

    def get_urlpatterns(self) -> list[Any]:
        return [
            *list_patterns(self, WeeklyIssueIndex),
            path("make/", MakeView.as_view(), name="make"),
            path("<int:pk>/", WeeklyIssueView.as_view(), name="issue"),
            path("<int:pk>/arrange/", ArrangeView.as_view(), name="arrange"),
            path("<int:pk>/short-form/<int:item>/", ShortFormView.as_view(), name="short_form"),
            path("<int:pk>/cover/", CoverView.as_view(), name="cover"),
            path("<int:pk>/flatplan/", FlatplanView.as_view(), name="flatplan"),
            path("<int:pk>/preflight/", PreflightView.as_view(), name="preflight"),
            path("<int:pk>/files/<slug:kind>/make/", make_again, name="make_file"),
            path("<int:pk>/publish/", acts.Publish.as_view(), name="publish"),
            path("<int:pk>/take-back/", acts.TakeBack.as_view(), name="take_back"),
            path("<int:pk>/withdraw/", acts.Withdraw.as_view(), name="withdraw"),
            path("<int:pk>/show-again/", acts.ShowAgain.as_view(), name="show_again"),
            path("<int:pk>/correct/", acts.Correct.as_view(), name="correct"),
        ]
