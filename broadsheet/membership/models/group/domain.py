from django.db import models
from django.utils.translation import gettext_lazy as _

from broadsheet.membership.addresses import DomainField
from broadsheet.platform import clock


class GroupDomain(models.Model):
    """A domain whose mailboxes get a seat each while there are some; its subdomains are others."""

    group = models.ForeignKey("membership.Group", on_delete=models.CASCADE, related_name="domains")
    domain = DomainField(_("mailbox domain"), max_length=253)
    added_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("mailbox domain")
        ordering = ["domain"]
        constraints = [
            models.UniqueConstraint(fields=["group", "domain"], name="group_domain_once"),
        ]
        indexes = [models.Index(fields=["domain"], name="group_domain")]

    def __str__(self) -> str:
        return str(self.domain)
