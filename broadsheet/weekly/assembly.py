"""Which articles an issue has by rule, and in which order: plain values in, plain values out."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import NamedTuple
from uuid import UUID

from broadsheet.editorial.choosing import ranked, with_good_news_last
from broadsheet.weekly.content import Length

MOST = 40
"""Articles. A magazine ends."""

LENGTHS = {"briefing": Length.SHORT, "live": Length.STANDFIRST}
"""By an article's kind, where it isn't the whole of it."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """An article that was published in the days of the issue, in the form that its edition shows."""

    article: int
    uuid: UUID
    """The same in all editions."""
    published_at: datetime
    section: int
    """Its id."""
    order: int
    """The section's place in the edition."""
    kind: str
    rank: int | None = None
    """Its place on the edition's front page, from 0; None where it is not among those placed by hand."""
    is_bright: bool = False
    """Whether it is good news."""


class Chosen(NamedTuple):
    article: int
    section: int
    length: Length


def assemble(
    candidates: Iterable[Candidate], known: Collection[UUID] = (), at_most: int = MOST
) -> list[Chosen]:
    """At most `at_most` articles, none of `known` and none twice, by section.

    Those placed on the front page are chosen first, then the newest; one piece of good news has a place
    wherever there are two. Sections stand in the edition's order, those of good news last. Within one the
    front's come first, then the newest, and briefings after all else.
    """
    picked = with_good_news_last(ranked(candidates, known), at_most)
    picked.sort(key=lambda one: (one.is_bright, one.order, one.section, one.kind == "briefing"))
    return [
        Chosen(one.article, section, LENGTHS.get(one.kind, Length.FULL))
        for section, own in groupby(picked, key=lambda one: one.section)
        for one in own
    ]
