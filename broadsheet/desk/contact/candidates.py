"""The accounts that a question may be about, each with what led to it and what it holds."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from broadsheet.contact.models import Conversation, Move
from broadsheet.membership.fulfilment.label import strangers_to
from broadsheet.membership.models import Entitlement, PrintSubscriber, Subscription
from broadsheet.people import finding
from broadsheet.people.finding import Clues
from broadsheet.people.models import Person

MOST = 10


@dataclass(slots=True)
class Account:
    person: Person
    by: list[Any]
    is_sure: bool
    subscriptions: list[Subscription] = field(default_factory=list)
    is_subscriber: bool = False


def papers_of(conversation: Conversation) -> list[tuple[PrintSubscriber, bool]]:
    """Subscribers to the paper without an account that it may be about, and whether that is beyond doubt."""
    found = dict(strangers_to(conversation.all_clues))
    for row, is_sure in strangers_to(Clues(email=conversation.email)):
        found.setdefault(row, is_sure)
    return list(found.items())[:MOST]


def accounts_of(conversation: Conversation) -> Sequence[Account]:
    """The likeliest first; in five queries and those of the finders, however many there are."""
    found = finding.candidates(conversation.all_clues)
    known = {one.person_id for one in found}
    if conversation.all_clues.email != conversation.email:
        # They name another address than the one they write from.
        own = finding.candidates(Clues(email=conversation.email))
        found += [one for one in own if one.person_id not in known]
    moving = Move.objects.open().filter(conversation=conversation).values_list("person", flat=True)
    for pk in (*moving, conversation.person_id):
        if pk and pk not in {one.person_id for one in found}:
            found.insert(0, finding.Candidate(pk, is_sure=True))
    found = found[:MOST]
    people = Person.objects.readers().in_bulk([one.person_id for one in found])
    accounts = {
        one.person_id: Account(people[one.person_id], one.by, one.is_sure)
        for one in found
        if one.person_id in people
    }
    for row in Subscription.objects.filter(person__in=people).select_related("price__plan"):
        accounts[row.person_id].subscriptions.append(row)
    for pk in Entitlement.objects.filter(person__in=people).live().values_list("person", flat=True):
        accounts[pk].is_subscriber = True
    return list(accounts.values())
