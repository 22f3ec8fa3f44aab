"""Five weeks of issues: those that are there, and the digests that will be put together."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.translation import gettext_lazy as _
from django.views.generic.base import TemplateResponseMixin, View
from wagtail.admin.views.generic import WagtailAdminTemplateMixin

from broadsheet.desk.newsletters.access import may_see_issues
from broadsheet.editorial.models import Publication
from broadsheet.newsletters.digest.schedule import days_of
from broadsheet.newsletters.models import Issue, Newsletter
from broadsheet.platform import clock
from broadsheet.platform.days import day_of

WEEKS = 5
DAYS = 7


@dataclass(frozen=True, slots=True)
class Planned:
    """A digest that isn't there yet."""

    newsletter: Newsletter


@dataclass(frozen=True, slots=True)
class Day:
    date: date
    is_today: bool
    issues: list[Issue]
    planned: list[Planned]


class CalendarView(WagtailAdminTemplateMixin, TemplateResponseMixin, View):
    template_name = "desk/newsletters/calendar.html"
    page_title = _("Calendar of issues")
    header_icon = "calendar"

    def get(self, request: HttpRequest) -> HttpResponse:
        if not may_see_issues(request.user):
            raise PermissionDenied
        return self.render_to_response(self.get_context_data())

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *self.breadcrumbs_items,
            {"url": reverse("issues:index"), "label": _("Issues")},
            {"url": "", "label": self.page_title},
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        today = day_of(clock.now(), Publication.load().zone)
        first = monday_of(self._asked_for() or today - timedelta(days=DAYS))
        span = timedelta(days=WEEKS * DAYS)
        days = calendar(first, today)
        return super().get_context_data(**kwargs) | {
            "weeks": [days[start : start + DAYS] for start in range(0, WEEKS * DAYS, DAYS)],
            "before": first - span,
            "after": first + span,
            "first": first,
        }

    def _asked_for(self) -> date | None:
        try:
            asked = parse_date(self.request.GET.get("from", ""))
        except ValueError:
            return None
        # Neither the first nor the last days that Python knows: there are weeks before and after.
        return asked if asked and 1970 <= asked.year <= 2200 else None


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def calendar(first: date, today: date) -> list[Day]:
    end = first + timedelta(days=WEEKS * DAYS)
    issues: dict[date, list[Issue]] = defaultdict(list)
    there = set()
    found = Issue.objects.filter(send_on__gte=first, send_on__lt=end).select_related("newsletter")
    for issue in found.defer("body").order_by("send_on", "newsletter__order", "pk"):
        if issue.send_on:
            issues[issue.send_on].append(issue)
            there.add((issue.newsletter_id, issue.send_on))
    planned: dict[date, list[Planned]] = defaultdict(list)
    for newsletter in Newsletter.objects.filter(is_digest=True, is_active=True):
        start = max(first, today)
        for day in days_of(newsletter.frequency, newsletter.weekday, newsletter.month_day, start):
            if day >= end:
                break
            if (newsletter.pk, day) not in there:
                planned[day].append(Planned(newsletter))
    days = (first + timedelta(days=number) for number in range(WEEKS * DAYS))
    return [Day(day, day == today, issues[day], planned[day]) for day in days]
