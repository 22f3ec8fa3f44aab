from django.db import models
from django.utils.translation import gettext_lazy as _

from broadsheet.newsletters.models.issue import Issue, Variant


class Link(models.Model):
    """Where something in an issue leads; by its number clicks on it are counted."""

    issue = models.ForeignKey(Issue, on_delete=models.CASCADE, related_name="links")
    number = models.PositiveSmallIntegerField(_("number"))
    url = models.CharField(_("leads to"), max_length=500)
    # None: it leads elsewhere.
    article_uuid = models.UUIDField(null=True, blank=True, db_index=True)
    text = models.CharField(_("text"), max_length=255, blank=True)

    class Meta:
        verbose_name = _("link")
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["issue", "number"], name="link_once_by_number")]

    def __str__(self) -> str:
        return self.text or self.url


class Clicks(models.Model):
    """How often a link was followed on a day, by nobody in particular."""

    link = models.ForeignKey(Link, on_delete=models.CASCADE, related_name="clicks")
    # By the newsletter's edition.
    day = models.DateField(_("day"))
    variant = models.CharField(max_length=1, choices=Variant.choices, blank=True)
    by_people = models.PositiveIntegerField(_("by people"), default=0)
    # HEAD requests and known scanners.
    by_machines = models.PositiveIntegerField(_("by machines"), default=0)

    class Meta:
        verbose_name = _("clicks")
        ordering = ["day", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["link", "day", "variant"], name="clicks_once_for_a_day")
        ]

    def __str__(self) -> str:
        return f"{self.link}, {self.day}"
