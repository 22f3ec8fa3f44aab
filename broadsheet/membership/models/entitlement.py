from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, ClassVar, Self
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Q
from django.db.models.signals import post_delete
from django.dispatch import receiver
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from broadsheet.editorial.models import Publication
from broadsheet.membership.entitlement_cookie import EntitlementCookie
from broadsheet.membership.errors import Refused
from broadsheet.membership.notice_kinds import ComplimentaryNotice
from broadsheet.membership.passes import Pass
from broadsheet.membership.revocations import revoke
from broadsheet.notices.models import Notice
from broadsheet.people.models import Person
from broadsheet.platform import clock
from broadsheet.platform.compiled import Compiled, Parameter
from broadsheet.platform.days import name_of

UNTIL_REVOKED = datetime(9999, 1, 1, tzinfo=UTC)
"""The end of what has none: later than any moment that it is compared with, in every zone."""


def unbroken_end(spans: Iterable[tuple[datetime, datetime]], at: datetime) -> datetime | None:
    """Until when `spans`, each a start and an end, follow one another from `at` without a gap.

    None where none of them is in force at that moment.
    """
    end = at
    for start, stop in sorted(spans):
        if start > end:
            break
        end = max(end, stop)
    return end if end > at else None


class EntitlementQuerySet(models.QuerySet["Entitlement"]):
    def live(self, at: datetime | None = None) -> Self:
        """Those in force `at` a moment (now, unless told): a half-open interval, exact to the second."""
        at = at or clock.now()
        return self.filter(starts_at__lte=at, ends_at__gt=at)

    def complimentary(self) -> Self:
        """Those that our staff gave, and nothing that was paid for gives or has left."""
        return self.filter(subscription=None, gift=None, remainder_of=None, seat=None, print_subscriber=None)

    def entitle_by(self, found: Pass) -> bool:
        """Whether a pass opens what only subscribers may read: a right may have ended since it was issued."""
        if not found.opens_subscribers or found.person_id is None:
            return False
        return self.live().filter(person=found.person_id, person__is_active=True).exists()

    def cookie_for(self, person: Person, at: datetime) -> EntitlementCookie | None:
        """None for whoever has no right to read without limit, and for the staff, who need no such right."""
        if not person.is_active or person.is_staff:
            return None
        end = self.end_for(person, at)
        return EntitlementCookie.until(end, person.pk, at) if end else None

    def end_for(self, person: Person, at: datetime) -> datetime | None:
        """When `person` will first be without right, counted from `at`; None if they are so then."""
        rows = self.filter(person=person, ends_at__gt=at)
        return unbroken_end(rows.values_list("starts_at", "ends_at"), at)

    def update(self, **changes: Any) -> int:
        """As Django's, with a revocation for each person from whom the change may take something."""
        if not changes.keys() & {"person", "person_id", "starts_at", "ends_at"}:
            return super().update(**changes)
        with transaction.atomic(self.db):
            revoke(*set(self.values_list("person_id", flat=True)))
            return super().update(**changes)


class EntitlementManager(models.Manager.from_queryset(EntitlementQuerySet)):  # type: ignore[misc]
    def entitle(self, person: Person) -> bool:
        """Whether `person` may read without limit now."""
        return bool(_rights(person=person.pk, at=clock.now()))

    def open_everything_to(self, person: Person) -> bool:
        """Whether `person` reads everything by right: the staff do without an entitlement."""
        return person.is_staff or self.entitle(person)


class Entitlement(models.Model):
    """The right to read without limit, for a time.

    A subscription, a redeemed gift, a seat of a group and a subscriber to the paper keep theirs; the others
    were given by our staff, as complimentary subscriptions.
    """

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="entitlements"
    )
    starts_at = models.DateTimeField(_("starts"), default=clock.now)
    ends_at = models.DateTimeField(_("ends"), help_text=_("Empty: until it is revoked."))
    subscription = models.ForeignKey(
        "membership.Subscription",
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        editable=False,
        related_name="entitlements",
    )
    remainder_of = models.ForeignKey(
        "membership.Subscription",
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        editable=False,
        related_name="remainders",
    )
    """The subscription that ended unpaid and was worth this without its last payment."""
    seat = models.ForeignKey(
        "membership.Seat",
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        editable=False,
        related_name="entitlements",
    )
    print_subscriber = models.ForeignKey(
        "membership.PrintSubscriber",
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        editable=False,
        related_name="entitlements",
    )
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

    objects: ClassVar[EntitlementManager] = EntitlementManager()

    class Meta:
        verbose_name = _("complimentary subscription")
        ordering = ["-starts_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="entitlement_ends_after_start"
            )
        ]
        indexes = [models.Index(fields=["person", "ends_at"])]

    def __str__(self) -> str:
        # The log keeps it for longer than the account may be there.
        if self.is_open_ended:
            return gettext("until revoked")
        return gettext("until %s") % date_format(self.ends_at.astimezone(self.zone), "DATE_FORMAT")

    @property
    def zone(self) -> ZoneInfo:
        """Of the subscription or gift that it came with; of what our staff gave, the publication's."""
        source: Any = self.subscription or self.remainder_of or getattr(self, "gift", None)
        source = source or self.seat or self.print_subscriber
        zone: ZoneInfo = source.zone if source else Publication.load().zone
        return zone

    @property
    def is_open_ended(self) -> bool:
        return self.ends_at >= UNTIL_REVOKED

    @property
    def last_day(self) -> str:
        """Until which it gives the right to read, as its reader is told it."""
        return name_of(self.ends_at, self.zone)

    def require_no_other(self) -> None:
        """Raises Refused where this reader has a complimentary subscription for some of that time."""
        theirs = Entitlement.objects.complimentary().filter(person=self.person).exclude(pk=self.pk)
        other = theirs.filter(starts_at__lt=self.ends_at, ends_at__gt=self.starts_at).first()
        if other is None:
            return
        if other.is_open_ended:
            raise Refused(gettext("They have a complimentary subscription already, until it is revoked."))
        raise Refused(
            gettext("They have a complimentary subscription already, until %s. Change that one.")
            % other.last_day
        )

    def announce(self) -> None:
        """Has its reader told when it begins."""
        Notice.objects.set_down(
            ComplimentaryNotice.GIVEN,
            self.pk,
            edition=settings.LANGUAGE_CODE,
            person=self.person,
            due_at=max(self.starts_at, clock.now()),
        )

    def save(self, **kwargs: Any) -> None:
        with transaction.atomic():
            before = Entitlement.objects.select_for_update().filter(pk=self.pk).first() if self.pk else None
            super().save(**kwargs)
            if before and not self._gives_all_of(before):
                revoke(before.person_id)

    def _gives_all_of(self, before: "Entitlement") -> bool:
        return (
            self.person_id == before.person_id
            and self.starts_at <= before.starts_at
            and self.ends_at >= before.ends_at
        )


# Deletions in bulk and with the account pass no method of the model's.
@receiver(post_delete, sender=Entitlement)
def revoke_deleted(instance: Entitlement, **kwargs: Any) -> None:
    revoke(instance.person_id)


@Compiled
def _rights() -> models.QuerySet["Entitlement", Any]:
    at: Any = Parameter("at", models.DateTimeField())
    own = Entitlement.objects.filter(person=Parameter("person", models.BigAutoField()))
    return own.live(at).order_by().values_list("pk")[:1]
