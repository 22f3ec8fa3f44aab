"""Readers as one line each: with an account, with newsletters alone, or both. Batch after batch."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import batched

from django.db.models import QuerySet

from broadsheet.billing.providers.stripe.models import StripeCustomer
from broadsheet.delivery.addresses import readable
from broadsheet.delivery.models import Suppression
from broadsheet.importers.models import KeptOfReader
from broadsheet.membership.models import Entitlement, Subscription
from broadsheet.newsletters.models import Labelling, Mailbox, SignUp
from broadsheet.people.models import Person

BATCH = 1000
HEADINGS = ("email", "name", "newsletters", "labels", "note", "since", "plan", "complimentary")
"""Of a table of them: `Member.row`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    address: str
    name: str
    since: datetime
    gets_newsletters: bool
    newsletters: tuple[str, ...]
    labels: tuple[str, ...]
    note: str
    is_complimentary: bool
    plan: str
    """Of the subscription that they read by, empty without one."""
    stripe_customer: str

    @property
    def row(self) -> tuple[str, ...]:
        return (
            self.address,
            self.name,
            ", ".join(self.newsletters) if self.gets_newsletters else "",
            ", ".join(self.labels),
            self.note,
            self.since.astimezone(UTC).isoformat(timespec="seconds"),
            self.plan,
            "yes" if self.is_complimentary else "",
        )


def members(tag: str = "") -> Iterator[Member]:
    """Everybody who reads or gets letters but staff. Newsletters are those of the edition `tag`, or all."""
    keys = (
        Mailbox.objects.filter(erased_at=None, merged_into=None).order_by("pk").values_list("pk", flat=True)
    )
    for batch in batched(keys.iterator(BATCH), BATCH, strict=False):
        boxes = list(Mailbox.objects.filter(pk__in=batch).select_related("person").order_by("pk"))
        yield from _lines([(box, box.person) for box in boxes], tag)
    without = _people().filter(mailbox=None).order_by("pk").values_list("pk", flat=True)
    for batch in batched(without.iterator(BATCH), BATCH, strict=False):
        yield from _lines(
            [(None, person) for person in Person.objects.filter(pk__in=batch).order_by("pk")], tag
        )


def _people() -> QuerySet[Person]:
    return Person.objects.readers().filter(is_active=True)


def _lines(rows: list[tuple[Mailbox | None, Person | None]], tag: str) -> Iterator[Member]:
    people = {person.pk for _box, person in rows if person}
    readers = set(_people().filter(pk__in=people).values_list("pk", flat=True))
    addresses = {box.address if box else person.email for box, person in rows if box or person}  # type: ignore[union-attr]
    known = _Known({box.pk for box, _person in rows if box}, people, addresses, tag)
    for box, person in rows:
        if person and person.pk not in readers:
            continue  # staff
        yield known.line(box, person)


class _Known:
    """What is known of a batch, in a few queries."""

    def __init__(self, boxes: set[int], people: set[int], addresses: set[str], tag: str) -> None:
        self.newsletters, self.labels = defaultdict[int, list[str]](list), defaultdict[int, list[str]](list)
        confirmed = SignUp.objects.confirmed().filter(mailbox__in=boxes)
        if tag:
            confirmed = confirmed.filter(newsletter__edition=tag)
        for box, name in confirmed.order_by("newsletter").values_list("mailbox", "newsletter__name"):
            self.newsletters[box].append(name)
        for box, name in Labelling.objects.filter(mailbox__in=boxes).values_list("mailbox", "label__name"):
            self.labels[box].append(name)
        self.suppressed = Suppression.objects.among(addresses)
        given = Entitlement.objects.live().complimentary().filter(person__in=people)
        self.complimentary = set(given.values_list("person", flat=True))
        reading = Subscription.objects.live().reading().filter(person__in=people)
        self.plans = dict(reading.values_list("person", "price__plan__name"))
        customers = StripeCustomer.objects.filter(person__in=people, is_live=True).exclude(reference="")
        self.customers = dict(customers.values_list("person", "reference"))
        self.kept = {row.mailbox_id: row for row in KeptOfReader.objects.filter(mailbox__in=boxes)}

    def line(self, box: Mailbox | None, person: Person | None) -> Member:
        address = box.address if box else person.email if person else ""
        mine, theirs = box.pk if box else 0, person.pk if person else 0
        kept = self.kept.get(mine)
        newsletters = tuple(self.newsletters[mine]) if mine else ()
        return Member(
            address=readable(address),
            name=(person.get_full_name() if person else "") or (kept.name if kept else ""),
            since=box.created_at if box and not person else person.date_joined,  # type: ignore[union-attr]
            gets_newsletters=bool(newsletters) and address not in self.suppressed,
            newsletters=newsletters,
            labels=tuple(self.labels[mine]) if mine else (),
            note=kept.note if kept else "",
            is_complimentary=theirs in self.complimentary,
            plan=self.plans.get(theirs, ""),
            stripe_customer=self.customers.get(theirs) or (kept.stripe_customer if kept else ""),
        )
