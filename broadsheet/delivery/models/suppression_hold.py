from datetime import timedelta
from typing import TYPE_CHECKING, Self

from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from broadsheet.delivery.addresses import canonical, domain_of, is_forgotten
from broadsheet.delivery.models.recipient import Recipient
from broadsheet.delivery.models.suppression import Suppression
from broadsheet.platform import clock

if TYPE_CHECKING:
    from broadsheet.delivery.models.bounce import Bounce

MANY, WITHIN, SHARE = 10, timedelta(hours=1), 0.05
"""From when on reports that addresses are gone are too many to be believed: so many, in so short a time, and
such a part of all who were sent to there."""
DECIDED_FOR = timedelta(days=1)
"""For so long what a person decided of a provider's reports holds for those that come later."""


class SuppressionHoldQuerySet(models.QuerySet["SuppressionHold"]):
    def undecided(self) -> Self:
        return self.filter(decision="")

    def catch(self, bounce: "Bounce") -> "SuppressionHold | None":
        """What keeps the address of `bounce`, a hard one, from being suppressed; begun where it must be."""
        if is_forgotten(bounce.address):
            return None
        domain, now = domain_of(canonical(bounce.address)), clock.now()
        recent = Q(decision="", last_at__gt=now - WITHIN) | Q(decided_at__gt=now - DECIDED_FOR)
        hold = self.filter(recent, domain=domain).order_by("-began_at").first()
        if hold is None:
            hold = self._begin(bounce, domain)
        if hold is None or hold.decision == SuppressionHold.Decision.SUPPRESS:
            return None
        self.filter(pk=hold.pk).update(last_at=now)
        return hold

    def _begin(self, bounce: "Bounce", domain: str) -> "SuppressionHold | None":
        hard = type(bounce).objects.filter(
            kind=bounce.kind, at__gt=clock.now() - WITHIN, address__iendswith=f"@{domain}"
        )
        count = hard.order_by().values("address").distinct().count()
        if count < MANY:
            return None
        sends = hard.order_by().values("recipient__send").distinct()
        taken = Recipient.objects.filter(
            send__in=sends, state=Recipient.State.SUBMITTED, address__iendswith=f"@{domain}"
        )
        # Of a list as large as that, so many may well be gone. No more of them are looked at than that takes.
        enough = int(count / SHARE)
        if taken.order_by()[:enough].count() >= enough:
            return None
        hold, _is_new = self.get_or_create(domain=domain, decision="")
        hold.take_over(hard)
        return hold


class SuppressionHold(models.Model):
    """So many addresses of one provider were reported as gone at once that a fault of its own is likelier.

    Where others there are taken, it may have lost sight of some of its mailboxes; where none is, it may be us
    whom it refuses. None of the addresses is suppressed until a person decides.
    """

    class Decision(models.TextChoices):
        SUPPRESS = "suppress", _("they are suppressed")
        DISMISS = "dismiss", _("they may be written to")

    domain = models.CharField(_("provider"), max_length=254)
    began_at = models.DateTimeField(_("began"), default=clock.now)
    last_at = models.DateTimeField(_("last report"), default=clock.now)
    decision = models.CharField(_("decision"), max_length=10, choices=Decision, blank=True)
    decided_at = models.DateTimeField(_("decided"), null=True)
    decided_by = models.CharField(_("by"), max_length=200, blank=True)

    objects = SuppressionHoldQuerySet.as_manager()

    class Meta:
        verbose_name = _("hold of suppressions")
        verbose_name_plural = _("holds of suppressions")
        ordering = ["-began_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["domain"], condition=Q(decision=""), name="hold_once_undecided"),
            models.CheckConstraint(
                condition=Q(decision="", decided_at=None) | (~Q(decision="") & Q(decided_at__isnull=False)),
                name="hold_decided_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return self.domain

    def take_over(self, bounces: "models.QuerySet[Bounce]") -> None:
        """Those that came before it was noticed: their suppressions end, as if they had been held."""
        for bounce in bounces.filter(hold=None):
            made = Suppression.objects.active().of(bounce.address)
            made.filter(reason=Suppression.Reason.HARD_BOUNCE, at__gte=bounce.at).delete()
        bounces.filter(hold=None).update(hold=self)

    def suppress(self, by: str) -> bool:
        """Suppresses all addresses that it holds; whether it came in time."""
        with transaction.atomic():
            if not self._decide(self.Decision.SUPPRESS, by):
                return False
            for bounce in self.bounces.select_related("recipient"):
                bounce.suppress(Suppression.Reason.HARD_BOUNCE)
        return True

    def dismiss(self, by: str) -> bool:
        """Lets them be written to as before; whether it came in time."""
        return self._decide(self.Decision.DISMISS, by)

    def _decide(self, decision: Decision, by: str) -> bool:
        mine = SuppressionHold.objects.undecided().filter(pk=self.pk)
        decided = mine.update(decision=decision, decided_at=clock.now(), decided_by=by[:200])
        self.refresh_from_db()
        return bool(decided)
