"""The number and the postcode that stand on the label of the paper, and whose they are."""

from collections.abc import Iterator
from enum import Enum

from django.db.models import Exists, OuterRef, QuerySet

from broadsheet.delivery.addresses import canonical
from broadsheet.membership.fulfilment.applying import link_by_mailbox
from broadsheet.membership.models.printed.delivery import PrintDelivery
from broadsheet.membership.models.printed.postal import bare
from broadsheet.membership.models.printed.subscriber import PrintDoubt, PrintSubscriber
from broadsheet.people.finding import Clues, Found
from broadsheet.people.models import Person

MOST = 10
"""Subscribers that one clue leads to: more are no help."""


class Linked(Enum):
    DONE = "done"
    NOT_BY_ITSELF = "not by itself"
    """Nothing says why: not whether there is such a number, nor whose it is."""


def link_by_label(person: Person, number: str, postcode: str) -> Linked:
    """Links `person` to what they read off their label, or has somebody look at it where that is doubtful."""
    found = list(PrintSubscriber.objects.found_on_label(number, postcode)[:2])
    if len(found) != 1:
        _doubt_postcode(person, number, postcode)
        return Linked.NOT_BY_ITSELF
    subscriber = found[0]
    why = ""
    if subscriber.person_id == person.pk:
        return Linked.DONE
    if subscriber.person_id:
        why = PrintDoubt.Why.TAKEN
    elif subscriber.email and subscriber.email != person.email and _is_somebodys(subscriber.email):
        why = PrintDoubt.Why.OTHER
    if why:
        PrintDoubt.objects.raise_all([PrintDoubt(subscriber=subscriber, person=person, why=why)])
        return Linked.NOT_BY_ITSELF
    subscriber.link(person, PrintSubscriber.How.LABEL)
    return Linked.DONE


def _is_somebodys(email: str) -> bool:
    return Person.objects.filter(email=email, is_active=True).exists()


def _doubt_postcode(person: Person, number: str, postcode: str) -> None:
    """Moved, or mistyped: a person can tell. A number that there isn't leaves nothing to look at."""
    rows = list(PrintSubscriber.objects.live().filter(bare_number=bare(number))[:2]) if bare(number) else []
    if len(rows) == 1:
        doubt = PrintDoubt(
            subscriber=rows[0], person=person, why=PrintDoubt.Why.POSTCODE, typed_postcode=postcode[:20]
        )
        PrintDoubt.objects.raise_all([doubt])


def link_by_sign_in(person: Person) -> None:
    """Lets somebody who has proven their mailbox read by the paper that comes to it."""
    link_by_mailbox(PrintSubscriber.objects.filter(email=person.email))


def readers_on_label(number: str, postcode: str) -> list[Person]:
    """Whose account a label belongs to: by a fulfilment house's number, or by a subscription's of ours."""
    linked = PrintSubscriber.objects.found_on_label(number, postcode).exclude(person=None)
    own = PrintDelivery.objects.found_on_label(number, postcode)
    return list(
        Person.objects.filter(is_active=True, pk__in=linked.values("person"))
        | Person.objects.filter(is_active=True, pk__in=own.values("subscription__person"))
    )


def by_label(clues: Clues) -> Iterator[Found]:
    """For “Find my subscription”: where a label leads."""
    if clues.has_number:
        yield from (Found(person.pk) for person in readers_on_label(clues.number, clues.postcode))
        # One whose address stands at several numbers is linked to one of them.
        on_label = PrintSubscriber.objects.found_on_label(clues.number, clues.postcode).unlinked()
        filed = Person.objects.filter(email__in=on_label.exclude(email="").values("email"), is_active=True)
        yield from (Found(pk) for pk in filed.values_list("pk", flat=True))


def by_name_in_file(clues: Clues) -> Iterator[Found]:
    """A house's file may name a household, so that our staff should look."""
    if clues.has_name:
        named = PrintSubscriber.objects.live().filter(
            bare_postcode=bare(clues.postcode), name__iexact=" ".join(clues.name.split())
        )
        linked = named.filter(person__is_active=True).order_by("pk")[:20]
        yield from (Found(pk, is_sure=False) for pk in linked.values_list("person", flat=True))


# --- Readers of the paper who have no account ------------------------------------------------------------


def strangers_to(clues: Clues) -> Iterator[tuple[PrintSubscriber, bool]]:
    """Those whom nobody here is yet, and whether that is beyond doubt; each once."""
    rows = (
        PrintSubscriber.objects.unlinked().exclude(Exists(_account_at_its_address())).select_related("house")
    )
    sure = [rows.none()]
    if clues.has_number:
        sure.append(rows.found_on_label(clues.number, clues.postcode))
    if clues.email:
        sure.append(rows.filter(email=canonical(clues.email)))
    doubtful = rows.none()
    if clues.has_name:
        name = " ".join(clues.name.split())
        doubtful = rows.filter(bare_postcode=bare(clues.postcode), name__iexact=name)
    seen = set()
    for found, is_sure in (*((each, True) for each in sure), (doubtful, False)):
        for row in found.order_by("pk")[:MOST]:
            if row.pk not in seen:
                seen.add(row.pk)
                yield row, is_sure


def paper_of(clues: Clues) -> PrintSubscriber | None:
    """The one to whose mailbox label and address lead, each as far as it leads; None for several."""
    found = [row for row, is_sure in strangers_to(clues) if is_sure]
    mailboxes = {row.email for row in found}
    return found[0] if len(mailboxes) == 1 and found[0].email else None


def _account_at_its_address() -> QuerySet[Person]:
    return Person.objects.filter(email=OuterRef("email"), is_active=True)
