"""Whose account it may be, by what somebody remembers of it.

Rooms above register a finder each for what they know: a card, an address, the number on a print label.
"""

import string
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple, Self

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from broadsheet.delivery.addresses import LONGEST, canonical
from broadsheet.people.models import Person

LETTERS = string.ascii_lowercase + string.digits + ".-_+"
LONGEST_VARIED = 60
"""Characters of an address whose near misses are looked for: there are some eighty for each."""


@dataclass(frozen=True, slots=True)
class Clues:
    """What somebody says of the account that they look for; empty where they don't know."""

    email: str = ""
    number: str = ""
    """On the label of a printed issue, or of a subscription."""
    postcode: str = ""
    last_digits: str = ""
    expires_on: date | None = None
    """The last day of the month that is printed on a card."""
    name: str = ""

    @classmethod
    def of(cls, said: Mapping[str, str]) -> Self:
        """From texts, as JSON keeps them."""
        expires_on = said.get("expires_on")
        return cls(**{**said, "expires_on": date.fromisoformat(expires_on) if expires_on else None})  # type: ignore[arg-type]

    @property
    def has_number(self) -> bool:
        return bool(self.number and self.postcode)

    @property
    def has_card(self) -> bool:
        """The digits alone are those of thousands."""
        return bool(self.last_digits and self.expires_on and (self.postcode or self.name))

    @property
    def has_name(self) -> bool:
        return bool(self.name and self.postcode)

    @property
    def are_enough(self) -> bool:
        return bool(self.email) or self.has_number or self.has_card or self.has_name


class Found(NamedTuple):
    person_id: int
    is_sure: bool = True
    """False: our staff should look at it, and no mail goes there by itself."""


type Finder = Callable[[Clues], Iterable[Found]]
"""Nothing where the clues that it needs are missing."""


@dataclass(slots=True)
class Candidate:
    """An account, and what led to it."""

    person_id: int
    is_sure: bool = False
    by: list[str | Promise] = field(default_factory=list)


_finders: dict[str, tuple[str | Promise, Finder]] = {}


def register(name: str, label: str | Promise, finder: Finder) -> None:
    """`label` says to our staff what an account was found by: “the card”."""
    _finders[name] = (label, finder)


def candidates(clues: Clues) -> list[Candidate]:
    """Every account that something leads to; first those to which most does, beyond doubt."""
    found: dict[int, Candidate] = {}
    for label, each in _answers(clues):
        for person_id, is_sure in each:
            candidate = found.setdefault(person_id, Candidate(person_id))
            candidate.by.append(label)
            candidate.is_sure = candidate.is_sure or is_sure
    return sorted(found.values(), key=lambda one: (not one.is_sure, -len(one.by), one.person_id))


def agreed(clues: Clues) -> set[int]:
    """The accounts to which all leads that lead anywhere beyond doubt lead together."""
    sure = [{found.person_id for found in each if found.is_sure} for _label, each in _answers(clues)]
    known = [each for each in sure if each]
    return set.intersection(*known) if known else set()


def _answers(clues: Clues) -> Iterator[tuple[str | Promise, list[Found]]]:
    for label, finder in _finders.values():
        # One account may have several rows that match.
        yield label, list(dict.fromkeys(finder(clues)))


def by_address(clues: Clues) -> Iterator[Found]:
    if clues.email:
        found = Person.objects.filter(email=canonical(clues.email), is_active=True)
        yield from (Found(pk) for pk in found.values_list("pk", flat=True))


def by_near_address(clues: Clues) -> Iterator[Found]:
    """Accounts whose address is one slip of the finger away."""
    if clues.email and len(clues.email) <= LONGEST_VARIED:
        found = Person.objects.filter(email__in=_near(canonical(clues.email)), is_active=True)
        yield from (Found(pk, is_sure=False) for pk in found.order_by("pk").values_list("pk", flat=True)[:20])


def _near(address: str) -> set[str]:
    """With one letter more, one less, another one, or two of them swapped."""
    halves = [(address[:at], address[at:]) for at in range(len(address) + 1)]
    near = {before + after[1:] for before, after in halves if after}
    near |= {before + after[1] + after[0] + after[2:] for before, after in halves if len(after) > 1}
    near |= {before + letter + after[1:] for before, after in halves if after for letter in LETTERS}
    near |= {before + letter + after for before, after in halves for letter in LETTERS}
    return {one for one in near if one.count("@") == 1 and len(one) <= LONGEST} - {address}


def register_own() -> None:
    register("address", _("the e-mail address"), by_address)
    register("near_address", _("an address that differs by one letter"), by_near_address)
