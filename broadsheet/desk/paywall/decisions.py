"""The report of the wall: which verdicts it gave, and how many of each."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import django_filters
from django.db.models import QuerySet, Sum
from django.forms import CheckboxSelectMultiple
from django.urls import path, reverse
from django.utils.functional import cached_property
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.tables import Column, NumberColumn
from wagtail.admin.views.reports import ReportView

from broadsheet.desk.newsroom.articles import EditionFilter
from broadsheet.desk.paywall.opens import CountsMenuItem
from broadsheet.desk.paywall.spans import Span, SpanFilters, SpanReport
from broadsheet.editorial.models import Article, Edition
from broadsheet.insights.models import HourlyCount
from broadsheet.paywall.verdict import Reason
from broadsheet.platform.charts.over_time import bars
from broadsheet.platform.charts.series import Series

LABELS = {
    Reason.STAFF: _("Staff"),
    Reason.FREE: _("Free article"),
    Reason.SUBSCRIPTION: _("Subscription"),
    Reason.INSTITUTION: _("Institution"),
    Reason.GIFT_LINK: _("Gift link"),
    Reason.NEWSLETTER_LINK: _("Newsletter link"),
    Reason.CRAWLER: _("Search crawler"),
    Reason.GRANTED: _("Opened before"),
    Reason.METER: _("Allowance left"),
    Reason.REGISTER: _("Wall: register"),
    Reason.SUBSCRIBE: _("Wall: subscribe"),
}

GROUPS = (
    (_("Wall"), {Reason.REGISTER, Reason.SUBSCRIBE}),
    (_("By right"), {Reason.STAFF, Reason.SUBSCRIPTION, Reason.INSTITUTION}),
    (_("Free article"), {Reason.FREE}),
    (_("Allowance, or opened before"), {Reason.METER, Reason.GRANTED}),
    (_("By a link"), {Reason.GIFT_LINK, Reason.NEWSLETTER_LINK}),
)
"""What the plot tells apart, from below; everything else is one more."""


class CountsEditionFilter(EditionFilter):
    def filter(self, counts: Any, editions: list[Edition]) -> Any:
        if not editions:
            return counts
        return counts.filter(edition__in=[edition.locale.language_code for edition in editions])


class DecisionsFilters(SpanFilters):
    edition = CountsEditionFilter(
        label=_("Edition"),
        queryset=lambda request: Edition.objects.select_related("locale").order_by("path"),
        widget=CheckboxSelectMultiple,
    )
    headline = django_filters.CharFilter(label=_("Headline contains"), method="about")

    class Meta:
        model = HourlyCount
        fields: tuple[str, ...] = ()

    def about(self, counts: Any, name: str, words: str) -> Any:
        articles = Article.objects.filter(title__icontains=words.strip())
        return counts.filter(article__in=articles.values("translation_key"))


@dataclass(frozen=True, slots=True)
class Total:
    label: str
    decisions: int
    share: float
    """The share of all verdicts, in per cent."""
    opens: int


class Decisions(SpanReport, ReportView):
    page_title = _("Wall")
    header_icon = "lock"
    model = HourlyCount
    filterset_class = DecisionsFilters
    index_url_name = "decisions"
    index_results_url_name = "decisions_results"
    results_template_name = "desk/paywall/decisions_results.html"
    paginate_by = None
    no_results_message = _("The wall decided nothing in this time.")
    export_filename = "wall"

    def get_base_queryset(self) -> QuerySet[HourlyCount]:
        return HourlyCount.objects.since(self.moments[0])

    @cached_property
    def numbers(self) -> dict[str, dict[datetime, tuple[int, int]]]:
        """By reason and by hour or day: verdicts, opens."""
        counted = self.filter_queryset(self.get_base_queryset())
        rows = counted.annotate(at=self.span.trunc).values_list("reason", "at").order_by()
        found: dict[str, dict[datetime, tuple[int, int]]] = defaultdict(dict)
        for reason, at, decisions, opens in rows.annotate(d=Sum("decisions"), o=Sum("opens")):
            found[reason][at] = (decisions, opens)
        return found

    @cached_property
    def reasons(self) -> list[str]:
        """The reasons that occur, in the order of the checks; obsolete ones last."""
        order = {reason.value: place for place, reason in enumerate(Reason)}
        return sorted(self.numbers, key=lambda reason: (order.get(reason, len(order)), reason))

    @property
    def totals(self) -> list[Total]:
        sums = {
            reason: [sum(column) for column in zip(*self.numbers[reason].values(), strict=True)]
            for reason in self.reasons
        }
        everything = sum(decisions for decisions, _opens in sums.values()) or 1
        return [
            Total(label_of(reason), decisions, 100 * decisions / everything, opens)
            for reason, (decisions, opens) in sums.items()
        ]

    @property
    def plot(self) -> SafeString:
        """The verdicts of each hour or day; nothing where there were none."""
        if not self.numbers:
            return SafeString()
        told_apart = {reason for _label, reasons in GROUPS for reason in reasons}
        others = {reason for reason in self.numbers if reason not in told_apart}
        return bars(
            gettext("Verdicts by the hour") if self.span == Span.DAY else gettext("Verdicts by the day"),
            [self.span.short_label_of(moment) for moment in self.moments],
            [
                Series(str(label), self._summed(reasons))
                for label, reasons in (*GROUPS, (_("Robots and others"), others))
                if reasons & self.numbers.keys()
            ],
        )

    def _summed(self, reasons: Iterable[str]) -> list[int]:
        return [
            sum(self.numbers[reason].get(moment, (0, 0))[0] for reason in reasons if reason in self.numbers)
            for moment in self.moments
        ]

    def get_filtered_queryset(self) -> list[dict[str, Any]]:
        """Sums for each hour or day in place of rows of the table, the newest first."""
        if not self.numbers:
            return []
        rows = []
        for moment in reversed(self.moments):
            of_moment = Counter(
                {reason: self.numbers[reason].get(moment, (0, 0))[0] for reason in self.reasons}
            )
            opens = sum(self.numbers[reason].get(moment, (0, 0))[1] for reason in self.reasons)
            when = {"at": moment, "when": self.span.label_of(moment)}
            rows.append(when | of_moment | {"total": of_moment.total(), "opens": opens})
        return rows

    @property
    def columns(self) -> list[Column]:
        return [
            Column("when", label=_("When"), classname="moment"),
            *(NumberColumn(reason, label=label_of(reason)) for reason in self.reasons),
            NumberColumn("total", label=_("Verdicts")),
            NumberColumn("opens", label=_("Opens")),
        ]

    @property
    def list_export(self) -> list[str]:
        return ["at", *self.reasons, "total", "opens"]

    @property
    def export_headings(self) -> dict[str, Any]:
        named = {reason: label_of(reason) for reason in self.reasons}
        return named | {"at": _("From"), "total": _("Verdicts"), "opens": _("Opens")}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | {"totals": self.totals, "plot": self.plot}


def label_of(reason: str) -> str:
    return str(LABELS[Reason(reason)]) if reason in Reason else reason


@hooks.register("register_reports_menu_item")
def decisions_menu_item() -> MenuItem:
    return CountsMenuItem(_("Wall"), reverse("decisions"), name="decisions", icon_name="lock", order=90)


@hooks.register("register_admin_urls")
def decisions_urls() -> list[Any]:
    return [
        path("reports/wall/", Decisions.as_view(), name="decisions"),
        path("reports/wall/results/", Decisions.as_view(results_only=True), name="decisions_results"),
    ]
