"""What the old system knew of a reader: at the desk, in exports, and when they are erased."""

from typing import Any

from django.db.models import Q
from django.http import HttpRequest

from broadsheet.importers.models import KeptOfReader
from broadsheet.newsletters.models import Mailbox
from broadsheet.people.models import Person


def kept_of(person: Person) -> KeptOfReader | None:
    theirs = Q(person=person) | Q(mailbox__person=person) | Q(mailbox__address=person.email)
    return KeptOfReader.objects.filter(theirs).first()


def kept_in(mailbox: Mailbox) -> dict[str, str]:
    return _told(KeptOfReader.objects.filter(mailbox=mailbox).first())


def export(person: Person) -> dict[str, str]:
    return _told(kept_of(person))


def _told(kept: KeptOfReader | None) -> dict[str, str]:
    if kept is None:
        return {}
    return {"name": kept.name, "note": kept.note, "stripe_customer": kept.stripe_customer, "plan": kept.plan}


def forget(mailbox: Mailbox, **kwargs: Any) -> None:
    KeptOfReader.objects.filter(mailbox=mailbox).delete()


def on_page_of_mailbox(request: HttpRequest) -> dict[str, Any]:
    return {"kept": KeptOfReader.objects.filter(mailbox=_number_in(request)).first()}


def on_page_of_reader(request: HttpRequest) -> dict[str, Any]:
    person = Person.objects.filter(pk=_number_in(request)).first()
    return {"kept": kept_of(person) if person else None}


def _number_in(request: HttpRequest) -> Any:
    return request.resolver_match.kwargs["pk"] if request.resolver_match else None
