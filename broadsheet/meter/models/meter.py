from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.contrib.settings.models import BaseGenericSetting, register_setting

from broadsheet.meter.allowance import Allowance


@register_setting(icon="lock", order=2)
class Meter(BaseGenericSetting):
    """How many metered articles a calendar month opens."""

    strangers = models.PositiveSmallIntegerField(
        _("without an account"), default=1, help_text=_("0: registration before the first article.")
    )
    readers = models.PositiveSmallIntegerField(
        _("registered"), default=5, help_text=_("Articles a month with a free account.")
    )

    panels: ClassVar = [FieldPanel("strangers"), FieldPanel("readers")]

    class Meta:
        verbose_name = _("meter")

    def __str__(self) -> str:
        return f"{self.strangers} / {self.readers}"

    @property
    def allowance(self) -> Allowance:
        return Allowance(self.strangers, self.readers)
