from datetime import date, timedelta
from typing import TYPE_CHECKING, ClassVar, Self
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import F, Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from broadsheet.membership.errors import Refused
from broadsheet.membership.models.printed.postal import FIELDS, PostalAddress, bare, cleaned
from broadsheet.membership.models.subscription.subscription import Subscription
from broadsheet.membership.models.subscription.transition import State
from broadsheet.platform import clock
from broadsheet.platform.locking import held

SHORTEST, LONGEST = 7, 56
"""Days that a hold may last, the first and the last counted."""
AHEAD = 365
"""How many days before it begins it can be set at most."""


class DeliveryQuerySet(models.QuerySet["PrintDelivery"]):
    def found_on_label(self, number: str, postcode: str) -> Self:
        """That of the subscription with the `number` of a label, if its postcode is the one given."""
        subscriptions = Subscription.objects.found(number) if any(map(str.isdigit, number)) else None
        if subscriptions is None or not bare(postcode):
            return self.none()
        rows = self.filter(subscription__in=subscriptions.values("pk"))
        keys = [row.pk for row in rows if bare(row.postcode) == bare(postcode)]
        return self.filter(pk__in=keys)


class PrintDelivery(PostalAddress):
    """Where the paper of one subscription goes."""

    subscription = models.OneToOneField(Subscription, on_delete=models.CASCADE, related_name="print_delivery")
    changed_at = models.DateTimeField(default=clock.now)

    objects: ClassVar = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = gettext_lazy("print delivery")
        verbose_name_plural = gettext_lazy("print deliveries")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(recipient="") & ~Q(street="") & Q(country__regex=r"^[A-Z]{2}$"),
                name="print_delivery_has_an_address",
            )
        ]

    if TYPE_CHECKING:
        holds: "models.QuerySet[PrintHold]"

    def __str__(self) -> str:
        return ", ".join(self.label)

    @property
    def zone(self) -> ZoneInfo:
        return self.subscription.zone

    @property
    def today(self) -> date:
        return self.subscription.on(clock.now())

    @classmethod
    def of(cls, subscription: Subscription) -> "PrintDelivery | None":
        return cls.objects.filter(subscription=subscription).first()

    @classmethod
    def go_to(cls, subscription: Subscription, address: dict[str, str]) -> "PrintDelivery":
        """Sends the paper of `subscription` to `address` from the next list on; raises ValidationError."""
        kept = cleaned(address)
        row, __ = cls.objects.update_or_create(
            subscription=subscription, defaults=kept | {"changed_at": clock.now()}
        )
        return row

    def hold(self, first: date, last: date) -> "PrintHold":
        """Sends no paper from `first` to `last`, both within. Raises Refused."""
        with held(self):
            length = (last - first).days + 1
            if first <= self.today:
                raise Refused(_("A hold can begin tomorrow at the earliest."))
            if first > self.today + timedelta(days=AHEAD):
                raise Refused(_("A hold can be set for the next year at most."))
            if length < SHORTEST:
                raise Refused(_("A hold lasts %d days at least. Choose a later last day.") % SHORTEST)
            if length > LONGEST:
                raise Refused(
                    _("A hold lasts %d days at most. To stop for longer, pause the subscription.") % LONGEST
                )
            other = self.holds.filter(first_day__lte=last, last_day__gte=first).first()
            if other:
                raise Refused(_("There is a hold already, %s. End that one first.") % other.days)
            return self.holds.create(first_day=first, last_day=last)

    def end_hold(self, hold: "PrintHold") -> None:
        """Lets the paper come again from tomorrow on; a hold that has not begun is forgotten."""
        if hold.first_day > self.today:
            hold.delete()
        elif hold.last_day > self.today:
            hold.last_day = self.today
            hold.save(update_fields=["last_day"])

    def is_held_on(self, day: date) -> bool:
        return any(hold.first_day <= day <= hold.last_day for hold in self.holds.all())

    @property
    def holds_to_come(self) -> "models.QuerySet[PrintHold]":
        return self.holds.filter(last_day__gte=self.today)

    def same_as(self, address: dict[str, str]) -> bool:
        return all(getattr(self, field) == address.get(field, "") for field in FIELDS)


class PrintHold(models.Model):
    """Days on which no paper is to come, in the zone of the subscription. The term goes on meanwhile."""

    delivery = models.ForeignKey(PrintDelivery, on_delete=models.CASCADE, related_name="holds")
    first_day = models.DateField()
    last_day = models.DateField()
    set_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["first_day", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(last_day__gte=F("first_day")), name="print_hold_ends_after_start"
            ),
            models.UniqueConstraint(fields=["delivery", "first_day"], name="print_hold_once"),
        ]

    def __str__(self) -> str:
        return self.days

    @property
    def days(self) -> str:
        """“from December 20, 2026 to January 3, 2027”."""
        return _("from %(first)s to %(last)s") % {
            "first": date_format(self.first_day, "DATE_FORMAT"),
            "last": date_format(self.last_day, "DATE_FORMAT"),
        }


def printed_subscriptions(edition: str) -> models.QuerySet[Subscription]:
    """Those of an edition that the paper comes with, now."""
    return Subscription.objects.reading().filter(
        state__in=(State.ACTIVE, State.TRIALING, State.PAST_DUE),
        price__edition=edition,
        price__plan__includes_print=True,
    )
