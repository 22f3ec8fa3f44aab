"""The report of opens: articles by how often they were read."""

from collections import defaultdict
from typing import Any
from uuid import UUID

from django.db.models import OuterRef, QuerySet, Subquery, Sum
from django.forms import CheckboxSelectMultiple
from django.urls import path, reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.tables import Column, DateColumn, NumberColumn, TitleColumn
from wagtail.admin.views.reports import ReportView

from broadsheet.desk.newsroom.articles import EditionFilter, FiltersByEdition
from broadsheet.desk.paywall.spans import Span, SpanFilters, SpanReport, may_see_counts
from broadsheet.editorial.models import Article, Edition
from broadsheet.insights.models import HourlyCount, HourlyCountQuerySet
from broadsheet.platform.charts.spark import spark

type OfArticle = tuple[UUID, str]
"""An article's uuid and the language tag of the edition."""


class OpensFilters(FiltersByEdition, SpanFilters):
    edition = EditionFilter(
        label=_("Edition"),
        queryset=lambda request: Edition.objects.order_by("path"),
        widget=CheckboxSelectMultiple,
    )

    class Meta:
        model = Article
        fields: tuple[str, ...] = ()


class ChartColumn(Column):
    cell_template_name = "desk/paywall/chart.html"


class Opens(SpanReport, ReportView):
    page_title = _("Opens")
    header_icon = "view"
    model = Article
    filterset_class = OpensFilters
    index_url_name = "opens"
    index_results_url_name = "opens_results"
    results_template_name = "desk/paywall/opens_results.html"
    default_ordering = "-opens"
    no_results_message = _("Nothing was opened in this time.")
    export_filename = "opens"
    list_export: Any = ["title", "edition_name", "first_published_at", "opens"]
    export_headings: Any = {
        "title": _("Headline"),
        "edition_name": _("Edition"),
        "first_published_at": _("Published"),
        "opens": _("Opens"),
    }

    @property
    def columns(self) -> list[Column]:
        return [
            TitleColumn("title", label=_("Headline"), get_url=self.decisions_on),
            Column("edition_name", label=_("Edition"), width="10%"),
            DateColumn(
                "first_published_at", label=_("Published"), sort_key="first_published_at", width="14%"
            ),
            NumberColumn("opens", label=_("Opens"), sort_key="opens", width="10%"),
            ChartColumn("chart", label=_("By hour") if self.span == Span.DAY else _("By day"), width="20%"),
        ]

    def decisions_on(self, article: Article) -> str:
        query = {"headline": article.title, "span": self.span.value}
        return f"{reverse('decisions')}?{urlencode(query)}"

    @property
    def counted(self) -> HourlyCountQuerySet:
        return HourlyCount.objects.since(self.moments[0])

    def get_base_queryset(self) -> QuerySet[Article]:
        of_article = self.counted.filter(
            article=OuterRef("translation_key"), edition=OuterRef("locale__language_code")
        )
        opens = of_article.order_by().values("article").annotate(times=Sum("opens")).values("times")
        opened = self.counted.filter(opens__gt=0).values("article")
        articles = Article.objects.filter(translation_key__in=opened).select_related("locale").defer("body")
        found: QuerySet[Article] = articles.annotate(opens=Subquery(opens)).filter(opens__gt=0)
        return found

    def order_queryset(self, queryset: Any) -> Any:
        return queryset.order_by(self.ordering, "pk")

    def decorate_paginated_queryset(self, object_list: Any) -> list[Article]:
        articles: list[Article] = list(object_list)
        names = {edition.locale_id: edition.short_name for edition in Edition.objects.all()}
        opens = self._by_moment([article.uuid for article in articles])
        for article in articles:
            article.edition_name = names.get(article.locale_id, "")
            of_article = opens[article.uuid, article.locale.language_code]
            article.chart = spark(
                [(self.span.label_of(moment), of_article.get(moment, 0)) for moment in self.moments]
            )
        return articles

    def _by_moment(self, uuids: list[UUID]) -> dict[OfArticle, dict[Any, int]]:
        rows = (
            self.counted.filter(article__in=uuids)
            .annotate(at=self.span.trunc)
            .values_list("article", "edition", "at")
            .annotate(times=Sum("opens"))
        )
        found: dict[OfArticle, dict[Any, int]] = defaultdict(dict)
        for article, edition, at, times in rows:
            found[article, edition][at] = times
        return found


class CountsMenuItem(MenuItem):
    def is_shown(self, request: Any) -> bool:
        return may_see_counts(request.user)


@hooks.register("register_reports_menu_item")
def opens_menu_item() -> MenuItem:
    return CountsMenuItem(_("Opens"), reverse("opens"), name="opens", icon_name="view", order=80)


@hooks.register("register_admin_urls")
def opens_urls() -> list[Any]:
    return [
        path("reports/opens/", Opens.as_view(), name="opens"),
        path("reports/opens/results/", Opens.as_view(results_only=True), name="opens_results"),
    ]
