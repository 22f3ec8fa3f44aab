"""Which variant of an experiment a visitor sees, and what came of it.

What is known of one visitor stands in a signed cookie of their own browser; the server keeps counts alone.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import IntEnum
from random import Random, SystemRandom
from typing import Self
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.utils.crypto import salted_hmac

from broadsheet.membership.models import Subscription
from broadsheet.paywall.cookies import TRIAL_NAME
from broadsheet.paywall.experiments.models import (
    Outcome,
    Variant,
    VariantCount,
    running_variants,
    variants_in,
)
from broadsheet.paywall.verdict import Reason, Verdict
from broadsheet.people.models import Person
from broadsheet.platform import clock
from broadsheet.platform.days import day_of
from broadsheet.platform.http.signed_cookies import set_signed_cookie, signing_keys
from broadsheet.platform.signed_values import SignedValue

COOKIE = TRIAL_NAME
# The variant, when the wall was first shown, in seconds (empty: not yet), and the stage.
VALUE = re.compile(r"(\d{1,18})\.(\d{0,11})\.([0-3])", re.ASCII)
SALT = "broadsheet.paywall.trial"
# What stands in it and its signature have about 75 characters.
SIGNED = SignedValue(SALT, VALUE, longest=100)


class Stage(IntEnum):
    """How far one browser has come. It only ever goes up, so that each outcome is counted once."""

    DRAWN = 0
    SHOWN = 1
    REGISTERED = 2
    SETTLED = 3
    """Subscribed, or found to have been a subscriber before: there is nothing more to count."""


@dataclass(frozen=True, slots=True)
class Trial:
    """One browser's part in an experiment that is running."""

    variant: Variant
    stage: Stage = Stage.DRAWN
    shown_at: datetime | None = None
    is_kept: bool = field(default=False, compare=False)
    """Whether the browser has it already."""

    def is_in(self, tag: str) -> bool:
        """Whether the experiment is about the edition with this language tag."""
        return self.variant.experiment.is_about(tag)

    def seen(self, at: datetime) -> Self:
        return self if self.shown_at else replace(self, stage=Stage.SHOWN, shown_at=at)


def pick(variants: Sequence[Variant], share: float) -> Variant:
    """The variant at `share`, from 0 to less than 1, of all weights laid end to end."""
    place = share * sum(variant.weight for variant in variants)
    for variant in variants:
        place -= variant.weight
        if place < 0:
            return variant
    return variants[-1]  # what rounding leaves over


class Assignment:
    """One visitor's part in the experiment of one edition, looked up once and only if somebody asks."""

    def __init__(self, cookies: Mapping[str, str], tag: str) -> None:
        """`cookies` are the browser's, `tag` is the edition's language tag."""
        self._cookies = cookies
        self._tag = tag
        self._is_looked_up = False
        self._is_reader_looked_up = False
        self._trial: Trial | None = None

    @property
    def has_cookie(self) -> bool:
        """Whether the browser says that it is in an experiment, truly or not."""
        return COOKIE in self._cookies

    def draw(self, chance: Random | None = None) -> None:
        """Gives a stranger their variant, where an experiment runs here and they are in none yet.

        Only for a post: the answer to it must `follow`, which keeps the variant in the browser.
        """
        if self._kept() is None and (variants := variants_in(self._tag)):
            self._trial = Trial(pick(variants, (chance or SystemRandom()).random()))

    def trial_of(self, reader: Person | None = None) -> Trial | None:
        """The browser's, which registering doesn't change; else `reader`'s, on every device the same."""
        found = self._kept()
        if found is None and reader and not self._is_reader_looked_up:
            found = self._trial = _assigned(reader, self._tag)
            self._is_reader_looked_up = True
        return found

    def variant_of(self, reader: Person | None = None) -> Variant | None:
        """The variant that is in force for the visitor in this edition."""
        trial = self.trial_of(reader)
        return trial.variant if trial and trial.is_in(self._tag) else None

    def follow(self, response: HttpResponse, verdict: Verdict, reader: Person | None, zone: ZoneInfo) -> None:
        """Counts how far the visitor has come, and keeps it in the browser that `response` goes to.

        Only for answers that nobody else gets. `zone` is the publication's.
        """
        before = self.trial_of(reader)
        if before is None:
            return
        after, outcomes = before, list[Outcome]()
        if verdict.is_wall and after.stage == Stage.DRAWN and after.is_in(self._tag):
            after = after.seen(clock.now())
            outcomes.append(Outcome.SHOWN)
        if reader and (shown_at := after.shown_at):
            if after.stage == Stage.SHOWN and reader.date_joined > shown_at:
                after = replace(after, stage=Stage.REGISTERED)
                outcomes.append(Outcome.REGISTERED)
            if after.stage < Stage.SETTLED and verdict.reason == Reason.SUBSCRIPTION:
                after = replace(after, stage=Stage.SETTLED)
                if _subscribed_after(reader, shown_at):
                    outcomes.append(Outcome.SUBSCRIBED)
        day = day_of(clock.now(), zone)
        for outcome in outcomes:
            VariantCount.objects.add(after.variant, day, outcome)
        if after != before or not (before.is_kept or reader):
            set_trial(response, after)

    def _kept(self) -> Trial | None:
        if not self._is_looked_up:
            self._trial = trial_in(self._cookies)
            self._is_looked_up = True
        return self._trial


def variant_assigned_to(reader: Person | None, tag: str) -> Variant | None:
    """The one in force for `reader` in the edition with this language tag; for nobody, none."""
    trial = _assigned(reader, tag) if reader else None
    return trial.variant if trial else None


def _assigned(reader: Person, tag: str) -> Trial | None:
    variants = variants_in(tag)
    if not variants:
        return None
    named = f"{variants[0].experiment_id}.{reader.pk}"
    digest = salted_hmac(SALT, named, algorithm="sha256").digest()
    return Trial(pick(variants, int.from_bytes(digest[:6]) / 2**48))


def _subscribed_after(reader: Person, at: datetime) -> bool:
    """False for whoever was given the right to read, or had a subscription when they met the wall."""
    subscription = Subscription.objects.of(reader)
    return subscription is not None and subscription.began_at > at


# --- The cookie --------------------------------------------------------------------------------------


def trial_in(cookies: Mapping[str, str]) -> Trial | None:
    """None where it is forged, cut or oversized, or of an experiment that doesn't run any more."""
    if COOKIE not in cookies:
        return None
    parts = SIGNED.read(cookies[COOKIE], signing_keys())
    if not parts:
        return None
    variant = next((variant for variant in running_variants() if variant.pk == int(parts[1])), None)
    shown_at = datetime.fromtimestamp(int(parts[2]), UTC) if parts[2] else None
    return Trial(variant, Stage(int(parts[3])), shown_at, is_kept=True) if variant else None


def set_trial(response: HttpResponse, trial: Trial) -> None:
    shown = int(trial.shown_at.timestamp()) if trial.shown_at else ""
    end = trial.variant.experiment.ends_at
    life = end - clock.now() if end else None
    signed = SIGNED.sign(f"{trial.variant.pk}.{shown}.{trial.stage:d}", signing_keys())
    set_signed_cookie(response, COOKIE, signed, life)
