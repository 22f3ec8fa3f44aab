import re
from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.db import models

from broadsheet.membership.models.subscription.cancellation import Cancellation
from broadsheet.membership.models.subscription.transition import State
from broadsheet.people.models import Person

if TYPE_CHECKING:
    # It is named in a string below, where ruff sees no type.
    from broadsheet.membership.models.subscription.subscription import Subscription  # noqa: F401

NUMBER = re.compile(r"(?:S-)?(\d{1,18})", re.ASCII | re.IGNORECASE)


class SubscriptionQuerySet(models.QuerySet["Subscription"]):
    def live(self) -> Self:
        """Those that have not ended: paused and past due ones too."""
        return self.exclude(state=State.ENDED)

    def reading(self) -> Self:
        """Those that one reader reads by: no recurring donations, and no groups."""
        return self.filter(is_donation=False, is_group=False)

    def found(self, text: str) -> Self:
        """That with the number `text`, else those of whom it begins the address or a name."""
        if number := NUMBER.fullmatch(text.strip()):
            return self.filter(pk=int(number[1]))
        return self.filter(person__in=Person.objects.called(text))

    def cancelled(self) -> Self:
        """Those that end with their term."""
        return self.live().filter(pk__in=Cancellation.objects.active().values("subscription"))

    def uncancelled(self) -> Self:
        return self.exclude(pk__in=Cancellation.objects.active().values("subscription"))

    def to_renew(self, at: datetime) -> Self:
        return self.uncancelled().filter(state__in=(State.TRIALING, State.ACTIVE), term_ends_at__lte=at)

    def to_resume(self, at: datetime) -> Self:
        return self.filter(state=State.PAUSED, pauses__ended_at=None, pauses__until__lte=at)

    def to_end(self, at: datetime) -> Self:
        """Those whose cancellation takes effect."""
        states = (State.TRIALING, State.ACTIVE, State.PAST_DUE)
        return self.cancelled().filter(state__in=states, term_ends_at__lte=at)

    def to_lapse(self, at: datetime) -> Self:
        return self.filter(state=State.PAST_DUE, lapses_at__lte=at)
