"""Which articles an issue has, and in which order: plain values in, plain values out."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from broadsheet.editorial.choosing import ranked, with_good_news_last


@dataclass(frozen=True, slots=True)
class Candidate:
    """An article in print, in the form that the newsletter's edition shows."""

    article: int
    uuid: UUID
    """The same in all editions."""
    published_at: datetime
    section: int
    kind: str
    topics: frozenset[int] = frozenset()
    rank: int | None = None
    """Its place on the edition's front page, from 0; None where it is not among those placed by hand."""
    is_bright: bool = False
    """Whether it is good news."""


@dataclass(frozen=True, slots=True)
class Rule:
    """Empty sections, kinds and topics: all of them."""

    at_most: int
    sections: frozenset[int] = frozenset()
    kinds: frozenset[str] = frozenset()
    topics: frozenset[int] = frozenset()
    has_lead: bool = True
    is_bright_last: bool = True

    def with_room_for(self, count: int) -> "Rule":
        return replace(self, at_most=count)

    def takes(self, candidate: Candidate) -> bool:
        return (
            (not self.sections or candidate.section in self.sections)
            and (not self.kinds or candidate.kind in self.kinds)
            and (not self.topics or not self.topics.isdisjoint(candidate.topics))
        )


class Chosen(NamedTuple):
    article: int
    is_lead: bool


def assemble(candidates: Iterable[Candidate], rule: Rule, mailed: Collection[UUID] = ()) -> list[Chosen]:
    """At most `rule.at_most` articles, none of `mailed` and none twice.

    Those placed on the front page come first, then the newest. The first of all is the lead. Good news comes
    last, unless there is nothing else; one piece of it has a place wherever there are two.
    """
    found = ranked((one for one in candidates if rule.takes(one)), mailed)
    most = rule.at_most
    chosen = with_good_news_last(found, most) if rule.is_bright_last else found[:most]
    return [
        Chosen(one.article, is_lead=rule.has_lead and position == 0) for position, one in enumerate(chosen)
    ]
