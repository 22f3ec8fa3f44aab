from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from broadsheet.membership.errors import Refused
from broadsheet.membership.lengths import next_end
from broadsheet.membership.models.subscription.transition import Actor, Change, State
from broadsheet.membership.models.zoned import Zoned
from broadsheet.platform import clock
from broadsheet.platform.locking import under_lock


class Extendable(Zoned):
    """Time that is given without charge."""

    class Meta:
        abstract = True

    if TYPE_CHECKING:
        state: str
        term_ends_at: datetime
        anchored_at: datetime
        extra: timedelta
        pauses: Any

        def record(self, what: Change, by: Actor, from_state: str) -> Any: ...
        def refuse_if_ended(self) -> None: ...

    def given_time(self) -> timedelta:
        """What is left of the time that was given to the present term."""
        return min(self.extra, max(self.term_ends_at - clock.now(), timedelta()))

    @under_lock
    def extend(
        self,
        by: Actor,
        *,
        months: int = 0,
        days: int = 0,
        time: timedelta = timedelta(),
    ) -> None:
        """Gives time without charge: to a term that runs, or to what a paused one gives back."""
        self.refuse_if_ended()
        if self.state == State.PAST_DUE:
            raise Refused(_("A payment is due. Once it is made, the subscription can be extended."))
        if pause := self.pauses.filter(ended_at=None).first():
            unused = pause.lengthened(months=months, days=days, time=time)
            self.extra += unused - pause.unused
            pause.unused = unused
            pause.save()
        else:
            self.lengthen_term(months=months, days=days, time=time)
        self.record(Change.EXTENDED, by, self.state)

    def lengthened(self, *, months: int = 0, days: int = 0, time: timedelta = timedelta()) -> datetime:
        """When the term would end with so much more. Months alone leave it on its day of the month."""
        end = self.term_ends_at
        if months:
            end = next_end(self.anchored_at, end, months, self.zone)
        return self.later(end, days=days) + time

    def lengthen_term(self, *, months: int = 0, days: int = 0, time: timedelta = timedelta()) -> None:
        end = self.lengthened(months=months, days=days, time=time)
        self.extra += end - self.term_ends_at
        self.term_ends_at = end
        if days or time:
            self.anchored_at = end
