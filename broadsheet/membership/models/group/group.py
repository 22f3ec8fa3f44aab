from datetime import datetime
from typing import TYPE_CHECKING, ClassVar, Self

from django.db import models, transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from broadsheet.delivery.addresses import canonical, domain_of
from broadsheet.membership.errors import Refused
from broadsheet.membership.models.catalogue.plan import Price
from broadsheet.membership.models.entitlement import UNTIL_REVOKED
from broadsheet.membership.models.group.giving import Giving
from broadsheet.membership.models.institution.institution import Institution
from broadsheet.membership.models.subscription.subscription import Subscription
from broadsheet.membership.models.subscription.transition import Actor, Change, State
from broadsheet.membership.notice_kinds import OwnerNotice
from broadsheet.notices.models import Notice
from broadsheet.people.models import Person
from broadsheet.platform import clock
from broadsheet.platform.locking import held
from broadsheet.platform.money import Money

if TYPE_CHECKING:
    from broadsheet.membership.models.group.domain import GroupDomain
    from broadsheet.membership.models.group.seat import Seat

FEWEST, MOST = 2, 5000
"""How many seats a group may have."""


class GroupQuerySet(models.QuerySet["Group"]):
    def live(self) -> Self:
        return self.exclude(subscription__state=State.ENDED)

    def owned_by(self, person: Person) -> Self:
        return self.filter(subscription__person=person)

    def found(self, text: str) -> Self:
        """That with the number `text`, else those with it in their name, or whose owner it begins."""
        owned = Subscription.objects.filter(is_group=True).found(text)
        return self.filter(Q(name__icontains=text.strip()) | Q(subscription__in=owned.values("pk")))

    def having_mailbox(self, email: str) -> Self:
        """Those that give a seat to whoever has the mailbox `email`, which must be proven."""
        return self.live().filter(domains__domain=domain_of(canonical(email)))


class GroupManager(models.Manager.from_queryset(GroupQuerySet)):  # type: ignore[misc]
    @transaction.atomic
    def begin(
        self,
        owner: Person,
        name: str,
        price: Price,
        seats: int,
        by: Actor,
        *,
        provider: str,
        seat_amount: int | None = None,
        amount: int | None = None,
    ) -> "Group":
        """A group of `owner` with so many `seats`, from now on.

        Each costs `seat_amount` a term, as `price` unless told. With `amount` the group costs that as a
        whole, however many seats it has.
        """
        if not FEWEST <= seats <= MOST:
            raise Refused(_("A group has %(least)d to %(most)d seats.") % {"least": FEWEST, "most": MOST})
        if amount is None:
            seat_amount = price.amount if seat_amount is None else seat_amount
            amount = seat_amount * seats
        subscription = Subscription.objects.begin(
            owner, price, by, provider=provider, amount=amount, is_group=True
        )
        group: Group = self.create(
            subscription=subscription, name=" ".join(name.split()), seats=seats, seat_amount=seat_amount
        )
        group.follow()
        return group


