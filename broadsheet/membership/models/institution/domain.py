from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey

from broadsheet.membership.addresses import DomainField


class InstitutionDomain(models.Model):
    """A domain whose mailboxes belong to the institution's people; its subdomains are others."""

    institution = ParentalKey("membership.Institution", on_delete=models.CASCADE, related_name="domains")
    domain = DomainField(
        _("mailbox domain"),
        max_length=253,
        help_text=_(
            "What stands behind the @, exactly. Whoever has an account with such an address is let in."
        ),
    )

    class Meta:
        verbose_name = _("mailbox domain")
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "domain"],
                name="institution_domain_once",
                violation_error_message=_("This domain is listed already."),
            )
        ]
        indexes = [models.Index(fields=["domain"], name="institution_domain")]

    def __str__(self) -> str:
        return str(self.domain)
