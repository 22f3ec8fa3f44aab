from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, models, transaction
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from broadsheet.delivery.addresses import canonical
from broadsheet.membership.errors import Refused
from broadsheet.membership.models.entitlement import Entitlement
from broadsheet.membership.models.group.seat import Seat
from broadsheet.membership.models.subscription.transition import State
from broadsheet.membership.notice_kinds import GroupNotice
from broadsheet.notices.models import Notice
from broadsheet.people.models import Person
from broadsheet.platform import clock
from broadsheet.platform.locking import held

if TYPE_CHECKING:
    from broadsheet.membership.models.subscription.subscription import Subscription

AT_ONCE = 1000
"""How many rows are written by one query."""
LONGEST_KEY = 60
"""Of what tells one occasion for a notice from another."""
BEFORE_END = 14
"""How many days before the group ends its people are told."""


class Giving(models.Model):
    """Seats: offered, taken, passed on, taken back; and the right to read that follows from them."""

    class Meta:
        abstract = True

    if TYPE_CHECKING:
        pk: int
        subscription: Subscription
        name: str
        seats: int
        taken: int
        institution_id: int | None
        seat_rows: Any
        domains: Any

        @property
        def free(self) -> int: ...
        @property
        def edition(self) -> str: ...
        def follow_rooms(self, end: datetime | None) -> None: ...

    def require_free(self) -> None:
        if self.subscription.state == State.ENDED:
            raise Refused(_("This group has ended."))
        if self.free < 1:
            raise Refused(_("All seats are given or offered. Take one back first, or add seats."))

    def invite(self, email: str, *, name: str = "") -> Seat:
        """Offers a seat to whoever has the mailbox `email`, by a letter with a link.

        It says nothing of whether they have an account. Raises Refused.
        """
        with held(self.subscription, self):
            self._refuse_twice(email)
            self.require_free()
            seat = self._seat(email=canonical(email), name=name, invited_at=clock.now())
            seat.send(self.edition)
        return seat

    def add_domain(self, domain: str) -> None:
        """Whoever signs in with a mailbox there gets a seat while there are some. Raises Refused."""
        _row, is_new = self.domains.get_or_create(domain=domain)
        if not is_new:
            raise Refused(_("This domain is listed already."))

    def give_to(self, person: Person, how: str) -> Seat:
        """Gives `person` a seat at once, as their mailbox entitles them to. Raises Refused."""
        with held(self.subscription, self):
            self._refuse_twice(person.email)
            self.require_free()
            now = clock.now()
            seat = self._seat(
                email=canonical(person.email), person=person, how=how, invited_at=now, taken_at=now
            )
            seat.say(GroupNotice.GIVEN, self.edition)
            self.follow([seat])
        return seat

    def _refuse_twice(self, email: str) -> None:
        if self.seat_rows.open().filter(email=canonical(email)).exists():
            raise Refused(_("A seat is given or offered to this address already."))

    def _seat(self, **fields: Any) -> Seat:
        try:
            with transaction.atomic():
                seat: Seat = self.seat_rows.create(**fields)
        except IntegrityError as error:
            raise Refused(_("They have a seat of this group already.")) from error
        self.count()
        return seat

    def accept(self, seat: Seat, person: Person) -> None:
        """Lets `person` have the seat that was offered to a mailbox of theirs. Raises Refused."""
        with held(self.subscription, self, seat):
            if seat.ended_at or self.subscription.state == State.ENDED:
                raise Refused(_("This seat isn’t offered any more. Ask whoever invited you."))
            if seat.person_id == person.pk:
                return
            if seat.person_id:
                raise Refused(_("This invitation was used already."))
            if self.seat_rows.open().filter(person=person).exists():
                raise Refused(_("You have a seat of this group already."))
            seat.person, seat.taken_at = person, clock.now()
            seat.save(update_fields=["person", "taken_at"])
            Notice.objects.drop(GroupNotice.INVITED, seat.pk)
            seat.say(GroupNotice.GIVEN, self.edition)
            self.follow([seat])

    def take_back(self, seat: Seat, *, by_themselves: bool = False) -> None:
        """Ends a seat, or the offer of one, at once. Whoever had it is told, unless they gave it back."""
        with held(self.subscription, self, seat):
            if seat.ended_at:
                raise Refused(_("This seat was taken back already."))
            if seat.person_id is None:
                # Nobody had it, and an address that says nothing any more isn't kept.
                Notice.objects.drop(GroupNotice.INVITED, seat.pk)
                seat.delete()
                self.count()
                return
            seat.end(Seat.Ending.GIVEN_BACK if by_themselves else Seat.Ending.TAKEN_BACK)
            self.count()
            self.follow([seat])
            Notice.objects.drop(GroupNotice.ENDS, seat.pk)
            if not by_themselves:
                seat.say(GroupNotice.TAKEN_BACK, self.edition)

    def pass_on(self, seat: Seat, email: str) -> Seat:
        """Takes a seat back and offers it to another mailbox, both or neither. Raises Refused."""
        with held(self.subscription, self, seat):
            self._refuse_twice(email)
            self.take_back(seat)
            return self.invite(email)

    def count(self) -> None:
        """Brings `taken` into line with the rows; the database refuses what is more than was bought."""
        self.taken = self.seat_rows.open().count()
        self.save(update_fields=["taken"])  # type: ignore[misc]

    # --- The right to read ---------------------------------------------------------------------------

    def follow(self, seats: Iterable[Seat] | None = None) -> None:
        """Brings the entitlements of `seats`, of all unless told, into line with the subscription's rows."""
        rows = list(self.seat_rows.exclude(taken_at=None) if seats is None else seats)
        periods = list(self.subscription.access_periods())
        there: dict[tuple[int | None, datetime], Entitlement] = {
            (row.seat_id, row.starts_at): row
            for row in Entitlement.objects.filter(seat__in=[seat.pk for seat in rows])
        }
        new: list[Entitlement] = []
        moved: dict[datetime, list[int]] = {}
        name = _("A seat of %s") % self.name
        for seat in rows:
            for start, end in seat.within(periods):
                row = there.pop((seat.pk, start), None)
                if row is None:
                    new.append(
                        Entitlement(
                            person_id=seat.person_id,
                            seat=seat,
                            starts_at=start,
                            ends_at=end,
                            reason=name,
                        )
                    )
                elif row.ends_at != end:
                    moved.setdefault(end, []).append(row.pk)
        for row in there.values():
            row.delete()
        for end, keys in moved.items():
            for first in range(0, len(keys), AT_ONCE):
                Entitlement.objects.filter(pk__in=keys[first : first + AT_ONCE]).update(ends_at=end)
        Entitlement.objects.bulk_create(new, batch_size=AT_ONCE)
        if self.institution_id:
            self.follow_rooms(periods[-1][1] if periods else None)
        if seats is None:
            self._tell_of_the_end()

    def tell_of_erasure(self) -> None:
        """Has its people told that it ends, before its rows are deleted with its owner’s account."""
        owner = self.subscription.person_id
        for seat in self.seat_rows.taken().exclude(person=owner).select_related("person"):
            seat.say(GroupNotice.GONE, self.edition, key=Truncator(self.name).chars(LONGEST_KEY))

    def _tell_of_the_end(self) -> None:
        """Plans or drops what its people are told of its end, as things stand now."""
        subscription, seats = self.subscription, list(self.seat_rows.taken().select_related("person"))
        about = [seat.pk for seat in seats]
        if subscription.state == State.ENDED:
            Notice.objects.filter(kind=GroupNotice.ENDS, about__in=about, sent_at=None).delete()
            for seat in seats:
                seat.say(GroupNotice.ENDED, self.edition)
        elif subscription.cancellation:
            due_at = max(clock.now(), subscription.later(subscription.term_ends_at, days=-BEFORE_END))
            key = f"{subscription.on(subscription.term_ends_at)}"
            for seat in seats:
                seat.say(GroupNotice.ENDS, self.edition, key=key, due_at=due_at)
        else:
            Notice.objects.filter(kind=GroupNotice.ENDS, about__in=about, sent_at=None).delete()
