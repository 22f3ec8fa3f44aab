from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import IntegrityError, models, transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from broadsheet.membership.errors import Refused
from broadsheet.membership.lengths import Term
from broadsheet.membership.models.catalogue.offer import Offer
from broadsheet.membership.models.catalogue.plan import CurrencyField, Price
from broadsheet.membership.models.entitlement import Entitlement
from broadsheet.membership.models.policy import SalesPolicy
from broadsheet.membership.models.subscription.announcing import announce
from broadsheet.membership.models.subscription.cancellation import Cancellable
from broadsheet.membership.models.subscription.ending import Endable
from broadsheet.membership.models.subscription.extension import Extendable
from broadsheet.membership.models.subscription.moving import Movable
from broadsheet.membership.models.subscription.pause import Pausable
from broadsheet.membership.models.subscription.plan_change import Changeable
from broadsheet.membership.models.subscription.queryset import SubscriptionQuerySet
from broadsheet.membership.models.subscription.renewal import Renewable
from broadsheet.membership.models.subscription.transition import Actor, ActorKind, Change, State, Transition
from broadsheet.membership.models.zoned import Zoned
from broadsheet.people.models import Person
from broadsheet.platform import clock


class SubscriptionManager(models.Manager.from_queryset(SubscriptionQuerySet)):  # type: ignore[misc]
    def begin(
        self,
        person: Person,
        price: Price,
        by: Actor,
        *,
        provider: str,
        offer: Offer | None = None,
        trial: bool = False,
        amount: int | None = None,
        is_group: bool = False,
    ) -> "Subscription":
        """A subscription of `person` from now on, in its first term, which costs `term_amount`.

        `amount` is what a donor chose to give each term, or what a group pays. Raises Refused where they
        have one already, and where the offer is not theirs to take.
        """
        now = clock.now()
        zone = price.zone
        try:
            with transaction.atomic():
                # Two tabs, one reader: the second waits here and then sees what the first has done.
                Person.objects.select_for_update(no_key=True).get(pk=person.pk)
                if price.term == Term.ONCE:
                    raise Refused(_("This is paid once and does not renew."))
                if offer:
                    offer.take(person, price)
                elif trial and not self.may_begin_trial(person, price):
                    raise Refused(_("Each reader can have one trial, before the first subscription."))
                subscription = Subscription(
                    person=person,
                    price=price,
                    amount=price.amount if amount is None else amount,
                    currency=price.currency,
                    is_donation=price.plan.is_donation,
                    is_group=is_group,
                    offer=offer,
                    offer_terms_left=offer.terms if offer else 0,
                    provider=provider,
                    time_zone=zone.key,
                    grace_days=SalesPolicy.load().grace_days,
                    began_at=now,
                    anchored_at=now,
                    term_starts_at=now,
                    term_ends_at=now,
                )
                if trial and not offer:  # they don't add up: see `Quote`
                    subscription.state = State.TRIALING
                    end = subscription.later(now, days=price.trial_days)
                    subscription.term_ends_at = subscription.anchored_at = end
                else:
                    subscription.begin_term(now)
                subscription.save(force_insert=True)
                subscription.record(Change.BEGUN, by, "")
        except IntegrityError as error:
            raise Refused(_("You already have a subscription.")) from error
        return subscription

    def may_begin_trial(self, person: Person | None, price: Price) -> bool:
        """Whether `price` has a trial and `person` never subscribed. None: a stranger, taken for new."""
        if not price.trial_days or person is None:
            return price.trial_days > 0
        return not self.filter(person=person).reading().exists()

    def paused_of(self, person: Person) -> "Subscription | None":
        """The one that `person` has paused."""
        return self.filter(person=person, state=State.PAUSED).reading().first()

    def of(self, person: Person) -> "Subscription | None":
        """The one that `person` reads by, or last did."""
        own = self.filter(person=person).reading().select_related("price__plan", "next_price__plan")
        return own.order_by(F("ended_at").desc(nulls_first=True)).first()


