"""The report of sources whose links are dead, with the articles that rest on them."""

from collections import defaultdict
from typing import Any

from django.db.models import QuerySet
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.tables import Column, DateColumn, TitleColumn
from wagtail.admin.views.reports import ReportView
from wagtail.permissions import policy_registry

from broadsheet.desk.newsroom.evidence.choosing import LinkColumn
from broadsheet.desk.newsroom.pictures import UsedInColumn
from broadsheet.evidence.models import Citation, Source


def may_mend_sources(user: Any) -> bool:
    return bool(policy_registry.get_by_type(Source).user_has_permission(user, "change"))


class DeadSources(ReportView):
    page_title = _("Sources with dead links")
    header_icon = "link"
    model = Source
    permission_required = "change"
    index_url_name = "dead_sources"
    index_results_url_name = "dead_sources_results"
    default_ordering = "failing_since"
    no_results_message = _("Every link that was tried answers.")
    list_export: Any = ["outlet", "title", "link", "link_answer", "failing_since"]
    columns = [
        TitleColumn(
            "outlet",
            label=_("Source"),
            accessor=str,
            get_url=lambda source: reverse(source.snippet_viewset.get_url_name("edit"), args=[source.pk]),
        ),
        LinkColumn("link", label=_("Link"), width="30%"),
        Column("link_answer", label=_("What it answers")),
        DateColumn("failing_since", label=_("Since"), sort_key="failing_since"),
        UsedInColumn("used_in", label=_("Used in")),
    ]

    def get_base_queryset(self) -> QuerySet[Source]:
        found: QuerySet[Source] = Source.objects.dead()
        return found

    def decorate_paginated_queryset(self, object_list: Any) -> Any:
        sources = list(object_list)
        used_in = defaultdict(list)
        for citation in Citation.objects.filter(source__in=sources).select_related("page"):
            used_in[citation.source_id].append(citation.page)
        for source in sources:
            source.used_in = used_in[source.pk]
        return sources


class SourcesMenuItem(MenuItem):
    def is_shown(self, request: Any) -> bool:
        return may_mend_sources(request.user)


@hooks.register("register_reports_menu_item")
def report_menu_item() -> MenuItem:
    return SourcesMenuItem(
        _("Dead links"), reverse("dead_sources"), name="dead-sources", icon_name="link", order=110
    )


@hooks.register("register_admin_urls")
def report_urls() -> list[Any]:
    return [
        path("reports/dead-links/", DeadSources.as_view(), name="dead_sources"),
        path(
            "reports/dead-links/results/", DeadSources.as_view(results_only=True), name="dead_sources_results"
        ),
    ]
