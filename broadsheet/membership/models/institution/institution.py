from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from modelcluster.models import ClusterableModel

from broadsheet.delivery.addresses import canonical, domain_of
from broadsheet.membership.addresses import sort_key
from broadsheet.membership.models.institution.domain import InstitutionDomain
from broadsheet.membership.models.institution.network import InstitutionNetwork
from broadsheet.platform import clock
from broadsheet.platform.http.proxy import address_in
from broadsheet.platform.kept import Kept, watch


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
        domains = InstitutionDomain.objects.filter(domain=domain_of(canonical(email)))
        return self.filter(pk__in=domains.values("institution"))

    def may_know(self, address: str, email: str = "") -> bool:
        """False where no institution has such a network or domain, which is so nearly always."""
        known, found = _known(), address_in(address)
        key = sort_key(found) if found else b""
        if any(first <= key <= last for first, last in known.networks):
            return True
        return bool(email and known.domains) and domain_of(canonical(email)) in known.domains


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

    def end(self, at: datetime) -> None:
        """Lets its contract run until `at`; not at all, where that is before it begins."""
        self.ends_at = max(at, self.starts_at + timedelta(seconds=1))
        self.save(update_fields=["ends_at"])

    @property
    def state(self) -> str:
        """Where its contract stands now, in a word or two."""
        if self.is_live():
            return gettext("Runs")
        return gettext("To come") if self.starts_at > clock.now() else gettext("Ended")


@dataclass(frozen=True, slots=True)
class _Known:
    """By what institutions are known, whether their contracts run or not."""

    networks: list[tuple[bytes, bytes]]
    """Of each the first and the last address, as `sort_key` writes them."""
    domains: frozenset[str]


def _read() -> _Known:
    networks = InstitutionNetwork.objects.values_list("first", "last")
    return _Known(
        # psycopg gives views of memory.
        [(bytes(first), bytes(last)) for first, last in networks],
        frozenset(InstitutionDomain.objects.values_list("domain", flat=True)),
    )


_known = Kept(_read, "institutions")
watch("institutions", Institution, InstitutionNetwork, InstitutionDomain)
