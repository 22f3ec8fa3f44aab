from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import models
from django.utils.translation import gettext as _

from broadsheet.membership.errors import Refused
from broadsheet.membership.models.catalogue.offer import Offer
from broadsheet.membership.models.catalogue.plan import Price
from broadsheet.membership.models.subscription.transition import Actor, Change, State
from broadsheet.platform import clock
from broadsheet.platform.locking import under_lock
from broadsheet.platform.money import Money


class Changeable(models.Model):
    """Another plan or another term: at once, or with the next term."""

    class Meta:
        abstract = True

    if TYPE_CHECKING:
        price: Price
        next_price: Price | None
        offer: Offer | None
        offer_terms_left: int
        currency: str
        term_amount: int
        state: str
        term_starts_at: datetime
        term_ends_at: datetime
        anchored_at: datetime
        extra: timedelta
        carried: timedelta

        def record(self, what: Change, by: Actor, from_state: str) -> Any: ...
        def refuse_if_ended(self) -> None: ...
        def take_price(self, price: Price) -> None: ...
        def begin_term(self, start: datetime) -> Money: ...
        def given_time(self) -> timedelta: ...
        def lengthen_term(self, *, months: int = 0, days: int = 0, time: timedelta = timedelta()) -> None: ...
        @property
        def cancellation(self) -> Any: ...

    def require_changeable(self, price: Price) -> None:
        """Raises Refused where `price` can't take the place of the present one."""
        self.refuse_if_ended()
        if self.state != State.ACTIVE:
            raise Refused(
                {
                    State.PAUSED: _("This subscription is paused. Resume it, then change it."),
                    State.PAST_DUE: _("A payment is due. Once it is made, the subscription can be changed."),
                    State.TRIALING: _("A trial can’t be changed. You can change once it is over."),
                }[State(self.state)]
            )
        if self.cancellation:
            raise Refused(_("This subscription is due to end. Undo the cancellation first, then change it."))
        if price.pk == self.price.pk:
            if self.next_price:
                return  # what was to change does not
            raise Refused(_("This is what you already have."))
        if (
            price.retired_at
            or not price.plan.is_on_sale
            or price.plan.is_donation != self.price.plan.is_donation
        ):
            raise Refused(_("This is no longer on sale. Please choose another."))
        if price.currency != self.currency:
            raise Refused(_("This is sold in another currency. Let your present subscription end first."))

    def unused_value(self) -> Money:
        """What the rest of the present term is worth, of what it cost; what was given is used last."""
        end = self.term_ends_at - self.extra
        length = end - self.term_starts_at
        left = min(max(end - clock.now(), timedelta()), length)
        cost = Money(self.term_amount, self.currency)
        return cost.share(int(left.total_seconds()), int(length.total_seconds()) or 1)

    @under_lock
    def change_to(self, price: Price, by: Actor, credit: Money | None = None) -> None:
        """Begins a term at `price` now, and keeps what was given of the old one.

        `credit` is what the rest of the old one paid of the new. Called once the difference is paid, or an
        invoice over it goes out.
        """
        self.require_changeable(price)
        if price.pk == self.price.pk:
            raise Refused(_("This is what you already have."))
        now = clock.now()
        kept = self.given_time()
        self.anchored_at = self.term_ends_at = now
        self.take_price(price)
        self.offer, self.offer_terms_left = None, 0
        self.begin_term(now)
        if credit:
            self.carried = (self.term_ends_at - now) * min(credit.minor, price.amount) // (price.amount or 1)
        if kept:
            self.lengthen_term(time=kept)
        self.record(Change.CHANGED, by, self.state)

    @under_lock
    def change_later(self, price: Price, by: Actor) -> None:
        """Goes over to `price` with the next term; or, to the present one, stays after all."""
        self.require_changeable(price)
        self.next_price = price if price.pk != self.price.pk else None
        self.record(Change.WILL_CHANGE, by, self.state)
