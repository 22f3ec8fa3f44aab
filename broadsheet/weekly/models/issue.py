from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple, Self
from uuid import uuid4
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db import models
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.fields import RichTextField, StreamField

from broadsheet.editorial.body import INLINE_FEATURES
from broadsheet.editorial.charts.block import ChartBlock
from broadsheet.editorial.zones import zone_of
from broadsheet.platform import clock
from broadsheet.platform.days import day_of, span
from broadsheet.platform.edition_field import EditionTagField
from broadsheet.platform.http.addresses import absolute
from broadsheet.weekly.models.arranging import Arranging
from broadsheet.weekly.models.life import Life, State

if TYPE_CHECKING:
    from broadsheet.weekly.models.contents import (
        Department,
        IssueCorrection,
        IssueItem,
        IssueLetter,
        LeftOut,
    )

WEEK = timedelta(days=7)
DAY = timedelta(days=1)

MOST_COVER_LINES = 4
LONGEST_COVER_LINE = 90
"""Characters."""


def validate_cover_lines(text: str) -> None:
    lines = [line for line in text.splitlines() if line.strip()]
    if len(lines) > MOST_COVER_LINES:
        raise ValidationError(_("A cover has at most %d lines.") % MOST_COVER_LINES)
    if any(len(line) > LONGEST_COVER_LINE for line in lines):
        raise ValidationError(_("A line on the cover has at most %d characters.") % LONGEST_COVER_LINE)


class NumbersBlock(blocks.StreamBlock):
    """“The week in numbers”."""

    chart = ChartBlock()


class Proposal(NamedTuple):
    number: int
    first_day: date
    last_day: date


class WeeklyIssueQuerySet(models.QuerySet["WeeklyIssue"]):
    def published(self) -> Self:
        return self.filter(state=State.PUBLISHED)

    def of(self, edition: str) -> Self:
        return self.filter(edition=edition)

    def newest_first(self) -> Self:
        return self.order_by("-number")

    def due(self) -> Self:
        return self.filter(state=State.SCHEDULED, publish_at__lte=clock.now())

    def proposed(self, edition: str) -> Proposal:
        """The next number, and the seven days after those of the last issue; at first those that ended
        yesterday."""
        last = self.of(edition).newest_first().first()
        if last:
            first_day = self.of(edition).aggregate(last=models.Max("last_day"))["last"] + DAY
        else:
            first_day = day_of(clock.now(), zone_of(edition)) - WEEK
        return Proposal(last.number + 1 if last else 1, first_day, first_day + WEEK - DAY)


class WeeklyIssue(Arranging, Life, models.Model):
    """A magazine of what was published between two days, arranged by hand."""

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    edition = EditionTagField()
    number = models.PositiveIntegerField(_("number"))
    first_day = models.DateField(_("first day"))
    last_day = models.DateField(_("last day"))
    cover = models.ForeignKey(
        "editorial.Picture",
        on_delete=models.PROTECT,
        verbose_name=_("cover picture"),
        null=True,
        blank=True,
        related_name="+",
    )
    cover_lines = models.TextField(
        _("lines on the cover"),
        blank=True,
        validators=[validate_cover_lines],
        help_text=_("One a line, at most %d. The first is the largest.") % MOST_COVER_LINES,
    )
    note = RichTextField(_("editor’s note"), features=INLINE_FEATURES, blank=True)
    note_by = models.CharField(_("signed by"), max_length=120, blank=True)
    numbers = StreamField(NumbersBlock(), verbose_name=_("the week in numbers"), blank=True)
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.DRAFT, editable=False)
    publish_at = models.DateTimeField(_("publish at"), null=True, blank=True)
    published_at = models.DateTimeField(null=True, editable=False)
    # Whoever saves what they saw in an older version is told that somebody else has changed it.
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    objects = WeeklyIssueQuerySet.as_manager()

    class Meta:
        verbose_name = _("weekly issue")
        verbose_name_plural = _("weekly issues")
        constraints = [
            models.UniqueConstraint(fields=["edition", "number"], name="weekly_issue_number_once"),
            models.CheckConstraint(condition=models.Q(number__gte=1), name="weekly_issue_number_is_positive"),
            models.CheckConstraint(
                condition=models.Q(last_day__gte=models.F("first_day")),
                name="weekly_issue_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=State.values), name="weekly_issue_has_a_state"
            ),
            models.CheckConstraint(
                condition=~models.Q(state=State.SCHEDULED) | models.Q(publish_at__isnull=False),
                name="weekly_issue_scheduled_has_a_moment",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=[State.PUBLISHED, State.WITHDRAWN], published_at__isnull=False)
                | models.Q(state__in=[State.DRAFT, State.SCHEDULED], published_at=None),
                name="weekly_issue_published_has_a_moment",
            ),
        ]
        indexes = [models.Index(fields=["state", "publish_at"], name="weekly_issue_by_state")]

    def __str__(self) -> str:
        return f"{self.edition} {self.number}"

    if TYPE_CHECKING:
        departments: models.QuerySet[Department]
        items: models.QuerySet[IssueItem]
        letters: models.QuerySet[IssueLetter]
        left_out: models.QuerySet[LeftOut]
        corrections: models.QuerySet[IssueCorrection]

    @property
    def zone(self) -> ZoneInfo:
        return zone_of(self.edition)

    @property
    def dates(self) -> str:
        return span(self.first_day, self.last_day)

    @property
    def title(self) -> str:
        """As it stands in lists."""
        return gettext("No. %(number)d, %(dates)s") % {"number": self.number, "dates": self.dates}

    @property
    def path(self) -> str:
        """Its address within the site, under its edition."""
        with translation.override(self.edition):
            return reverse("weekly_issue", args=[self.number])

    @property
    def url(self) -> str:
        return absolute(self.path)

    @property
    def lines(self) -> list[str]:
        """Those of the cover."""
        return [line.strip() for line in self.cover_lines.splitlines() if line.strip()]
