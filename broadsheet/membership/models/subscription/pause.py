from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import F, Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from broadsheet.membership.errors import Refused
from broadsheet.membership.models.locking import under_lock
from broadsheet.membership.models.subscription.transition import Actor, Change, State
from broadsheet.platform import clock

SHORTEST = timedelta(weeks=1)
LONGEST = timedelta(weeks=12)
# A day is typed, of which it is the first moment; and it takes a while to fill in a form.
LEEWAY = timedelta(days=1)


def whole_days(length: timedelta) -> int:
    return round(length / timedelta(days=1))


class Pause(models.Model):
    """A time without charge and without a subscriber's access."""

    subscription = models.ForeignKey(
        "membership.Subscription", on_delete=models.CASCADE, related_name="pauses"
    )
    starts_at = models.DateTimeField()
    until = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    unused = models.DurationField()
    """What was left of the paid term, given back at the end."""

    class Meta:
        ordering = ["starts_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["subscription"], condition=Q(ended_at=None), name="one_pause_at_a_time"
            ),
            models.CheckConstraint(condition=Q(until__gt=F("starts_at")), name="pause_ends_after_start"),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=F("starts_at")), name="pause_ended_after_start"
            ),
            models.CheckConstraint(condition=Q(unused__gte=timedelta()), name="pause_gives_nothing_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.starts_at:%Y-%m-%d} to {self.ended_at or self.until:%Y-%m-%d}"

    @property
    def kept_days(self) -> int:
        """`unused`, to the nearest day."""
        return whole_days(self.unused)


class Pausable(models.Model):
    class Meta:
        abstract = True

    if TYPE_CHECKING:
        pauses: models.QuerySet[Pause]
        state: str
        is_donation: bool
        term_starts_at: datetime
        term_ends_at: datetime
        anchored_at: datetime

        def record(self, what: Change, by: Actor, from_state: str) -> Any: ...
        def refuse_if_ended(self) -> None: ...
        @property
        def cancellation(self) -> Any: ...

    @property
    def pause(self) -> Pause | None:
        """The one that lasts."""
        return self.pauses.filter(ended_at=None).first()

    def require_pausable(self, until: datetime) -> None:
        """Raises Refused where it can't be paused now until that moment."""
        self.refuse_if_ended()
        if self.is_donation:
            raise Refused(_("A donation isn’t paused. It can be ended at any time."))
        now, pause = clock.now(), self.pause
        if pause:
            back = date_format(pause.until, "DATE_FORMAT")
            raise Refused(_("This subscription is paused already, until %s.") % back)
        if self.state == State.PAST_DUE:
            raise Refused(_("A payment is due. Once it is made, the subscription can be paused."))
        if self.state == State.TRIALING:
            raise Refused(_("A trial can’t be paused: nothing has been paid yet. It can be cancelled."))
        if self.cancellation:
            end = date_format(self.term_ends_at, "DATE_FORMAT")
            raise Refused(
                _("This subscription ends on %s. Undo the cancellation first, then pause it.") % end
            )
        if until < now + SHORTEST - LEEWAY:
            raise Refused(_("A pause lasts at least a week. Choose a later day."))
        if until > now + LONGEST:
            raise Refused(_("A pause lasts at most twelve weeks. Choose an earlier day."))

    @under_lock
    def pause_until(self, until: datetime, by: Actor) -> None:
        """Stops charges and access from now on. Called once the provider has done so."""
        self.require_pausable(until)
        now = clock.now()
        unused = max(self.term_ends_at - now, timedelta())
        self.pauses.create(starts_at=now, until=until, unused=unused)
        from_state, self.state = self.state, State.PAUSED
        self.record(Change.PAUSED, by, from_state)

    def require_resumable(self) -> None:
        self.refuse_if_ended()
        if not self.pause:
            raise Refused(_("This subscription isn’t paused."))

    @under_lock
    def resume(self, by: Actor) -> None:
        """Ends the pause now, and gives back what was unused of the paid term, once."""
        self.require_resumable()
        now, pause = clock.now(), self.pauses.get(ended_at=None)
        pause.ended_at = now
        pause.save()
        used = pause.starts_at - self.term_starts_at
        self.term_starts_at = now - used
        self.term_ends_at = self.anchored_at = now + pause.unused
        from_state, self.state = self.state, State.ACTIVE
        self.record(Change.RESUMED, by, from_state)
