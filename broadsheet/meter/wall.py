"""The wall as one visitor meets it: in which situation, and in which words."""

from dataclasses import dataclass
from datetime import datetime

from broadsheet.meter.allowance import Verdict
from broadsheet.meter.models.experiment import Variant
from broadsheet.meter.models.wall_wording import WallWording
from broadsheet.meter.terms import Terms
from broadsheet.meter.wording import Facts, Situation, Words, words_for


@dataclass(frozen=True, slots=True)
class Wall:
    situation: Situation
    words: Words


def wall_before(
    verdict: Verdict,
    *,
    is_reader: bool,
    access: str,
    terms: Terms,
    renews_at: datetime | None,
    publication: str,
    tag: str,
    variant: Variant | None = None,
) -> Wall:
    """What a visitor is told who got `verdict`, one of the walls, in the edition with the language tag `tag`.

    `publication` is its name, `renews_at` when a reader's next article is to be had.
    """
    situation = Situation.of(verdict, is_reader=is_reader, access=access)
    facts = Facts.of(verdict, terms, renews_at, publication)
    chosen = [variant.words_at(verdict.reason)] if variant else []
    chosen += [wording.words for wording in WallWording.objects.said_in(tag, situation)]
    return Wall(situation, words_for(situation, facts, terms.period, chosen))
