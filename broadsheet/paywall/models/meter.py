from copy import copy
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, Self
from zoneinfo import ZoneInfo

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel
from wagtail.contrib.settings.models import BaseGenericSetting, register_setting

from broadsheet.editorial.models import Edition, Publication
from broadsheet.paywall.meter_rules import MeterRules
from broadsheet.paywall.period import Period, Span, period_at
from broadsheet.paywall.verdict import Allowance
from broadsheet.platform.kept import Kept, KeptQuerySet, watch

if TYPE_CHECKING:
    from broadsheet.paywall.experiments.models import Variant


SPANS = [
    (Span.MONTH.value, _("A calendar month")),
    (Span.WEEK.value, _("A week, from Monday")),
    (Span.ROLLING.value, _("A number of days, for each article from when it was opened")),
    (Span.LIFETIME.value, _("For ever")),
]


class MeterQuerySet(KeptQuerySet["Meter"]):
    tag = "meter"


@register_setting(icon="lock", order=2)
class Meter(BaseGenericSetting, ClusterableModel):
    """How many metered articles a period opens."""

    span = models.CharField(_("counted by"), max_length=8, choices=SPANS, default=Span.MONTH.value)
    days = models.PositiveSmallIntegerField(
        _("days"),
        default=30,
        validators=[MinValueValidator(1), MaxValueValidator(366)],
        help_text=_("Where it is counted by a number of days."),
    )
    strangers = models.PositiveSmallIntegerField(
        _("without an account"), default=1, help_text=_("0: registration before the first article.")
    )
    readers = models.PositiveSmallIntegerField(
        _("registered"), default=5, help_text=_("Articles each period with a free account.")
    )
    first_grants = models.PositiveIntegerField(
        _("first articles per network and hour"),
        default=60,
        help_text=_(
            "To how many visitors of one network who have opened nothing yet an article is given in an"
            " hour; the others are asked to register. It keeps robots from copying the magazine."
        ),
    )
    gift_links = models.PositiveSmallIntegerField(
        _("gift links a month"),
        default=10,
        help_text=_(
            "How many articles a subscriber may give away each calendar month. 0: none; links that were made"
            " still work."
        ),
    )
    gift_opens = models.PositiveSmallIntegerField(
        _("opens of each"),
        default=10,
        validators=[MinValueValidator(1)],
        help_text=_("To how many people a link opens its article."),
    )
    gift_days = models.PositiveSmallIntegerField(
        _("days of each"),
        default=30,
        validators=[MinValueValidator(1), MaxValueValidator(366)],
        help_text=_("How long a link works."),
    )

    panels: ClassVar[list[Any]] = [
        MultiFieldPanel(
            [FieldRowPanel([FieldPanel("strangers"), FieldPanel("readers")])], _("Articles each period")
        ),
        FieldRowPanel([FieldPanel("span"), FieldPanel("days")], heading=_("Period")),
        InlinePanel(
            "editions",
            label=_("Edition"),
            heading=_("Editions with an allowance of their own"),
            help_text=_("What is opened counts in all editions alike."),
        ),
        FieldPanel("first_grants"),
        MultiFieldPanel(
            [FieldRowPanel([FieldPanel("gift_links"), FieldPanel("gift_opens"), FieldPanel("gift_days")])],
            _("Gift links"),
            help_text=_("What is changed here holds for links made from now on."),
        ),
    ]

    objects = MeterQuerySet.as_manager()

    class Meta:
        verbose_name = _("meter")
        constraints = [
            models.CheckConstraint(condition=models.Q(days__range=(1, 366)), name="meter_days_are_1_to_366"),
            models.CheckConstraint(
                condition=models.Q(gift_opens__gte=1) & models.Q(gift_days__range=(1, 366)),
                name="meter_gifts_open_something_for_1_to_366_days",
            ),
        ]

    if TYPE_CHECKING:
        editions: models.QuerySet["EditionAllowance"]

    def __str__(self) -> str:
        return f"{self.strangers} / {self.readers}"

    @classmethod
    def load(cls, request_or_site: Any = None) -> Self:
        """A copy of what this process keeps; it may be changed and saved."""
        return copy(_kept())

    @property
    def lets_give(self) -> bool:
        """Whether subscribers may give articles away at all."""
        return self.gift_links > 0

    @property
    def allowance(self) -> Allowance:
        return Allowance(self.strangers, self.readers)

    @cached_property
    def _allowances(self) -> dict[str, Allowance]:
        rows = self.editions.values_list("edition__locale__language_code", "strangers", "readers")
        return {tag: Allowance(strangers, readers) for tag, strangers, readers in rows}

    def allowance_in(self, tag: str) -> Allowance:
        """That of the edition with this language tag, else the publication's."""
        return self._allowances.get(tag, self.allowance)

    def rules_in(
        self, tag: str, at: datetime, zone: ZoneInfo, variant: "Variant | None" = None
    ) -> MeterRules:
        """Those of the edition with this language tag at a moment; `zone` is the publication's."""
        usual = self.allowance_in(tag)
        return MeterRules(
            period=self.period_at(at, zone),
            allowance=variant.allowance_over(usual) if variant else usual,
            first_grants=self.first_grants,
            variant=variant.pk if variant else 0,
        )

    def period_at(self, at: datetime, zone: ZoneInfo) -> Period:
        return period_at(at, Span(self.span), zone, self.days)


def meter_rules_in(tag: str, at: datetime, variant: "Variant | None" = None) -> MeterRules:
    """The rules of the edition with this language tag at a moment, in the publication's time zone."""
    meter: Meter = Meter.load()
    return meter.rules_in(tag, at, Publication.load().zone, variant)


class EditionAllowance(models.Model):
    """An edition in which another number of articles is open."""

    meter = ParentalKey(Meter, on_delete=models.CASCADE, related_name="editions")
    edition = models.OneToOneField(Edition, on_delete=models.CASCADE, verbose_name=_("edition"))
    strangers = models.PositiveSmallIntegerField(_("without an account"), default=1)
    readers = models.PositiveSmallIntegerField(_("registered"), default=5)

    panels: ClassVar[list[Any]] = [
        FieldPanel("edition", widget=forms.Select),
        FieldRowPanel([FieldPanel("strangers"), FieldPanel("readers")]),
    ]

    def __str__(self) -> str:
        return f"{self.edition}: {self.strangers} / {self.readers}"


def _read() -> Meter:
    found: Meter = super(Meter, Meter).load()
    found._allowances  # noqa: B018 (read once with the meter, and kept with it)
    return found


_kept = Kept(_read, MeterQuerySet.tag, "outline")
watch(MeterQuerySet.tag, Meter, EditionAllowance)
