from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from broadsheet.house import clock
from broadsheet.people.models import Person


class EntitlementQuerySet(models.QuerySet["Entitlement"]):
    def live(self, at: datetime | None = None) -> Self:
        """Those in force `at` a moment (now, unless told): a half-open interval, exact to the second."""
        at = at or clock.now()
        return self.filter(starts_at__lte=at, ends_at__gt=at)

    def entitle(self, person: Person) -> bool:
        """Whether `person` may read without limit now."""
        return self.filter(person=person).live().exists()


class Entitlement(models.Model):
    """The right to read without limit, for a time. Given by staff as a complimentary subscription."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="entitlements"
    )
    starts_at = models.DateTimeField(_("starts"), default=clock.now)
    ends_at = models.DateTimeField(_("ends"), help_text=_("The moment at which the right ends."))
    reason = models.CharField(
        _("reason"), max_length=200, help_text=_("Why it is given; the reader does not see this.")
    )
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="entitlements_given",
    )

    objects = EntitlementQuerySet.as_manager()

    class Meta:
        verbose_name = _("complimentary subscription")
        ordering = ["-starts_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="entitlement_ends_after_start"
            )
        ]
        indexes = [models.Index(fields=["person", "ends_at"])]

    def __str__(self) -> str:
        return f"{self.person}: until {self.ends_at:%-d %B %Y}"
