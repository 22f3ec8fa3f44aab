"""The report of whose voices articles carry over time: who is quoted, in which roles, and which sides."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

import django_filters
from django.db.models import Count, DateField, OuterRef, QuerySet, Subquery, TextChoices
from django.db.models.functions import Trunc
from django.forms import CheckboxSelectMultiple, RadioSelect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.functional import cached_property
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.tables import Column, NumberColumn, TitleColumn
from wagtail.admin.views.reports import ReportView
from wagtail.permission_policies import ModelPermissionPolicy

from broadsheet.desk.csv_files import WithoutFormulas
from broadsheet.desk.newsroom.articles import EditionFilter, FiltersByEdition, SectionFilter
from broadsheet.desk.paywall.opens import ChartColumn, CountsMenuItem
from broadsheet.editorial.models import Article, Author, Edition, Section
from broadsheet.evidence.models import Position, Quotation, Speaker
from broadsheet.insights.models import HourlyCount
from broadsheet.platform import clock
from broadsheet.platform.charts.over_time import bars
from broadsheet.platform.charts.series import Series
from broadsheet.platform.charts.spark import spark
from broadsheet.platform.days import month_on_axis, on_axis

IN_PLOT = 5
"""So many voices have a colour; all others are one more."""


class By(TextChoices):
    SPEAKER = "speaker", _("Speakers")
    ROLE = "role", _("Roles at the time")
    KIND = "kind", _("Persons, bodies and groups")
    SIDE = "side", _("Sides: who holds positions")


@dataclass(frozen=True, slots=True)
class Counting:
    """What is counted, and by which of its columns; the first tells voices apart, the second names them."""

    rows: type[Quotation] | type[Position]
    columns: tuple[str, ...]
    label: Any

    @property
    def key(self) -> str:
        return self.columns[0]


COUNTED = {
    By.SPEAKER: Counting(
        Quotation, ("speaker", "speaker__name", "speaker__kind", "speaker__slug"), _("Quotations")
    ),
    By.ROLE: Counting(Quotation, ("role", "role"), _("Quotations")),
    By.KIND: Counting(Quotation, ("speaker__kind", "speaker__kind"), _("Quotations")),
    By.SIDE: Counting(Position, ("holder", "holder__name", "holder__kind", "holder__slug"), _("Positions")),
}


class Time(TextChoices):
    MONTH = "30d", _("30 days")
    YEAR = "12m", _("12 months")
    DECADE = "10y", _("10 years")

    @property
    def unit(self) -> str:
        return {Time.MONTH: "day", Time.YEAR: "month", Time.DECADE: "year"}[self]

    def begins(self, today: date) -> list[date]:
        """The first days of its days, months or years, the last of which has `today`."""
        if self == Time.MONTH:
            return [date.fromordinal(today.toordinal() - ago) for ago in range(29, -1, -1)]
        if self == Time.DECADE:
            return [date(today.year - ago, 1, 1) for ago in range(9, -1, -1)]
        months = [today.year * 12 + today.month - 1 - ago for ago in range(11, -1, -1)]
        return [date(month // 12, month % 12 + 1, 1) for month in months]

    def label_of(self, day: date) -> str:
        if self == Time.DECADE:
            return str(day.year)
        return on_axis(day) if self == Time.MONTH else month_on_axis(day)


class VoicesFilters(FiltersByEdition):
    by = django_filters.ChoiceFilter(
        label=_("Count"), choices=By.choices, widget=RadioSelect, empty_label=None, method="leave"
    )
    time = django_filters.ChoiceFilter(
        label=_("Time"), choices=Time.choices, widget=RadioSelect, empty_label=None, method="leave"
    )
    edition = EditionFilter(
        label=_("Edition"),
        queryset=lambda request: Edition.objects.order_by("path"),
        widget=CheckboxSelectMultiple,
    )
    section = SectionFilter(
        label=_("Section"),
        queryset=lambda request: Section.objects.order_by("path"),
        widget=CheckboxSelectMultiple,
    )
    author = django_filters.ModelMultipleChoiceFilter(
        label=_("Author"),
        queryset=lambda request: Author.objects.all(),
        widget=CheckboxSelectMultiple,
        method="written_by",
    )

    class Meta:
        model = Article
        fields: tuple[str, ...] = ()

    def written_by(self, articles: Any, name: str, authors: list[Author]) -> Any:
        if not authors:
            return articles
        written = Article.objects.filter(bylines__author__in=authors)
        return articles.filter(pk__in=written.values("pk"))

    def leave(self, found: Any, name: str, value: str) -> Any:
        """The view reads it: it decides what is counted, not in which articles."""
        return found


class Voices(WithoutFormulas, ReportView):
    page_title = _("Whose voices")
    header_icon = "openquote"
    model = Article
    permission_required = "view"
    permission_policy = ModelPermissionPolicy(HourlyCount)
    filterset_class = VoicesFilters
    index_url_name = "voices"
    index_results_url_name = "voices_results"
    results_template_name = "desk/newsroom/voices_results.html"
    no_results_message = _("Nobody was quoted in this time.")
    export_filename = "voices"
    paginate_by = 50

    def setup(self, request: Any, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        by, time = request.GET.get("by", ""), request.GET.get("time", "")
        self.by = By(by) if by in By else By.SPEAKER
        self.time = Time(time) if time in Time else Time.MONTH
        self.counting = COUNTED[self.by]
        self.begins = self.time.begins(timezone.localdate(clock.now()))

    def get_filterset_kwargs(self) -> dict[str, Any]:
        kwargs: dict[str, Any] = super().get_filterset_kwargs()
        data = kwargs["data"].copy()
        data["by"], data["time"] = self.by.value, self.time.value
        return kwargs | {"data": data}

    def get_base_queryset(self) -> QuerySet[Article]:
        """An article in two editions counts once, in the one where it began."""
        forms = Article.objects.live().filter(translation_key=OuterRef("translation_key"))
        began = forms.order_by("pk").values("pk")[:1]
        found: QuerySet[Article] = Article.objects.live().filter(pk=Subquery(began)).order_by()
        return found

    @cached_property
    def rows(self) -> QuerySet[Any]:
        articles = self.filter_queryset(self.get_base_queryset())
        day = Trunc(
            "page__first_published_at",
            self.time.unit,
            output_field=DateField(),
            tzinfo=timezone.get_current_timezone(),
        )
        found: QuerySet[Any] = self.counting.rows._default_manager.filter(page__in=articles.values("pk"))
        return found.order_by().annotate(at=day).filter(at__gte=self.begins[0])

    @cached_property
    def voices(self) -> list[dict[str, Any]]:
        """The most heard first."""
        counted = self.rows.values_list(*dict.fromkeys(self.counting.columns)).annotate(
            number=Count("pk"), articles=Count("page", distinct=True)
        )
        rows = list(counted.order_by("-number", self.counting.columns[1]))
        whole = sum(row[-2] for row in rows)
        found = []
        for key, *more, number, articles in rows:
            kind = more[1] if len(more) > 2 else None
            found.append(
                {
                    "key": key,
                    "name": self._named(key, more),
                    "kind": Speaker.Kind(kind).in_a_word if kind else "",
                    "slug": more[2] if len(more) > 2 else "",
                    "number": number,
                    "share": f"{number_format(round(100 * number / whole, 1), decimal_pos=1)}%",
                    "articles": articles,
                }
            )
        return found

    def _named(self, key: Any, more: list[Any]) -> str:
        match self.by:
            case By.ROLE:
                return str(key or _("No role given"))
            case By.KIND:
                return Speaker.Kind(key).in_a_word
            case _:
                return str(more[0])

    def get_filtered_queryset(self) -> list[dict[str, Any]]:
        return self.voices

    def _by_time(self, keys: Iterable[Any]) -> dict[Any, dict[date, int]]:
        key = self.counting.key
        counted = self.rows.filter(**{f"{key}__in": list(keys)}).values_list(key, "at")
        found: dict[Any, dict[date, int]] = defaultdict(dict)
        for voice, at, number in counted.annotate(number=Count("pk")):
            found[voice][at] = number
        return found

    def decorate_paginated_queryset(self, object_list: Any) -> list[dict[str, Any]]:
        voices = list(object_list)
        over_time = self._by_time(voice["key"] for voice in voices)
        for voice in voices:
            heard = over_time[voice["key"]]
            voice["chart"] = spark([(self.time.label_of(day), heard.get(day, 0)) for day in self.begins])
        return voices

    @property
    def plot(self) -> SafeString:
        """The most heard and all others, over time; nothing where nobody is."""
        if not self.voices:
            return SafeString()
        first = self.voices[:IN_PLOT]
        over_time = self._by_time(voice["key"] for voice in first)
        whole = dict(self.rows.values_list("at").annotate(number=Count("pk")))
        others = [
            whole.get(day, 0) - sum(over_time[voice["key"]].get(day, 0) for voice in first)
            for day in self.begins
        ]
        series = [
            Series(voice["name"], [over_time[voice["key"]].get(day, 0) for day in self.begins])
            for voice in first
        ]
        if any(others):
            series.append(Series(str(_("All others")), others))
        return bars(str(self.counting.label), [self.time.label_of(day) for day in self.begins], series)

    @property
    def columns(self) -> list[Column]:
        named = [Column("name", label=self.by.label)]
        if self.by in {By.SPEAKER, By.SIDE}:
            named = [
                TitleColumn("name", label=self.by.label, get_url=page_of),
                Column("kind", label=_("Kind"), width="18%"),
            ]
        return [
            *named,
            NumberColumn("number", label=self.counting.label, width="10%"),
            NumberColumn("share", label=_("Share"), width="8%"),
            NumberColumn("articles", label=_("Articles"), width="8%"),
            ChartColumn("chart", label=_("Over time"), width="18%"),
        ]

    list_export: Any = ["name", "kind", "number", "share", "articles"]

    @property
    def export_headings(self) -> dict[str, Any]:
        return {
            "name": self.by.label,
            "kind": _("Kind"),
            "number": self.counting.label,
            "share": _("Share"),
            "articles": _("Articles"),
        }

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | {"plot": self.plot}


def page_of(voice: dict[str, Any]) -> str:
    return reverse("speaker", args=[voice["slug"]])


@hooks.register("register_reports_menu_item")
def voices_menu_item() -> MenuItem:
    return CountsMenuItem(
        _("Whose voices"), reverse("voices"), name="voices", icon_name="openquote", order=120
    )


@hooks.register("register_admin_urls")
def voices_urls() -> list[Any]:
    return [
        path("reports/voices/", Voices.as_view(), name="voices"),
        path("reports/voices/results/", Voices.as_view(results_only=True), name="voices_results"),
    ]
