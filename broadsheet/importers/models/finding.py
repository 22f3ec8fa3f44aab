from django.db import models
from django.utils.translation import gettext_lazy as _

from broadsheet.importers.models.moving import Import


class Finding(models.Model):
    """A line of the report: how something is mapped, what is to be repaired, what can't be kept."""

    class Level(models.TextChoices):
        LEFT = "left", _("cannot be kept")
        REPAIR = "repair", _("to repair")
        MAPPED = "mapped", _("mapped")

    class Of(models.TextChoices):
        PLAN = "plan", _("plan")
        CARRYING_OUT = "carrying", _("carrying out")

    moving = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="findings")
    of = models.CharField(max_length=8, choices=Of.choices, default=Of.PLAN)
    level = models.CharField(_("what it means"), max_length=6, choices=Level.choices)
    about = models.CharField(_("about"), max_length=255, blank=True)
    words = models.CharField(_("what"), max_length=500)

    class Meta:
        verbose_name = _("finding")
        ordering = ["pk"]
        indexes = [models.Index(fields=["moving", "level"])]

    def __str__(self) -> str:
        return f"{self.about}: {self.words}" if self.about else self.words
