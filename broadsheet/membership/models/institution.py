from collections.abc import Mapping
from datetime import datetime
from typing import Any, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel

from broadsheet.membership import admission
from broadsheet.membership.addresses import DomainField, NetworkField, domain_of, network_in, sort_key
from broadsheet.platform import clock
from broadsheet.platform.proxy import address_in


class InstitutionQuerySet(models.QuerySet["Institution"]):
    def live(self, at: datetime | None = None) -> Self:
        """Those whose contract runs `at` a moment (now, unless told): half-open, exact to the second."""
        at = at or clock.now()
        return self.filter(Q(ends_at=None) | Q(ends_at__gt=at), starts_at__lte=at)

    def having_address(self, address: str) -> Self:
        """Those with a network that holds `address`, as REMOTE_ADDR says it; none for what is no address."""
        found = address_in(address)
        if found is None:
            return self.none()
        key = sort_key(found)
        networks = InstitutionNetwork.objects.filter(first__lte=key, last__gte=key)
        return self.filter(pk__in=networks.values("institution"))

    def having_mailbox(self, email: str) -> Self:
        """Those with the domain of `email`, which must be proven: that of a `Person` is."""
        domains = InstitutionDomain.objects.filter(domain=domain_of(email))
        return self.filter(pk__in=domains.values("institution"))

    def admitting(self, cookies: Mapping[str, str]) -> Self:
        """The one that let this browser in within the last 12 hours, if its contract still runs."""
        pk = admission.admitted(cookies)
        return self.none() if pk is None else self.live().filter(pk=pk)


class Institution(ClusterableModel):
    """A library, school or firm whose people read without limit for as long as its contract runs.

    They are known by the address they come from, or by a mailbox at its domain.
    """

    name = models.CharField(_("name"), max_length=200)
    starts_at = models.DateTimeField(_("starts"), default=clock.now)
    ends_at = models.DateTimeField(
        _("ends"),
        null=True,
        blank=True,
        help_text=_("The moment at which the contract ends. Empty: until further notice."),
    )
    note = models.TextField(_("note"), blank=True, help_text=_("For the staff alone, such as whom to call."))

    objects = InstitutionQuerySet.as_manager()

    class Meta:
        verbose_name = _("institution")
        verbose_name_plural = _("institutions")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at=None) | Q(ends_at__gt=F("starts_at")),
                name="institution_ends_after_start",
                violation_error_message=_("It must end after it begins."),
            )
        ]

    def __str__(self) -> str:
        return self.name

    def is_live(self, at: datetime | None = None) -> bool:
        """Whether its contract runs `at` a moment (now, unless told)."""
        at = at or clock.now()
        return self.starts_at <= at and (self.ends_at is None or at < self.ends_at)

    @property
    def state(self) -> str:
        """Where its contract stands now, in a word or two."""
        if self.is_live():
            return gettext("Runs")
        return gettext("To come") if self.starts_at > clock.now() else gettext("Ended")


class InstitutionNetwork(models.Model):
    """One range of addresses. `first` and `last` are what an address is compared with: see `sort_key`."""

    institution = ParentalKey(Institution, on_delete=models.CASCADE, related_name="networks")
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


class InstitutionDomain(models.Model):
    """A domain whose mailboxes belong to the institution's people; its subdomains are others."""

    institution = ParentalKey(Institution, on_delete=models.CASCADE, related_name="domains")
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
