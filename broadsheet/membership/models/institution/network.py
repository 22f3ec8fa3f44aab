from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey

from broadsheet.membership.addresses import NetworkField, network_in, sort_key


class InstitutionNetwork(models.Model):
    """One range of addresses. `first` and `last` are what an address is compared with: see `sort_key`."""

    institution = ParentalKey("membership.Institution", on_delete=models.CASCADE, related_name="networks")
    cidr = NetworkField(
        _("network"),
        max_length=43,
        help_text=_("Such as 192.0.2.0/24 or 2001:db8::/32, or a single address."),
    )
    first = models.BinaryField(max_length=16, editable=False)
    last = models.BinaryField(max_length=16, editable=False)

    class Meta:
        verbose_name = _("network")
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "cidr"],
                name="institution_network_once",
                violation_error_message=_("This network is listed already."),
            ),
            models.CheckConstraint(
                condition=Q(first__gt=b"") & Q(last__gte=F("first")),
                name="institution_network_ends_after_start",
            ),
        ]
        indexes = [models.Index(fields=["first", "last"], name="institution_network_range")]

    def __str__(self) -> str:
        return str(self.cidr)

    def save(self, **kwargs: Any) -> None:
        """Raises ValidationError where `cidr` is no network that an institution may have."""
        network = network_in(self.cidr)
        self.first, self.last = sort_key(network[0]), sort_key(network[-1])
        super().save(**kwargs)