class Group(Giving):
    """A school, a firm, a team: its owner pays for seats, and gives them to people.

    Its terms, its state and how it is paid are those of its subscription, by which nobody reads: the seats
    give the right to.
    """

    subscription = models.OneToOneField(
        Subscription, on_delete=models.CASCADE, primary_key=True, related_name="group"
    )
    name = models.CharField(gettext_lazy("name"), max_length=120)
    seats = models.PositiveIntegerField(gettext_lazy("seats"))
    next_seats = models.PositiveIntegerField(null=True, blank=True)
    """How many it will have from its next term on; None where that changes nothing."""
    taken = models.PositiveIntegerField(default=0)
    """How many seats are given or offered, as `Seat` rows say: counted here so that the database can hold
    them to the number that is paid for."""
    seat_amount = models.PositiveBigIntegerField(null=True, blank=True)
    """What a seat costs each term, in minor units; None where the group has one price as a whole."""
    institution = models.OneToOneField(
        Institution, on_delete=models.SET_NULL, null=True, blank=True, related_name="group"
    )
    """Whose networks are the group's reading rooms, for as long as it lasts."""

    objects: ClassVar[GroupManager] = GroupManager()

    class Meta:
        verbose_name = gettext_lazy("group")
        verbose_name_plural = gettext_lazy("groups")
        ordering = ["name", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(taken__lte=F("seats")), name="group_gives_what_it_has"),
            models.CheckConstraint(
                condition=Q(next_seats=None) | Q(taken__lte=F("next_seats")),
                name="group_gives_what_it_will_have",
            ),
            models.CheckConstraint(
                condition=Q(seats__range=(FEWEST, MOST))
                & (Q(next_seats=None) | Q(next_seats__range=(FEWEST, MOST))),
                name="group_has_a_size",
            ),
        ]

    if TYPE_CHECKING:
        domains: models.QuerySet[GroupDomain]
        seat_rows: models.QuerySet[Seat]

    def __str__(self) -> str:
        return self.name

    @property
    def number(self) -> str:
        return self.subscription.number

    @property
    def owner(self) -> Person:
        return self.subscription.person

    @property
    def edition(self) -> str:
        return str(self.subscription.price.edition)

    @property
    def is_live(self) -> bool:
        return self.subscription.is_live

    @property
    def seats_to_come(self) -> int:
        """How many it has from its next term on, as things stand."""
        return self.next_seats or self.seats

    @property
    def free(self) -> int:
        """How many seats can still be given: no more than it will have after this term, either."""
        return min(self.seats, self.seats_to_come) - self.taken

    # --- What it costs -------------------------------------------------------------------------------

    @property
    def follows_price(self) -> bool:
        """Whether it pays what its price says, and not an amount of its own."""
        return self.seat_amount is not None and self.seat_amount == self.subscription.price.amount

    def amount_to_come(self, price: Price | None) -> Money:
        """What its next term costs, at `price` where that takes the place of its own."""
        currency = self.subscription.currency
        if price is not None:
            return Money(price.amount * self.seats_to_come, currency)
        if self.seat_amount is None:
            return Money(self.subscription.amount, currency)
        return Money(self.seat_amount * self.seats_to_come, currency)

    def begin_term(self, price: Price | None) -> int:
        """Takes the seats, and the price, of the term that begins; returns what that costs."""
        amount = self.amount_to_come(price).minor
        if price is not None:
            self.seat_amount = price.amount
        self.seats, self.next_seats = self.seats_to_come, None
        self.save(update_fields=["seats", "next_seats", "seat_amount"])
        return amount

    def cost_of_more(self, count: int, at: datetime | None = None) -> Money:
        """What `count` more seats cost for the rest of the term: by the days that are left of it."""
        subscription = self.subscription
        whole = Money((self.seat_amount or 0) * count, subscription.currency)
        end = subscription.on(subscription.term_ends_at)
        length = (end - subscription.on(subscription.term_starts_at)).days or 1
        left = (end - subscription.on(at or clock.now())).days
        return whole.share(min(max(left, 0), length), length)

    def require_resizable(self, seats: int) -> None:
        """Raises Refused where it can't have `seats` from now on, or from its next term on."""
        if not FEWEST <= seats <= MOST:
            raise Refused(_("A group has %(least)d to %(most)d seats.") % {"least": FEWEST, "most": MOST})
        self.subscription.refuse_if_ended()
        if self.subscription.state != State.ACTIVE:
            raise Refused(_("A payment is due, or the group is paused. Its seats stay as they are."))
        if self.subscription.cancellation:
            raise Refused(_("The group is due to end. Undo the cancellation first."))
        if self.seat_amount is None:
            raise Refused(_("This group has one price for all its seats. Write to us to have more."))
        if seats < self.taken:
            raise Refused(
                _("%(taken)d seats are given or offered. Take back %(over)d of them first.")
                % {"taken": self.taken, "over": self.taken - seats}
            )

    def add_seats(self, count: int, paid: Money, by: Actor) -> None:
        """Has `count` more seats from now on, which were `paid` for to the end of the term."""
        with held(self.subscription, self):
            seats = self.seats + count
            self.require_resizable(seats)
            self.seats, self.next_seats = seats, None
            self.save(update_fields=["seats", "next_seats"])
            self._set_amount(by, self.subscription.term_amount + paid.minor)

    def keep_seats(self, seats: int, by: Actor) -> None:
        """Has `seats`, no more than now, from its next term on; as many as now: stays as it is."""
        with held(self.subscription, self):
            self.require_resizable(seats)
            if seats > self.seats:
                raise Refused(_("More seats are paid for before they can be given."))
            self.next_seats = seats if seats < self.seats else None
            self.save(update_fields=["next_seats"])
            self.subscription.record(Change.SEATS, by, self.subscription.state)

    def _set_amount(self, by: Actor, term_amount: int) -> None:
        subscription = self.subscription
        if self.seat_amount is not None:
            subscription.amount = self.seat_amount * self.seats
        subscription.term_amount = term_amount
        subscription.record(Change.SEATS, by, subscription.state)

    def agree(self, seats: int, amount: int | None, by: Actor) -> None:
        """What our staff agreed with it: `seats` at once and, with its next term, what it costs as a whole.

        Without an amount it goes on as it is priced. The present term is not charged again.
        """
        with held(self.subscription, self):
            self.subscription.refuse_if_ended()
            if not max(FEWEST, self.taken) <= seats <= MOST:
                raise Refused(
                    _("%(taken)d seats are given or offered, and a group has %(least)d to %(most)d.")
                    % {"taken": self.taken, "least": FEWEST, "most": MOST}
                )
            self.seats, self.next_seats = seats, None
            if amount is not None:
                self.seat_amount, self.subscription.amount = None, amount
            self.save(update_fields=["seats", "next_seats", "seat_amount"])
            self._set_amount(by, self.subscription.term_amount)

    # --- Whose it is ---------------------------------------------------------------------------------

    def hand_on(self, person: Person, by: Actor) -> None:
        """Makes `person`, who has a seat, its owner. Invoices of before stay with the old one."""
        with held(self.subscription, self):
            self.subscription.refuse_if_ended()
            if not self.seat_rows.taken().filter(person=person).exists():  # type: ignore[attr-defined]
                raise Refused(_("Only somebody who has taken a seat can become the owner."))
            if person.pk == self.subscription.person_id:
                raise Refused(_("They are the owner already."))
            before, self.subscription.person = self.subscription.person, person
            written = self.subscription.record(Change.HANDED_ON, by, self.subscription.state)
            for key, told in ((f"{written.pk}", person), (f"{written.pk} before", before)):
                Notice.objects.set_down(
                    OwnerNotice.HANDED_ON, self.pk, key=key, edition=self.edition, person=told
                )

    # --- Reading rooms -------------------------------------------------------------------------------

    def hold(self, institution: Institution | None) -> None:
        """Has the networks of `institution` as its reading rooms; None: none."""
        with held(self.subscription, self):
            if institution and Group.objects.filter(institution=institution).exclude(pk=self.pk).exists():
                raise Refused(_("Another group has these reading rooms."))
            before = self.institution
            self.institution = institution
            self.save(update_fields=["institution"])
            if before and before != institution:
                before.end(clock.now())
            self.follow()

    def follow_rooms(self, end: datetime | None) -> None:
        """Lets its reading rooms be open until `end`, at which the group's right to read ends."""
        if self.institution and end and end < UNTIL_REVOKED:
            self.institution.end(end)
