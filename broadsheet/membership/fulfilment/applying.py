"""Checks a file of a fulfilment house, without any effect, and applies it: chunk by chunk, each whole.

What is applied twice changes nothing, so that a worker that dies is followed by one that goes on where the
last whole chunk ended.
"""

from collections import Counter
from collections.abc import Callable
from itertools import batched

from django.db import transaction
from django.db.models import OuterRef, Q, Subquery
from django.utils.translation import gettext as _

from broadsheet.membership.errors import Refused
from broadsheet.membership.fulfilment.reading import Entry, Fault, Table, Unreadable, read
from broadsheet.membership.models.printed.house import HouseFile
from broadsheet.membership.models.printed.postal import bare
from broadsheet.membership.models.printed.subscriber import PrintDoubt, PrintSubscriber, SubscriberQuerySet
from broadsheet.people.models import Person
from broadsheet.platform import clock
from broadsheet.platform.locking import held

CHUNK = 2000
FAULTS_KEPT = 500
TAKEN = (
    "number",
    "email",
    "name",
    "postcode",
    "bare_postcode",
    "paid_until",
    "ended_at",
    "seen_in",
)

type Advance = Callable[[int], object]


def table_of(file: HouseFile) -> Table:
    """Raises Unreadable."""
    house = file.house
    return read(file.stored, house.columns, encoding=house.encoding, delimiter=house.delimiter)


def check(file: HouseFile, advance: Advance = lambda _count: None) -> None:
    """Says what applying the file would do. It changes nothing but the report."""
    try:
        lines = list(table_of(file).entries())
    except Unreadable as error:
        file.move(HouseFile.State.UNREADABLE, fault=str(error)[:300])
        file.forget()
        return
    file.move(HouseFile.State.UPLOADED, lines=len(lines), done=0)
    counts: Counter[str] = Counter()
    known = file.house.subscribers.live().count()
    faults = [[line.line, line.words] for line in lines if isinstance(line, Fault)]
    for chunk in batched(lines, CHUNK):
        counts += _foreseen(file, chunk)
        advance(len(chunk))
        file.move(HouseFile.State.UPLOADED, done=file.done + len(chunk))
    counts["gone"] = known - counts.pop("stays", 0)
    counts["faults"] = len(faults)
    file.move(HouseFile.State.CHECKED, counts=dict(counts), faults=faults[:FAULTS_KEPT], done=0)


def _foreseen(file: HouseFile, chunk: tuple[Entry | Fault, ...]) -> Counter[str]:
    counts: Counter[str] = Counter()
    there = _there(file, chunk)
    counts["stays"] = sum(row.ended_at is None for row in there.values())
    unlinked = []
    for entry in chunk:
        if isinstance(entry, Fault):
            continue
        row = there.get(bare(entry.number))
        if row is None:
            counts["new"] += 1
        elif row.ended_at:
            counts["returning"] += 1
        elif _differs(row, entry):
            counts["changed"] += 1
        else:
            counts["same"] += 1
        if entry.email and (row is None or row.person_id is None):
            unlinked.append(entry.email)
    counts["matched"] = Person.objects.filter(email__in=unlinked, is_active=True).count()
    return counts


def _there(file: HouseFile, chunk: tuple[Entry | Fault, ...]) -> dict[str, PrintSubscriber]:
    """Those of the house that stand in `chunk`, by their bare number; those of a faulty line, too."""
    numbers = {bare(entry.number) for entry in chunk} - {""}
    rows = file.house.subscribers.filter(bare_number__in=numbers)
    return {row.bare_number: row for row in rows}


def _differs(row: PrintSubscriber, entry: Entry) -> bool:
    return (row.number, row.email, row.name, row.postcode, row.paid_until) != (
        entry.number,
        entry.email,
        entry.name,
        entry.postcode,
        entry.until,
    )


def begin(file: HouseFile, *, ends: int | None) -> None:
    """Has a checked file applied; `ends` confirms how many that aren't in it any more end. Raises Refused."""
    with held(file.house, file):
        if file.state != HouseFile.State.CHECKED:
            raise Refused(_("This file was applied, or dropped, already."))
        if file.house.files.filter(state=HouseFile.State.APPLYING).exists():
            raise Refused(_("Another file of this house is being applied. Wait until that is done."))
        newer = file.house.files.filter(state=HouseFile.State.APPLIED, uploaded_at__gt=file.uploaded_at)
        if newer.exists():
            raise Refused(_("A newer file of this house was applied already. Upload this one again."))
        if ends is not None and ends != file.gone:
            raise Refused(_("Not %(said)d but %(gone)d would end.") % {"said": ends, "gone": file.gone})
        file.move(HouseFile.State.APPLYING, ends=ends, done=0)


