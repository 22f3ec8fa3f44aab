from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext as _

from broadsheet.membership.errors import Refused
from broadsheet.membership.models.subscription.transition import Actor, Change, State
from broadsheet.membership.models.zoned import Zoned
from broadsheet.platform import clock
from broadsheet.platform.locking import under_lock

SHORTEST, LONGEST = 7, 12 * 7
"""In days."""
# A day is typed, of which it is the first moment; and it takes a while to fill in a form.
LEEWAY = 1
ON_TIME_WITHIN = timedelta(minutes=10)
"""A clock that ends a pause no later than this ended it in time: it looks each minute."""


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
        on = self.subscription.on
        return _("%(first)s to %(last)s") % {
            "first": on(self.starts_at),
            "last": on(self.ended_at or self.until),
        }

    def lengthened(self, *, months: int = 0, days: int = 0, time: timedelta = timedelta()) -> timedelta:
        """`unused` with so much more, as if the paid term ran on from the start of the pause."""
        end = self.subscription.later(self.starts_at + self.unused, months=months, days=days)
        return end - self.starts_at + time

    @property
    def kept_days(self) -> int:
        """`unused`, to the nearest day."""
        return whole_days(self.unused)


class Pausable(Zoned):
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
        def term_end(self) -> str: ...
        @property
        def cancellation(self) -> Any: ...

    @property
    def pause(self) -> Pause | None:
        """The one that lasts."""
        return self.pauses.filter(ended_at=None).first()

    @property
    def paid_until(self) -> datetime:
        """When the term ends; of one that is paused, if that comes back on its day and not before."""
        pause = self.pause
        return pause.until + pause.unused if pause else self.term_ends_at

    def require_pausable(self, until: datetime) -> None:
        """Raises Refused where it can't be paused now until that moment."""
        self.refuse_if_ended()
        if self.is_donation:
            raise Refused(_("A donation can’t be paused. You can end it at any time."))
        now, pause = clock.now(), self.pause
        if pause:
            raise Refused(_("This subscription is already paused until %s.") % self.day(pause.until))
        if self.state == State.PAST_DUE:
            raise Refused(_("A payment is due. Once it is made, the subscription can be paused."))
        if self.state == State.TRIALING:
            raise Refused(_("A trial can’t be paused, because nothing has been paid yet. You can cancel it."))
        if self.cancellation:
            end = self.term_end
            raise Refused(
                _("This subscription ends on %s. Undo the cancellation first, then pause it.") % end
            )
        if until < self.later(now, days=SHORTEST - LEEWAY):
            raise Refused(_("A pause lasts at least a week. Choose a later day."))
        if until > self.later(now, days=LONGEST):
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
        """Ends the pause now, and gives back what was unused of the paid term, once.

        One that is over ends at its moment, if the clock comes in time: the day that was said to come next
        stays that day.
        """
        self.require_resumable()
        now, pause = clock.now(), self.pauses.get(ended_at=None)
        back = pause.until if pause.until <= now <= pause.until + ON_TIME_WITHIN else now
        pause.ended_at = back
        pause.save()
        used = pause.starts_at - self.term_starts_at
        self.term_starts_at = back - used
        self.term_ends_at = self.anchored_at = back + pause.unused
        from_state, self.state = self.state, State.ACTIVE
        self.record(Change.RESUMED, by, from_state)
