from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from broadsheet.membership.errors import Refused
from broadsheet.membership.lengths import Term, Unit, next_end
from broadsheet.membership.models.catalogue.offer import Offer
from broadsheet.membership.models.catalogue.plan import Price
from broadsheet.membership.models.subscription.transition import Actor, Change, State
from broadsheet.membership.models.zoned import Zoned
from broadsheet.membership.notice_kinds import SubscriptionNotice
from broadsheet.notices.models import Notice
from broadsheet.platform import clock
from broadsheet.platform.locking import under_lock
from broadsheet.platform.money import Money

PRICE_CHANGE_NOTICE = 30
"""How many days before a renewal that costs more its subscriber is told of the new price."""
ON_TIME_WITHIN = 1
"""A renewal that comes no more days late came in time."""


class Renewable(Zoned):
    """Terms: what each costs, and when it ends."""

    class Meta:
        abstract = True

    if TYPE_CHECKING:
        price: Price
        next_price: Price | None
        offer: Offer | None
        offer_terms_left: int
        amount: int
        currency: str
        is_donation: bool
        is_group: bool
        group: Any
        term_amount: int
        is_in_offer: bool
        state: str
        term_starts_at: datetime
        term_ends_at: datetime
        anchored_at: datetime
        extra: timedelta
        carried: timedelta
        grace_days: int

        def record(self, what: Change, by: Actor, from_state: str) -> Any: ...
        @property
        def cancellation(self) -> Any: ...

    @property
    def money(self) -> Money:
        """What a term costs once no offer lowers it."""
        return Money(self.amount, self.currency)

    @property
    def next_charge(self) -> Money:
        """What the next term will cost, as things stand."""
        return self.next_offer.money if self.next_offer else self.next_full_charge

    @property
    def next_full_charge(self) -> Money:
        """What a term costs without an offer, from the next one on."""
        price = self.next_price or self.announced_price
        if self.is_group:
            charge: Money = self.group.amount_to_come(price)
            return charge
        return price.money if price else self.money

    @property
    def next_offer(self) -> Offer | None:
        """The one that lowers the next charge."""
        return self.offer if self.offer_terms_left and not self.next_price else None

    @property
    def announced_price(self) -> Price | None:
        """What replaces its price from the next renewal on, where the reader was told of it in time."""
        new, since = self.price.replaced_by, self.price.replaced_from
        # A donor gives what they chose to give.
        if not new or not since or self.term_ends_at < since or self.is_donation:
            return None
        if self.is_group and not self.group.follows_price:
            return None
        return new if self._was_told_of(new) else None

    def _was_told_of(self, price: Price) -> bool:
        told = Notice.objects.filter(kind=SubscriptionNotice.PRICE_CHANGE, about=self.pk, key=str(price.pk))
        return told.filter(sent_at__lte=self.later(self.term_ends_at, days=-PRICE_CHANGE_NOTICE)).exists()

    def first_renewal_from(self, moment: datetime) -> datetime:
        """When it renews first at or after `moment`, if it goes on."""
        end = self.term_ends_at
        while end < moment:
            end = next_end(self.anchored_at, end, Term(self.price.term).months, self.zone)
        return end

    def begin_term(self, start: datetime) -> Money:
        """Moves on to the term that begins at `start`, and says what it costs."""
        offer = self.offer if self.offer_terms_left else None
        length = offer.length if offer else Term(self.price.term).length
        if length.unit == Unit.MONTH:
            end = next_end(self.anchored_at, start, length.count, self.zone)
        else:
            end = self.anchored_at = length.after(start, self.zone)
        self.term_starts_at, self.term_ends_at = start, end
        self.extra = self.carried = timedelta()
        cost = offer.money if offer else self.money
        self.term_amount, self.is_in_offer = cost.minor, offer is not None
        self.offer_terms_left -= 1 if offer else 0
        return cost

    @under_lock
    def renew(self, by: Actor) -> Money:
        """Begins the next term, and says what it costs; raises Refused where none is due.

        It begins where the last one ended. Where nothing happened for longer than the days of grace, in which
        access went on, it begins now: nobody pays for a time in which they were kept out. A few minutes are
        not that, or terms without grace would begin a little later each time.
        """
        now = clock.now()
        if self.state not in {State.TRIALING, State.ACTIVE} or self.cancellation or now < self.term_ends_at:
            raise Refused(_("No renewal is due."))
        price = self.next_price or self.announced_price
        amount = self.group.begin_term(price) if self.is_group else None
        if self.next_price:
            self.offer_terms_left = 0  # it was one on the price that is left behind
        if price:
            self.take_price(price)
        if amount is not None:
            self.amount = amount
        start = self.term_ends_at
        if now > self.later(start, days=max(self.grace_days, ON_TIME_WITHIN)):
            start = self.anchored_at = now
        cost = self.begin_term(start)
        from_state, self.state = self.state, State.ACTIVE
        self.record(Change.RENEWED, by, from_state)
        return cost

    def take_price(self, price: Price) -> None:
        self.price, self.amount, self.currency = price, price.amount, price.currency
        self.next_price = None
