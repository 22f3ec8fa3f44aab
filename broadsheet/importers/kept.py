"""What the old system knew of a reader, in the export of their data and when they erase their account."""

from typing import Any

from django.db.models import Q

from broadsheet.importers.models import KeptOfReader
from broadsheet.newsletters.models import Mailbox
from broadsheet.people.models import Person


def export(person: Person) -> dict[str, Any]:
    theirs = Q(person=person) | Q(mailbox__person=person) | Q(mailbox__address=person.email)
    kept = KeptOfReader.objects.filter(theirs).first()
    if kept is None:
        return {}
    return {"name": kept.name, "note": kept.note, "stripe_customer": kept.stripe_customer, "plan": kept.plan}


def forget(mailbox: Mailbox, **kwargs: Any) -> None:
    KeptOfReader.objects.filter(mailbox=mailbox).delete()
