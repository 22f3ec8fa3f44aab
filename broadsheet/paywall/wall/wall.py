"""The wall as one visitor meets it: in which situation, and in which words."""

from dataclasses import dataclass
from datetime import datetime

from broadsheet.membership.models import Subscription
from broadsheet.membership.selling import Quote
from broadsheet.paywall.experiments.models import Variant
from broadsheet.paywall.meter_rules import MeterRules
from broadsheet.paywall.verdict import Verdict
from broadsheet.paywall.wall.models import WallWording
from broadsheet.paywall.wall.wording import Facts, Situation, Words, words_for
from broadsheet.people.models import Person


@dataclass(frozen=True, slots=True)
class Wall:
    situation: Situation
    words: Words
    quote: Quote | None = None
    """What a subscription costs; None where none is sold, and for whoever has one."""
    paused: Subscription | None = None
    """The visitor's own, which comes back if they say so."""


def wall_before(
    verdict: Verdict,
    *,
    is_reader: bool,
    access: str,
    meter_rules: MeterRules,
    renews_at: datetime | None,
    publication: str,
    tag: str,
    variant: Variant | None = None,
    reader: Person | None = None,
) -> Wall:
    """What a visitor who got `verdict`, one of the walls, is told in the edition with the language tag `tag`.

    `publication` is its name, `renews_at` when a reader may open another article.
    """
    situation = Situation.of(verdict, is_reader=is_reader, access=access)
    quote = Quote.best(tag, reader)
    facts = Facts.of(verdict, meter_rules, renews_at, publication, quote.headline if quote else "")
    chosen = [variant.words_at(verdict.reason)] if variant else []
    chosen += [wording.words for wording in WallWording.objects.said_in(tag, situation)]
    words = words_for(situation, facts, meter_rules.period, chosen)
    return Wall(situation, words, quote, Subscription.objects.paused_of(reader) if reader else None)
