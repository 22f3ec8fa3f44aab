from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.formats import number_format
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel

from broadsheet.membership.models import Plan
from broadsheet.newsletters.models.label import Label
from broadsheet.newsletters.models.newsletter import Newsletter
from broadsheet.platform.edition_field import EditionTagField


class Segment(ClusterableModel):
    """Some of the readers of a newsletter: those for whom all of its conditions hold."""

    name = models.CharField(_("name"), max_length=80, unique=True)

    class Meta:
        verbose_name = _("segment")
        verbose_name_plural = _("segments")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def rule(self) -> str:
        return "; ".join(map(str, self.conditions.all()))


class Condition(models.Model):
    """One thing that we know of a reader and that they agreed to. Nothing is inferred from reading."""

    class About(models.TextChoices):
        EDITION = "edition", _("the edition is")
        SUBSCRIPTION = "subscription", _("has a subscription")
        PLAN = "plan", _("has the plan")
        NEWSLETTER = "newsletter", _("gets the newsletter")
        READER_FOR = "reader_for", _("has been a reader for so many days, or longer")
        LABEL = "label", _("has the label")

    segment = ParentalKey(Segment, on_delete=models.CASCADE, related_name="conditions")
    about = models.CharField(_("about"), max_length=12, choices=About.choices)
    is_negated = models.BooleanField(_("not"), default=False)
    edition = EditionTagField(blank=True)
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    newsletter = models.ForeignKey(
        Newsletter, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    label = models.ForeignKey(Label, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    days = models.PositiveIntegerField(_("days"), null=True, blank=True, validators=[MinValueValidator(1)])

    class Meta:
        verbose_name = _("condition")
        ordering = ["pk"]
        constraints = [
            # A condition without its value would hold for nobody, or for everybody.
            models.CheckConstraint(
                condition=Q(about="subscription")
                | (Q(about="edition") & ~Q(edition=""))
                | Q(about="plan", plan__isnull=False)
                | Q(about="newsletter", newsletter__isnull=False)
                | Q(about="reader_for", days__isnull=False, days__gte=1)
                | Q(about="label", label__isnull=False),
                name="condition_has_its_value",
                violation_error_message=_("Say of what this condition speaks."),
            )
        ]

    def __str__(self) -> str:
        """“not: has the label “Founding readers””."""
        values = (self.get_edition_display(), self.plan, self.newsletter, self.label)
        value = next((str(value) for value in values if value), "")
        said = f"{self.get_about_display()} “{value}”" if value else self.get_about_display()
        if self.days:
            said = ngettext(
                "has been a reader for %(days)s day or longer",
                "has been a reader for %(days)s days or longer",
                self.days,
            ) % {"days": number_format(self.days, force_grouping=True)}
        return gettext("not: %s") % said if self.is_negated else said
