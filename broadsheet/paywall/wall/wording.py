"""What the wall says: the words of an experiment, of the edition, of the publication, else our own."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.db.models import TextChoices
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from broadsheet.paywall.period import Period, Span
from broadsheet.paywall.verdict import Verdict
from broadsheet.paywall.wall.period_words import each, phrase

if TYPE_CHECKING:
    from broadsheet.paywall.meter_rules import MeterRules


class Situation(TextChoices):
    """Who stands before the wall, and why."""

    STRANGER_SPENT = "stranger-spent", gettext_lazy("A stranger who has none left")
    STRANGER_FIRST = "stranger-first", gettext_lazy("A stranger, where one registers before the first")
    NETWORK = "network", gettext_lazy("A stranger whose network has had its first articles")
    READER_SPENT = "reader-spent", gettext_lazy("A reader who has none left")
    SUBSCRIBERS_STRANGER = "subscribers-stranger", gettext_lazy("A subscribers’ article, to a stranger")
    SUBSCRIBERS_READER = "subscribers-reader", gettext_lazy("A subscribers’ article, to a reader")

    @classmethod
    def of(cls, verdict: Verdict, *, is_reader: bool, access: str) -> "Situation":
        if access == "subscribers":
            return cls.SUBSCRIBERS_READER if is_reader else cls.SUBSCRIBERS_STRANGER
        if is_reader:
            return cls.READER_SPENT
        if verdict.left:
            return cls.NETWORK
        return cls.STRANGER_SPENT if verdict.allowance else cls.STRANGER_FIRST

    @property
    def is_of_the_meter(self) -> bool:
        """Whether an account, by registering or by waiting, opens articles like this one."""
        return self not in {Situation.SUBSCRIBERS_STRANGER, Situation.SUBSCRIBERS_READER}

    @property
    def asks_to_register(self) -> bool:
        """Whether the wall holds the form to register."""
        return self not in {Situation.READER_SPENT, Situation.SUBSCRIBERS_READER}


@dataclass(frozen=True, slots=True)
class Words:
    """Plain text. An empty part is taken from the next in line."""

    title: str = ""
    text: str = ""
    button: str = ""

    def else_as(self, other: Self) -> Self:
        return type(self)(self.title or other.title, self.text or other.text, self.button or other.button)


@dataclass(frozen=True, slots=True)
class Facts:
    """What the words speak of. The names of the fields are those of the placeholders."""

    allowance: int
    readers: int
    period: str
    each: str
    renews: str
    publication: str
    offer: str = ""
    """What a subscription costs first, “$1 for 6 weeks”; empty where none is sold."""

    @classmethod
    def of(
        cls,
        verdict: Verdict,
        meter_rules: "MeterRules",
        renews_at: datetime | None,
        publication: str,
        offer: str = "",
    ) -> Self:
        return cls(
            allowance=verdict.allowance,
            readers=meter_rules.allowance.readers,
            period=phrase(meter_rules.period),
            each=each(meter_rules.period),
            renews=_day(renews_at, meter_rules.period),
            publication=publication,
            offer=offer,
        )


def _day(at: datetime | None, period: Period) -> str:
    if at is None:
        return ""
    # In the zone that the period is counted in, which its ends bear.
    day = date_format(at.astimezone(period.starts_at.tzinfo), "MONTH_DAY_FORMAT")
    return day.replace(" ", NO_BREAK)


PLACEHOLDERS = tuple(field.name for field in fields(Facts))
PLACEHOLDER = re.compile(r"\{(\w+)\}")
NO_BREAK = "\N{NO-BREAK SPACE}"
SENTENCES = re.compile(r"(?<=[.!?…])\s+")


def faults_of(written: str) -> str:
    """What keeps `written` from being shown, in a sentence; empty where nothing does."""
    strange = [name for name in PLACEHOLDER.findall(written) if name not in PLACEHOLDERS]
    is_loose = any(brace in PLACEHOLDER.sub("", written) for brace in "{}")
    if not strange and not is_loose:
        return ""
    there = ", ".join(f"{{{name}}}" for name in PLACEHOLDERS)
    if strange:
        return _("There is no {%(name)s}. There are %(there)s.") % {"name": strange[0], "there": there}
    return _("Braces stand around one of these and nowhere else: %s.") % there


def filled_in(written: str, facts: Facts) -> str:
    """`written` with what its placeholders stand for; without sentences in which one stands for nothing."""
    values = {name: str(getattr(facts, name)) for name in PLACEHOLDERS}
    sentences = [
        sentence
        for sentence in SENTENCES.split(written.strip())
        if all(values.get(name, "") for name in PLACEHOLDER.findall(sentence))
    ]
    return PLACEHOLDER.sub(lambda found: values[found[1]], " ".join(sentences))


def words_for(situation: Situation, facts: Facts, period: Period, chosen: Iterable[Words] = ()) -> Words:
    """The first of `chosen` (with placeholders, in order) that says each part, else our own words."""
    said = Words()
    for words in chosen:
        said = said.else_as(
            Words(*(filled_in(part, facts) for part in (words.title, words.text, words.button)))
        )
    return said.else_as(default_words(situation, facts, period))


def default_words(situation: Situation, facts: Facts, period: Period) -> Words:
    match situation:
        case Situation.STRANGER_SPENT:
            return Words(_spent_free(facts, period), _register(facts), _("Register free"))
        case Situation.STRANGER_FIRST:
            # An account would not open it either.
            title = (
                _("To read on, register free.") if facts.readers else _("This article is for subscribers.")
            )
            return Words(title, _register(facts), _("Register free"))
        case Situation.NETWORK:
            title = _("Your network has opened many articles in the last hour.")
            return Words(title, _register(facts), _("Register free"))
        case Situation.READER_SPENT:
            return Words(_spent(facts, period), _renewal(facts, period))
        case Situation.SUBSCRIBERS_STRANGER:
            return Words(_("This article is for subscribers."), _meanwhile(facts), _("Register free"))
        case Situation.SUBSCRIBERS_READER:
            return Words(_("This article is for subscribers."), _right(facts))


def _right(facts: Facts) -> str:
    """What opens everything, to a reader."""
    if facts.offer:
        return _("A subscription opens it, and every other article.")
    return _(
        "Some readers have been given access to everything. If you should be one of them, write to us"
        " and we will put it right."
    )


def _spent_free(facts: Facts, period: Period) -> str:
    if period.span == Span.LIFETIME:
        title = ngettext(
            "You have read your free article.",
            "You have read your %(allowance)d free articles.",
            facts.allowance,
        )
    else:
        title = ngettext(
            "You have read your free article %(period)s.",
            "You have read your %(allowance)d free articles %(period)s.",
            facts.allowance,
        )
    return title % _named(facts)


def _named(facts: Facts) -> dict[str, object]:
    return {name: getattr(facts, name) for name in PLACEHOLDERS}


def _register(facts: Facts) -> str:
    if not facts.readers:
        return _meanwhile(facts)
    text = ngettext(
        "Register with your e-mail address and read %(readers)d article %(each)s, free. We send you a"
        " code, then bring you back here with the article open.",
        "Register with your e-mail address and read %(readers)d articles %(each)s, free. We send you a"
        " code, then bring you back here with the article open.",
        facts.readers,
    )
    return text % _named(facts)


def _meanwhile(facts: Facts) -> str:
    """For a stranger to whom registering does not open this article yet."""
    if not facts.readers:
        if facts.offer:
            return _right(facts)
        return _(
            "Some readers have been given access to everything. Register with your e-mail address, so"
            " that we know you."
        )
    if facts.offer:
        text = ngettext(
            "A subscription opens it. A free account opens %(readers)d other article %(each)s.",
            "A subscription opens it. A free account opens %(readers)d other articles %(each)s.",
            facts.readers,
        )
    else:
        text = ngettext(
            "Register with your e-mail address and read %(readers)d other article %(each)s, free.",
            "Register with your e-mail address and read %(readers)d other articles %(each)s, free.",
            facts.readers,
        )
    return text % _named(facts)


def _spent(facts: Facts, period: Period) -> str:
    if not facts.allowance:
        return _("A free account opens no articles like this one.")
    if period.span == Span.LIFETIME:
        title = ngettext(
            "You have read your article.", "You have read your %(allowance)d articles.", facts.allowance
        )
    else:
        title = ngettext(
            "You have read your article %(period)s.",
            "You have read your %(allowance)d articles %(period)s.",
            facts.allowance,
        )
    return title % _named(facts)


def _renewal(facts: Facts, period: Period) -> str:
    if not facts.allowance:
        return _right(facts)
    if period.span == Span.LIFETIME:
        return _("Articles you have opened stay open.")
    if period.span == Span.ROLLING:
        return _("You can open the next one on %(renews)s.") % _named(facts)
    return _(
        "Your count starts again on %(renews)s. Articles you have opened stay open until then."
    ) % _named(facts)
