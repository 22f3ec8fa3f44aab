"""When a server that said no for now is asked again, and when it has said no too often."""

from collections.abc import Sequence
from datetime import timedelta

from django.utils.translation import gettext as _

from broadsheet.delivery.models import Lane, Outcome, Recipient
from broadsheet.platform import clock

ISSUES = [5, 15, 30, 60, 120, *[240] * 11]
"""Minutes before each new try. Greylisting ends in the first; a full or broken server has two days."""
LETTERS = [1, 2, 5, 10, 15, 30, 60, 120, *[240] * 5]
"""Somebody waits for a letter, so that it is tried sooner, and for one day."""


def delays(lane: str) -> Sequence[int]:
    return LETTERS if lane == Lane.LETTERS else ISSUES


def outcome(state: str, words: str, lane: str, tries: int) -> Outcome:
    """What a server's answer comes to for a recipient who had had so many `tries` before."""
    if state != Recipient.State.DEFERRED:
        return Outcome(state, words)
    waits = delays(lane)
    if tries >= len(waits):
        return Outcome(Recipient.State.REFUSED, _("Given up after %d tries: %s") % (tries + 1, words))
    return Outcome(state, words, clock.now() + timedelta(minutes=waits[tries]))