class Subscription(Renewable, Pausable, Cancellable, Changeable, Extendable, Endable, Movable, Zoned):
    """A paid agreement. Its verbs leave a `Transition` each, and the entitlements that follow from them.

    It has never heard of a payment provider: rooms above tell it what was paid.
    """

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="subscriptions"
    )
    price = models.ForeignKey(Price, on_delete=models.PROTECT, related_name="subscriptions")
    amount = models.PositiveBigIntegerField()
    """For each term, in minor units, as it was agreed."""
    currency = CurrencyField()
    is_donation = models.BooleanField(default=False)
    is_group = models.BooleanField(default=False)
    """Whether it pays for the seats of a group. Nobody reads by it, its owner neither."""
    next_price = models.ForeignKey(Price, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    offer = models.ForeignKey(
        Offer, on_delete=models.PROTECT, null=True, blank=True, related_name="subscriptions"
    )
    offer_terms_left = models.PositiveSmallIntegerField(default=0)
    provider = models.CharField(max_length=20)
    state = models.CharField(max_length=8, choices=State.choices, default=State.ACTIVE)
    grace_days = models.PositiveSmallIntegerField()
    began_at = models.DateTimeField()
    anchored_at = models.DateTimeField()
    """Whose day of the month, and time of day, the ends of its terms are on: see `lengths.next_end`."""
    term_starts_at = models.DateTimeField()
    term_ends_at = models.DateTimeField()
    term_amount = models.PositiveBigIntegerField(default=0)
    """What the present term cost, less what was given back of it."""
    is_in_offer = models.BooleanField(default=False)
    """Whether that is what the offer says."""
    extra = models.DurationField(default=timedelta())
    """How much of the present term was given without charge, by our staff or as a gift."""
    carried = models.DurationField(default=timedelta())
    """How much of it the unused rest of an older term has paid for, when that was changed into this one."""
    past_due_since = models.DateTimeField(null=True)
    lapses_at = models.DateTimeField(null=True)
    """When the days of grace are over, of one that is past due."""
    ended_at = models.DateTimeField(null=True)

    objects: ClassVar[SubscriptionManager] = SubscriptionManager()

    class Meta:
        ordering = ["-began_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["person"],
                condition=~Q(state="ended") & Q(is_donation=False, is_group=False),
                name="one_live_subscription_to_read_by",
            ),
            models.CheckConstraint(
                condition=Q(term_ends_at__gt=F("term_starts_at")), name="subscription_term_has_a_length"
            ),
            models.CheckConstraint(
                condition=Q(extra__gte=timedelta(), carried__gte=timedelta()),
                name="subscription_time_is_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(state="ended", ended_at__isnull=False) | (~Q(state="ended") & Q(ended_at=None)),
                name="subscription_ended_has_an_end",
            ),
            models.CheckConstraint(
                condition=Q(state="past_due", past_due_since__isnull=False, lapses_at__isnull=False)
                | (~Q(state="past_due") & Q(past_due_since=None, lapses_at=None)),
                name="subscription_past_due_has_its_moments",
            ),
            models.CheckConstraint(
                condition=Q(currency__regex=r"^[A-Z]{3}$"), name="subscription_currency_is_iso_4217"
            ),
            models.CheckConstraint(condition=~Q(time_zone=""), name="subscription_has_a_time_zone"),
        ]
        indexes = [
            models.Index(fields=["state", "term_ends_at"], name="subscription_due"),
            models.Index(
                fields=["lapses_at"], condition=Q(lapses_at__isnull=False), name="subscription_lapsing"
            ),
            models.Index(fields=["-began_at", "-id"], name="subscription_newest"),
            models.Index(fields=["term_ends_at", "id"], name="subscription_next"),
            models.Index(fields=["price", "state"], name="subscription_count"),
            models.Index(fields=["state", "-began_at", "-id"], name="subscription_newest_in_state"),
        ]

    if TYPE_CHECKING:
        transitions: models.QuerySet[Transition]
        entitlements: models.QuerySet[Entitlement]

    def __str__(self) -> str:
        return f"{self.price.plan}, {self.person}"

    @property
    def number(self) -> str:
        """What a reader names it by when they write to us."""
        return f"S-{self.pk:06}"

    @property
    def plan(self) -> str:
        """“Digital”; for a group, “Digital for The Harbour School, 12 seats”."""
        if not self.is_group:
            return self.price.plan.name
        group = self.group
        said = {"plan": self.price.plan.name, "group": group.name, "seats": group.seats}
        return _("%(plan)s for %(group)s, %(seats)d seats") % said

    @property
    def term_end(self) -> str:
        """The day of it, as its reader is told."""
        return self.day(self.term_ends_at)

    @property
    def is_live(self) -> bool:
        return self.state != State.ENDED

    @property
    def access_ends_at(self) -> datetime:
        """Until when it gives the right to read, if nothing more happens.

        A subscription that renews gives it for the days of grace beyond its term. A reader who does not pay
        keeps it for that long, and one who pays is not kept out while the charge is on its way.
        """
        if self.ended_at:
            return self.ended_at
        ends = [self.term_ends_at] if self.cancellation else []
        return min([*ends, self.lapses_at or self.later(self.term_ends_at, days=self.grace_days)])

    def access_periods(self) -> Iterator[tuple[datetime, datetime]]:
        """When it has given, and will give, the right to read: from its rows alone, in order."""
        start = self.began_at
        for pause in self.pauses.order_by("starts_at", "pk"):
            if start < pause.starts_at:
                yield start, pause.starts_at
            if pause.ended_at is None:
                return
            start = pause.ended_at
        if start < self.access_ends_at:
            yield start, self.access_ends_at

    def record(self, what: Change, by: Actor, from_state: str) -> Transition:
        """Writes down what was just done to it, with all that follows. Every verb ends with this."""
        self.save()
        written = self.transitions.create(
            what=what,
            from_state=from_state,
            to_state=self.state,
            who=by.who,
            person=by.person,
            why=by.why,
        )
        self._entitle()
        announce(self, written)
        return written

    def _entitle(self) -> None:
        """Brings the entitlements into line with the rows that they are computed from."""
        if self.is_group:
            if group := getattr(self, "group", None):  # none yet in the moment in which it begins
                group.follow()
            return
        there = {row.starts_at: row for row in self.entitlements.all()}
        for start, end in [] if self.is_donation else self.access_periods():
            row = there.pop(start, None) or Entitlement(
                person_id=self.person_id, subscription=self, starts_at=start
            )
            if row.ends_at != end:
                row.ends_at = end
                row.save()
        for row in there.values():
            row.delete()

    @property
    def ended_how(self) -> str:
        """In a word or two, once it has ended: cancelled by the reader, lapsed unpaid, ended by our staff."""
        last = self.transitions.filter(to_state=State.ENDED).last()
        if last is None:
            return ""
        if last.what == Change.LAPSED:
            return _("lapsed unpaid")
        if self.cancellation or last.who == ActorKind.READER:
            return _("by cancellation")
        return _("ended by our staff") if last.who == ActorKind.STAFF else _("ended")
