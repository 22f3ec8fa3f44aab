from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import models
from django.utils.translation import gettext as _

from broadsheet.membership.errors import Refused
from broadsheet.membership.lengths import months_after
from broadsheet.membership.models.locking import under_lock
from broadsheet.membership.models.subscription.transition import Actor, Change, State
from broadsheet.platform import clock


class Extendable(models.Model):
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
        pause = self.pauses.filter(ended_at=None).first()
        end = pause.starts_at + pause.unused if pause else self.term_ends_at
        longer = months_after(end, months) + timedelta(days=days) + time
        if pause:
            self.extra += longer - end
            pause.unused += longer - end
            pause.save()
        else:
            self.lengthen_term(longer)
        self.record(Change.EXTENDED, by, self.state)

    def lengthen_term(self, end: datetime) -> None:
        self.extra += end - self.term_ends_at
        self.term_ends_at = self.anchored_at = end
