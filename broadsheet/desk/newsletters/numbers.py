"""What became of an issue, and how a newsletter grows: charts, the tables beside them, and CSV."""

from typing import Any, cast

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic.base import TemplateResponseMixin, View
from wagtail.admin.views.generic import WagtailAdminTemplateMixin

from broadsheet.desk.mail.progress import Progress, progress_of
from broadsheet.desk.newsletters.access import IssuePage
from broadsheet.newsletters import numbers
from broadsheet.newsletters.archive import published
from broadsheet.newsletters.models import Issue, Newsletter
from broadsheet.platform.charts.over_time import bars, lines
from broadsheet.platform.charts.ranked import ranked
from broadsheet.platform.charts.series import Series
from broadsheet.platform.csv_files import csv_file
from broadsheet.platform.days import on_axis

MOST_LINKS = 12
"""In the chart; the table has all."""
MOST_ISSUES = 30


class IssueNumbersView(IssuePage):
    template_name = "desk/newsletters/issue_numbers.html"
    page_title = gettext_lazy("Numbers")
    header_icon = "table"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        links = numbers.clicks_by_link(self.issue)
        if "csv" in request.GET:
            rows = [(one.text, one.url, one.people, one.machines) for one in links]
            headings = [_("Link"), _("Leads to"), _("Clicks"), _("By machines")]
            return csv_file(f"clicks-{self.issue.newsletter.slug}-{self.issue.pk}", headings, rows)
        return self.render_to_response(self.get_context_data(links=links))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        links: list[numbers.LinkClicks] = context["links"]
        days = numbers.clicks_by_day(self.issue)
        send = self.issue.send
        followed = [(one.text, one.people) for one in links if one.people][:MOST_LINKS]
        return context | {
            "progress": Progress(send.counts()) if send else None,
            "left_after": numbers.leavers_after(self.issue),
            "people": sum(one.people for one in links),
            "machines": sum(one.machines for one in links),
            "by_variant": sorted(numbers.clicks_by_variant(self.issue).items()),
            "links_plot": ranked(_("Clicks by link"), followed),
            "days_plot": bars(
                _("Clicks by day"),
                [on_axis(day) for day, _people, _machines in days],
                [
                    Series(_("People"), [people for _day, people, _machines in days]),
                    Series(_("Machines"), [machines for _day, _people, machines in days]),
                ],
            ),
            "days": days,
        }


class NewsletterNumbersView(WagtailAdminTemplateMixin, TemplateResponseMixin, View):
    template_name = "desk/newsletters/newsletter_numbers.html"
    page_title = gettext_lazy("Numbers")
    header_icon = "table"

    @cached_property
    def newsletter(self) -> Newsletter:
        return get_object_or_404(Newsletter, pk=self.kwargs["pk"])

    def get_page_subtitle(self) -> str:
        return self.newsletter.name

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not request.user.has_perm("newsletters.view_issue"):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *self.breadcrumbs_items,
            {"url": reverse("newsletters:index"), "label": _("Newsletters")},
            {"url": "", "label": _("Numbers of %s") % self.newsletter.name},
        ]

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        weeks = numbers.growth(self.newsletter)
        if request.GET.get("csv") == "issues":
            rows = [(str(issue), issue.number, issue.send_on, *counts) for issue, counts in self.issues]
            return csv_file(f"issues-{self.newsletter.slug}", [str(one) for one in ISSUES], rows)
        if "csv" in request.GET:
            headings = [_("Week from"), _("Joined"), _("Left"), _("Readers")]
            rows_of_weeks = [(week.begins, week.joined, week.left, week.readers) for week in weeks]
            return csv_file(f"growth-{self.newsletter.slug}", headings, rows_of_weeks)
        return self.render_to_response(self.get_context_data(weeks=weeks))

    @cached_property
    def issues(self) -> list[tuple[Issue, tuple[int, ...]]]:
        """The newest, each with its `COUNTS`."""
        found = list(published(self.newsletter.issues.select_related("newsletter"))[:MOST_ISSUES])
        sends = numbers.sends_of(found)
        progress = progress_of(sends.values())
        clicks = numbers.clicks_of(found)
        rows: list[tuple[Issue, tuple[int, ...]]] = []
        for issue in found:
            send = sends.get(issue.pk)
            counts = progress[send.pk].counts if send else {}
            sent = progress[send.pk].went if send else 0
            rows.append(
                (
                    issue,
                    (sent, counts.get("bounced", 0), counts.get("complained", 0), clicks.get(issue.pk, 0)),
                )
            )
        return rows

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        weeks = cast("list[numbers.Week]", context["weeks"])
        newsletter = self.newsletter
        labels = [on_axis(week.begins) for week in weeks]
        places = numbers.sign_ups_by_place(newsletter)
        return context | {
            "newsletter": newsletter,
            "issues": self.issues,
            "readers": weeks[-1].readers,
            "newest_first": weeks[::-1],
            "growth_plot": lines(
                _("Readers by week"), labels, [Series(_("Readers"), [week.readers for week in weeks])]
            ),
            "change_plot": bars(
                _("Joined and left, by week"),
                labels,
                [
                    Series(_("Joined"), [week.joined for week in weeks]),
                    Series(_("Left"), [-week.left for week in weeks]),
                ],
            ),
            "places": places,
            "places_plot": ranked(_("Where they signed up"), places),
            "ways": numbers.leavers_by_way(newsletter),
            "reasons": numbers.leavers_by_reason(newsletter),
            "words": numbers.words_of_leavers(newsletter),
        }


ISSUES = (
    gettext_lazy("Issue"),
    gettext_lazy("Number"),
    gettext_lazy("Day"),
    gettext_lazy("Submitted"),
    gettext_lazy("Bounced"),
    gettext_lazy("Complained"),
    gettext_lazy("Clicks"),
)
