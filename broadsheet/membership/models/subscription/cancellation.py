from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from broadsheet.membership.errors import Refused
from broadsheet.membership.models.catalogue.offer import Offer, OfferPlacement
from broadsheet.membership.models.subscription.transition import Actor, ActorKind, Change, State
from broadsheet.membership.models.zoned import Zoned
from broadsheet.platform import clock
from broadsheet.platform.locking import under_lock


class CancelReason(models.TextChoices):
    PRICE = "price", gettext_lazy("It costs too much")
    TIME = "time", gettext_lazy("I don’t have the time to read it")
    CONTENT = "content", gettext_lazy("It isn’t what I am looking for")
    TECHNICAL = "technical", gettext_lazy("Something doesn’t work")
    OTHER = "other", gettext_lazy("Something else")


class CancellationQuerySet(models.QuerySet["Cancellation"]):
    def active(self) -> Self:
        """Those that were not undone."""
        return self.filter(undone_at=None)


class Cancellation(models.Model):
    """The wish that a subscription end with its term; undone by one click until then."""

    subscription = models.ForeignKey(
        "membership.Subscription", on_delete=models.CASCADE, related_name="cancellations"
    )
    at = models.DateTimeField(default=clock.now)
    who = models.CharField(max_length=8, choices=ActorKind.choices)
    reason = models.CharField(max_length=9, choices=CancelReason.choices, blank=True)
    undone_at = models.DateTimeField(null=True)

    objects = CancellationQuerySet.as_manager()

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["subscription"], condition=Q(undone_at=None), name="one_cancellation_at_a_time"
            )
        ]

    def __str__(self) -> str:
        return f"{self.subscription.on(self.at)}: {self.reason}"


class Cancellable(Zoned):
    class Meta:
        abstract = True

    if TYPE_CHECKING:
        cancellations: CancellationQuerySet
        state: str
        term_ends_at: datetime
        offer: Offer | None
        offer_terms_left: int
        next_price_id: int | None
        price: Any
        amount: int
        currency: str
        person: Any

        def record(self, what: Change, by: Actor, from_state: str) -> Any: ...
        def refuse_if_ended(self) -> None: ...
        @property
        def term_end(self) -> str: ...
        def end(self, by: Actor) -> None: ...

    @property
    def cancellation(self) -> Cancellation | None:
        """The one that was not undone."""
        return self.cancellations.active().first()

    def require_cancellable(self) -> None:
        self.refuse_if_ended()
        if self.cancellation:
            if self.state == State.PAUSED:
                raise Refused(_("This subscription already ends when its paid time is used."))
            end = self.term_end
            raise Refused(_("This subscription already ends on %s.") % end)

    @under_lock
    def cancel(self, by: Actor, reason: str = "") -> None:
        """Lets it end with its term; at once where that is not paid for.

        One that is paused comes back for its unused time first, then ends.
        """
        self.require_cancellable()
        self.cancellations.create(who=by.who, reason=reason)
        if self.state == State.PAST_DUE:
            self.end(by)
        else:
            self.record(Change.CANCELLED, by, self.state)

    def require_keepable(self) -> None:
        self.refuse_if_ended()
        if not self.cancellation:
            raise Refused(_("There is no cancellation to undo."))
        if self.state != State.PAUSED and self.term_ends_at <= clock.now():
            raise Refused(_("This subscription ended on %s.") % self.term_end)

    @under_lock
    def keep(self, by: Actor) -> None:
        """Undoes the cancellation."""
        self.require_keepable()
        self.cancellations.active().update(undone_at=clock.now())
        self.record(Change.KEPT, by, self.state)

    @under_lock
    def end_cancelled(self, by: Actor) -> None:
        """Lets the cancellation take effect; raises Refused where it was undone, or the term runs."""
        if not self.cancellation or self.state == State.PAUSED or self.term_ends_at > clock.now():
            raise Refused(_("No end is due."))
        self.end(by)

    @property
    def save_offer(self) -> Offer | None:
        """The one offer that is made to a subscriber who is about to cancel; None where there is none."""
        is_settled = self.offer_terms_left or self.next_price_id or self.cancellation
        if self.state != State.ACTIVE or is_settled:
            return None
        # They may pay an older price than that which is sold, and which the offer is for.
        same = {"price__plan": self.price.plan_id, "price__term": self.price.term}
        here = {"price__edition": self.price.edition, "price__currency": self.currency}
        open_ones = Offer.objects.open().filter(
            placement=OfferPlacement.SAVE, amount__lt=self.amount, **same, **here
        )
        return open_ones.exclude(uses__person=self.person).order_by("amount").first()

    @under_lock
    def take_save_offer(self, offer: Offer, by: Actor) -> None:
        """Has the next terms cost what `offer` says."""
        if offer != self.save_offer:
            raise Refused(_("This offer is no longer open to you. Nothing was changed."))
        offer.use(self.person)
        self.offer, self.offer_terms_left = offer, offer.terms
        self.record(Change.DISCOUNTED, by, self.state)
