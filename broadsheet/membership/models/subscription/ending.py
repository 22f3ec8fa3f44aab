from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from broadsheet.membership.errors import Refused
from broadsheet.membership.models.entitlement import Entitlement
from broadsheet.membership.models.subscription.transition import Actor, Change, State
from broadsheet.membership.models.zoned import Zoned
from broadsheet.platform import clock
from broadsheet.platform.locking import under_lock


class Endable(Zoned):
    """What comes of a term that is not paid, and how a subscription ends."""

    class Meta:
        abstract = True

    if TYPE_CHECKING:
        person_id: int
        is_donation: bool
        state: str
        next_price: Any
        term_starts_at: datetime
        extra: timedelta
        carried: timedelta
        past_due_since: datetime | None
        lapses_at: datetime | None
        ended_at: datetime | None
        pauses: Any
        grace_days: int

        def record(self, what: Change, by: Actor, from_state: str) -> Any: ...
        @property
        def number(self) -> str: ...
        @property
        def access_ends_at(self) -> datetime: ...

    @under_lock
    def fall_due(self, by: Actor) -> None:
        """The term was not paid for. Access goes on for the days of grace."""
        if self.state not in {State.TRIALING, State.ACTIVE}:
            raise Refused(_("Only what runs can fall due."))
        from_state, self.state = self.state, State.PAST_DUE
        self.past_due_since = clock.now()
        self.lapses_at = self.later(self.past_due_since, days=self.grace_days)
        self.record(Change.FELL_DUE, by, from_state)

    @under_lock
    def recover(self, by: Actor) -> None:
        """What was due is paid."""
        if self.state != State.PAST_DUE:
            raise Refused(_("Nothing is due."))
        self.state, self.past_due_since, self.lapses_at = State.ACTIVE, None, None
        self.record(Change.RECOVERED, by, State.PAST_DUE)

    @under_lock
    def lapse(self, by: Actor) -> None:
        """Ends it unpaid, when the days of grace are over."""
        if self.lapses_at is None or clock.now() < self.lapses_at:
            raise Refused(_("The days of grace aren’t over."))
        self._close(Change.LAPSED, by)

    def prepaid_rest(self, at: datetime) -> timedelta:
        """How much of the present term, from then on, was given or paid before its own payment fell due."""
        left = self.extra + self.carried - (at - self.term_starts_at)
        return timedelta() if self.is_donation else max(left, timedelta())

    @under_lock
    def end(self, by: Actor) -> None:
        """Ends it now."""
        self.refuse_if_ended()
        self._close(Change.ENDED, by)

    def refuse_if_ended(self) -> None:
        if self.state == State.ENDED and self.ended_at:
            raise Refused(_("This subscription ended on %s.") % self.day(self.ended_at))

    def _close(self, what: Change, by: Actor) -> None:
        now = clock.now()
        # The clock may come late; nobody had the right to read meanwhile.
        end = now if self.state == State.PAUSED else min(now, self.access_ends_at)
        self.pauses.filter(ended_at=None).update(ended_at=now)
        from_state, self.state = self.state, State.ENDED
        self.ended_at, self.past_due_since, self.lapses_at, self.next_price = end, None, None, None
        self.record(what, by, from_state)
        if from_state == State.PAST_DUE:
            self._grant_prepaid_rest(end)

    def _grant_prepaid_rest(self, at: datetime) -> None:
        """Gives the reader as an entitlement of its own what is left of the term without its payment."""
        if left := self.prepaid_rest(at):
            Entitlement.objects.create(
                person_id=self.person_id,
                remainder_of_id=self.pk,
                starts_at=at,
                ends_at=at + left,
                reason=_("Left of subscription %s, which was not paid: given or paid before") % self.number,
            )
