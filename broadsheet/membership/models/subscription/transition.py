from dataclasses import dataclass
from typing import Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from broadsheet.people.models import Person
from broadsheet.platform import clock


class ActorKind(models.TextChoices):
    READER = "reader", _("the reader")
    STAFF = "staff", _("our staff")
    PROVIDER = "provider", _("the payment provider")
    CLOCK = "clock", _("the clock")


@dataclass(frozen=True, slots=True)
class Actor:
    """On whose account something happens to a subscription, and for what reason they gave."""

    who: ActorKind
    person: Person | None = None
    why: str = ""

    @classmethod
    def reader(cls, person: Person, why: str = "") -> Self:
        return cls(ActorKind.READER, person, why)

    @classmethod
    def staff(cls, person: Person, why: str) -> Self:
        return cls(ActorKind.STAFF, person, why)


CLOCK = Actor(ActorKind.CLOCK)
PROVIDER = Actor(ActorKind.PROVIDER)


class State(models.TextChoices):
    TRIALING = "trialing", _("Trial")
    ACTIVE = "active", _("Active")
    PAST_DUE = "past_due", _("Payment due")
    PAUSED = "paused", _("Paused")
    ENDED = "ended", _("Ended")


class Change(models.TextChoices):
    BEGUN = "begun", _("Began")
    RENEWED = "renewed", _("Renewed")
    FELL_DUE = "fell_due", _("Payment fell due")
    RECOVERED = "recovered", _("Payment made up")
    PAUSED = "paused", _("Paused")
    RESUMED = "resumed", _("Resumed")
    CANCELLED = "cancelled", _("Ends with its term")
    KEPT = "kept", _("Cancellation undone")
    CHANGED = "changed", _("Plan or term changed")
    WILL_CHANGE = "will_change", _("Change of plan or term set down")
    DISCOUNTED = "discounted", _("Offer taken")
    EXTENDED = "extended", _("Extended")
    SEATS = "seats", _("Number of seats changed")
    HANDED_ON = "handed_on", _("Handed on to another owner")
    ENDED = "ended", _("Ended")
    LAPSED = "lapsed", _("Lapsed unpaid")
    MOVED = "moved", _("Moved to another account")


class Transition(models.Model):
    """One thing that happened to a subscription. They are written and never changed."""

    subscription = models.ForeignKey(
        "membership.Subscription", on_delete=models.CASCADE, related_name="transitions"
    )
    what = models.CharField(max_length=12, choices=Change.choices)
    at = models.DateTimeField(default=clock.now)
    from_state = models.CharField(max_length=8, choices=State.choices, blank=True)
    to_state = models.CharField(max_length=8, choices=State.choices)
    who = models.CharField(max_length=8, choices=ActorKind.choices)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    why = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["at", "pk"]
        indexes = [models.Index(fields=["subscription", "at"], name="transition_history")]

    def __str__(self) -> str:
        return f"{self.get_what_display()}, {self.at:%Y-%m-%d %H:%M}"
