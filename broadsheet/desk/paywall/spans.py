"""The period of a report of counts, divided into hours or days of the viewer's own time zone."""

from datetime import datetime, time, timedelta
from typing import Any

import django_filters
from django.db.models import TextChoices
from django.db.models.functions import Trunc
from django.forms import RadioSelect
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet
from wagtail.permission_policies import ModelPermissionPolicy

from broadsheet.desk.csv_files import WithoutFormulas
from broadsheet.insights.models import HourlyCount
from broadsheet.platform import clock
from broadsheet.platform.days import on_axis, with_weekday


class Span(TextChoices):
    DAY = "24h", _("24 hours")
    WEEK = "7d", _("7 days")
    MONTH = "30d", _("30 days")

    @classmethod
    def named(cls, written: str) -> "Span":
        return cls(written) if written in cls else cls.DAY

    def moments(self, at: datetime) -> list[datetime]:
        """The starts of its hours or days; the last one contains `at`."""
        local = timezone.localtime(at)
        if self == Span.DAY:
            hour = at.replace(minute=0, second=0, microsecond=0)
            return [hour - timedelta(hours=ago) for ago in range(23, -1, -1)]
        days = {Span.WEEK: 7, Span.MONTH: 30}[self]
        return [
            datetime.combine(local.date() - timedelta(days=ago), time(), tzinfo=local.tzinfo)
            for ago in range(days - 1, -1, -1)
        ]

    @property
    def trunc(self) -> Trunc:
        """The hour or day that a count belongs to, as in `moments`."""
        return Trunc("hour", "hour" if self == Span.DAY else "day", tzinfo=timezone.get_current_timezone())

    def short_label_of(self, moment: datetime) -> str:
        """For an axis, where the moments before it are seen."""
        local = timezone.localtime(moment)
        return date_format(local, "TIME_FORMAT") if self == Span.DAY else on_axis(local)

    def label_of(self, moment: datetime) -> str:
        local = timezone.localtime(moment)
        if self == Span.DAY:
            return f"{date_format(local, 'MONTH_DAY_FORMAT')}, {date_format(local, 'TIME_FORMAT')}"
        return with_weekday(local, "D", "MONTH_DAY_FORMAT")


class SpanFilters(WagtailFilterSet):
    span = django_filters.ChoiceFilter(
        label=_("Time"),
        choices=Span.choices,
        widget=RadioSelect,
        empty_label=None,
        initial=Span.DAY,
        method="leave",
    )

    def leave(self, found: Any, name: str, value: str) -> Any:
        """The view reads the span itself: it decides what is summed, not which rows there are."""
        return found


class SpanReport(WithoutFormulas):
    """What reports of counts share: who may see them, and the span, a day unless another is chosen."""

    permission_required = "view"
    permission_policy = ModelPermissionPolicy(HourlyCount)
    request: Any

    def setup(self, request: Any, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)  # type: ignore[misc]
        self.span = Span.named(request.GET.get("span", ""))
        self.moments = self.span.moments(clock.now())

    def get_filterset_kwargs(self) -> dict[str, Any]:
        kwargs: dict[str, Any] = super().get_filterset_kwargs()  # type: ignore[misc]
        data = kwargs["data"].copy()
        data["span"] = self.span.value
        return kwargs | {"data": data}


def may_see_counts(user: Any) -> bool:
    return bool(SpanReport.permission_policy.user_has_permission(user, "view"))
