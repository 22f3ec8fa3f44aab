from typing import Any, ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.contrib.settings.models import BaseGenericSetting, register_setting


@register_setting(icon="calendar", order=3)
class SalesPolicy(BaseGenericSetting):
    """How patient the publication is, and how early it speaks."""

    class AfterDispute(models.TextChoices):
        END = "end", _("End the subscription at once")
        CANCEL = "cancel", _("Let it end with its term")
        KEEP = "keep", _("Let it go on")

    grace_days = models.PositiveSmallIntegerField(
        _("days of grace"),
        default=14,
        validators=[MaxValueValidator(90)],
        help_text=_(
            "How long a subscriber reads on after a payment fell due. It holds for subscriptions that begin"
            " from now on."
        ),
    )
    renewal_notice_days = models.PositiveSmallIntegerField(
        _("notice of a yearly renewal"),
        default=30,
        validators=[MinValueValidator(15), MaxValueValidator(45)],
        help_text=_("Days before. Consumer law asks for 15 to 45."),
    )
    offer_notice_days = models.PositiveSmallIntegerField(
        _("notice of the end of a trial or first offer"),
        default=7,
        validators=[MinValueValidator(3), MaxValueValidator(21)],
        help_text=_("Days before. Consumer law asks for 3 to 21."),
    )
    withdrawal_days = models.PositiveSmallIntegerField(
        _("days to withdraw from a contract"),
        default=14,
        help_text=_("Stated on the page that sells and on the page to withdraw. 14 in the European Union."),
    )
    after_dispute = models.CharField(
        _("when a cardholder disputes a payment"),
        max_length=6,
        choices=AfterDispute.choices,
        default=AfterDispute.END,
        help_text=_("Their bank has taken the money back by then, and may give it back again."),
    )

    panels: ClassVar[list[Any]] = [
        FieldPanel("grace_days"),
        FieldPanel("renewal_notice_days"),
        FieldPanel("offer_notice_days"),
        FieldPanel("withdrawal_days"),
        FieldPanel("after_dispute"),
    ]

    class Meta:
        verbose_name = _("sales policy")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(renewal_notice_days__range=(15, 45), offer_notice_days__range=(3, 21)),
                name="sales_policy_speaks_in_time",
            )
        ]

    def __str__(self) -> str:
        return str(_("Sales policy"))
