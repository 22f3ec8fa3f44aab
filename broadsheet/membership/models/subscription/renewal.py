from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import models
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from broadsheet.membership.errors import Refused
from broadsheet.membership.lengths import Term, months_after, next_end
from broadsheet.membership.models.catalogue.offer import Offer
from broadsheet.membership.models.catalogue.plan import Price
from broadsheet.membership.models.entitlement import Entitlement
from broadsheet.membership.models.locking import under_lock
from broadsheet.membership.models.subscription.transition import Actor, Change, State
from broadsheet.membership.notice_kinds import SubscriptionNotice
from broadsheet.notices.models import Notice
from broadsheet.platform import clock
from broadsheet.platform.money import Money

NOTICE = timedelta(days=30)
"""How long before a renewal that costs more its subscriber is told of the new price."""
SOON = timedelta(days=1)
"""A renewal that comes no later than that came in time."""


class Renewable(models.Model):
    """Terms: what each costs, when it ends, and what comes of it when it is not paid."""

    class Meta:
        abstract = True

    if TYPE_CHECKING:
        person_id: int
        price: Price
        next_price: Price | None
        offer: Offer | None
        offer_terms_left: int
        amount: int
        currency: str
        is_donation: bool
        term_amount: int
        is_in_offer: bool
        state: str
        term_starts_at: datetime
        term_ends_at: datetime
        anchored_at: datetime
        extra: timedelta
        carried: timedelta
        past_due_since: datetime | None
        lapses_at: datetime | None
        ended_at: datetime | None
        pauses: Any

        def record(self, what: Change, by: Actor, from_state: str) -> Any: ...
        @property
        def number(self) -> str: ...
        @property
        def access_ends_at(self) -> datetime: ...
        @property
        def grace(self) -> timedelta: ...
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
        return new if self._was_told_of(new) else None

    def _was_told_of(self, price: Price) -> bool:
        told = Notice.objects.filter(kind=SubscriptionNotice.PRICE_CHANGE, about=self.pk, key=str(price.pk))
        return told.filter(sent_at__lte=self.term_ends_at - NOTICE).exists()

    def first_renewal_from(self, moment: datetime) -> datetime:
        """When it renews first at or after `moment`, if it goes on."""
        end = self.term_ends_at
        while end < moment:
            end = next_end(self.anchored_at, end, Term(self.price.term).months)
        return end

    def begin_term(self, start: datetime) -> Money:
        """Moves on to the term that begins at `start`, and says what it costs."""
        months = Term(self.price.term).months
        offer = self.offer if self.offer_terms_left else None
        if offer is None or offer.lasts_as_the_price:
            end = next_end(self.anchored_at, start, months)
        else:
            end = self.anchored_at = offer.length.after(start)
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
        if self.next_price:
            self.take_price(self.next_price)
            self.offer_terms_left = 0  # it was one on the price that is left behind
        elif price := self.announced_price:
            self.take_price(price)
        start = self.term_ends_at
        if now - start > max(self.grace, SOON):
            start = self.anchored_at = now
        cost = self.begin_term(start)
        from_state, self.state = self.state, State.ACTIVE
        self.record(Change.RENEWED, by, from_state)
        return cost

    def take_price(self, price: Price) -> None:
        if Term(price.term) != Term(self.price.term):
            self.anchored_at = self.term_ends_at
        self.price, self.amount, self.currency = price, price.amount, price.currency
        self.next_price = None

    @under_lock
    def fall_due(self, by: Actor) -> None:
        """The term was not paid for. Access goes on for the days of grace."""
        if self.state not in {State.TRIALING, State.ACTIVE}:
            raise Refused(_("Only what runs can fall due."))
        from_state, self.state = self.state, State.PAST_DUE
        self.past_due_since = clock.now()
        self.lapses_at = self.past_due_since + self.grace
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

    def left_unpaid(self, at: datetime) -> timedelta:
        """What the present term is worth from then on without its payment: what was given or paid before."""
        left = self.extra + self.carried - (at - self.term_starts_at)
        return timedelta() if self.is_donation else max(left, timedelta())

    @under_lock
    def end(self, by: Actor) -> None:
        """Ends it now."""
        self.refuse_if_ended()
        self._close(Change.ENDED, by)

    def refuse_if_ended(self) -> None:
        if self.state == State.ENDED and self.ended_at:
            raise Refused(_("This subscription ended on %s.") % date_format(self.ended_at, "DATE_FORMAT"))

    def _close(self, what: Change, by: Actor) -> None:
        now = clock.now()
        # The clock may come late; nobody had the right to read meanwhile.
        end = now if self.state == State.PAUSED else min(now, self.access_ends_at)
        self.pauses.filter(ended_at=None).update(ended_at=now)
        from_state, self.state = self.state, State.ENDED
        self.ended_at, self.past_due_since, self.lapses_at, self.next_price = end, None, None, None
        self.record(what, by, from_state)
        if from_state == State.PAST_DUE:
            self._leave_what_is_theirs(end)

    def _leave_what_is_theirs(self, at: datetime) -> None:
        """To the reader, as a right of its own."""
        if left := self.left_unpaid(at):
            Entitlement.objects.create(
                person_id=self.person_id,
                left_of_id=self.pk,
                starts_at=at,
                ends_at=at + left,
                reason=_("Left of subscription %s, which was not paid: given or paid before") % self.number,
            )

    # --- Another plan, another term, more time ---------------------------------------------------

    def require_changeable(self, price: Price) -> None:
        """Raises Refused where `price` can't take the place of the present one."""
        self.refuse_if_ended()
        if self.state != State.ACTIVE:
            raise Refused(
                {
                    State.PAUSED: _("This subscription is paused. Resume it, then change it."),
                    State.PAST_DUE: _("A payment is due. Once it is made, the subscription can be changed."),
                    State.TRIALING: _("A trial can’t be changed. When it is over, you can."),
                }[State(self.state)]
            )
        if self.cancellation:
            raise Refused(_("This subscription is cancelled. Undo that first, then change it."))
        if price.pk == self.price.pk:
            if self.next_price:
                return  # what was to change does not
            raise Refused(_("This is what you have already."))
        if (
            price.retired_at
            or not price.plan.is_on_sale
            or price.plan.is_donation != self.price.plan.is_donation
        ):
            raise Refused(_("This is not sold any more. Choose another."))
        if price.currency != self.currency:
            raise Refused(_("This is sold in another currency. Let the present subscription end first."))

    def unused_value(self) -> Money:
        """What the rest of the present term is worth, of what it cost; what was given is used last."""
        end = self.term_ends_at - self.extra
        length = end - self.term_starts_at
        left = min(max(end - clock.now(), timedelta()), length)
        cost = Money(self.term_amount, self.currency)
        return cost.share(int(left.total_seconds()), int(length.total_seconds()) or 1)

    def given_time(self) -> timedelta:
        """What is left of the time that was given to the present term."""
        return min(self.extra, max(self.term_ends_at - clock.now(), timedelta()))

    @under_lock
    def change_to(self, price: Price, by: Actor, credit: Money | None = None) -> None:
        """Begins a term at `price` now, and keeps what was given of the old one.

        `credit` is what the rest of the old one paid of the new. Called once the difference is paid, or an
        invoice over it goes out.
        """
        self.require_changeable(price)
        if price.pk == self.price.pk:
            raise Refused(_("This is what you have already."))
        now = clock.now()
        kept = self.given_time()
        self.anchored_at = self.term_ends_at = now
        self.take_price(price)
        self.offer, self.offer_terms_left = None, 0
        self.begin_term(now)
        if credit:
            self.carried = (self.term_ends_at - now) * min(credit.minor, price.amount) // (price.amount or 1)
        if kept:
            self._lengthen(self.term_ends_at + kept)
        self.record(Change.CHANGED, by, self.state)

    @under_lock
    def change_later(self, price: Price, by: Actor) -> None:
        """Goes over to `price` with the next term; or, to the present one, stays after all."""
        self.require_changeable(price)
        self.next_price = price if price.pk != self.price.pk else None
        self.record(Change.WILL_CHANGE, by, self.state)

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
            self._lengthen(longer)
        self.record(Change.EXTENDED, by, self.state)

    def _lengthen(self, end: datetime) -> None:
        self.extra += end - self.term_ends_at
        self.term_ends_at = self.anchored_at = end