def apply(file: HouseFile, advance: Advance = lambda _count: None) -> None:
    """Applies what `begin` has let begin, from where the last worker came to."""
    lines = list(table_of(file).entries())
    advance(file.done)
    for chunk in batched(lines[file.done :], CHUNK):
        with held(file.house, file):
            if file.state != HouseFile.State.APPLYING:
                return  # another worker was as quick
            _take(file, chunk)
            file.move(HouseFile.State.APPLYING, done=file.done + len(chunk))
        advance(len(chunk))
    with held(file.house, file):
        if file.state == HouseFile.State.APPLYING:
            ended = _end_gone(file)
            file.counts |= {"ended": ended}
            file.move(HouseFile.State.APPLIED, counts=file.counts, applied_at=clock.now())
            file.forget()


def _take(file: HouseFile, chunk: tuple[Entry | Fault, ...]) -> None:
    there = _there(file, chunk)
    taken: list[PrintSubscriber] = []
    same: list[int] = []
    for entry in chunk:
        row = there.get(bare(entry.number))
        if isinstance(entry, Fault):
            if row:
                same.append(row.pk)
            continue
        if row and row.ended_at is None and not _differs(row, entry):
            same.append(row.pk)
            continue
        row = row or PrintSubscriber(house=file.house)
        row.number, row.bare_number = entry.number, bare(entry.number)
        row.email, row.name, row.paid_until = entry.email, entry.name, entry.until
        row.postcode, row.bare_postcode = entry.postcode, bare(entry.postcode)
        row.ended_at, row.seen_in = None, file
        taken.append(row)
    known = {row.bare_number for row in taken if row.pk}
    for row in taken:
        row.pk = None
    PrintSubscriber.objects.bulk_create(
        taken,
        batch_size=CHUNK,
        update_conflicts=True,
        unique_fields=["house", "bare_number"],
        update_fields=TAKEN,
    )
    PrintSubscriber.objects.filter(pk__in=same).update(seen_in=file)
    rows = file.house.subscribers.filter(bare_number__in=[row.bare_number for row in taken])
    link_by_mailbox(rows)
    rows.filter(bare_number__in=known).exclude(person=None).entitle()


def link_by_mailbox(rows: SubscriberQuerySet) -> None:
    """Lets readers read by those of `rows` whose address is that of their account, which is proven.

    Each reader by one number alone: which of several it is, a person decides.
    """
    unlinked = list(rows.unlinked().exclude(email="").values_list("pk", "email"))
    people = Person.objects.filter(email__in={email for _pk, email in unlinked}, is_active=True)
    readers = dict(people.values_list("email", "pk"))
    have = set(
        PrintSubscriber.objects.live().filter(person__in=readers.values()).values_list("person", flat=True)
    )
    linked, doubts = [], []
    for pk, email in unlinked:
        person = readers.get(email)
        if person is None:
            continue
        if person in have:
            doubts.append(PrintDoubt(subscriber_id=pk, person_id=person, why=PrintDoubt.Why.SHARED))
            continue
        have.add(person)
        linked.append(pk)
    of_this_mailbox = Person.objects.filter(email=OuterRef("email"), is_active=True)
    found = PrintSubscriber.objects.filter(pk__in=linked)
    found.update(
        person=Subquery(of_this_mailbox.values("pk")[:1]),
        linked_at=clock.now(),
        linked_how=PrintSubscriber.How.EMAIL,
    )
    found.entitle()
    PrintDoubt.objects.raise_all(doubts)


def _end_gone(file: HouseFile) -> int:
    """Ends those that the file has no more, if as many are gone as somebody confirmed."""
    if file.ends is None:
        return 0
    gone = _gone(file)
    if len(gone) != file.ends:
        file.fault = _("Nobody was ended: %(gone)d are gone by now, not %(said)d. Upload the file again.") % {
            "gone": len(gone),
            "said": file.ends,
        }
        file.save(update_fields=["fault"])
        return 0
    for keys in batched(gone, CHUNK):
        rows = PrintSubscriber.objects.filter(pk__in=keys)
        rows.update(ended_at=clock.now())
        rows.exclude(person=None).entitle()
    return len(gone)


def _gone(file: HouseFile) -> list[int]:
    rows = file.house.subscribers.live().filter(~Q(seen_in=file) | Q(seen_in=None))
    return list(rows.values_list("pk", flat=True))


def drop(file: HouseFile) -> None:
    """Leaves a checked file unused, and forgets what stood in it. Raises Refused."""
    with transaction.atomic(), held(file):
        if file.state != HouseFile.State.CHECKED:
            raise Refused(_("This file was applied, or dropped, already."))
        file.move(HouseFile.State.DROPPED)
        file.forget()
