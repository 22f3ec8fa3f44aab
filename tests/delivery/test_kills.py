"""`broadsheet post`, killed at each step and at random, and begun again: bench/kills.py is the long form."""

import time
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from harness.killing import Sending, Verdict
from harness.smtp_script import Rule, Script, StepName, stalls
from harness.smtp_server import serving
from tests.database import address_of_test_database

pytestmark = pytest.mark.django_db(transaction=True)

CONNECTIONS = 10
"""As POST_CONNECTIONS is by default: each leaves one unknown at most."""


def stands_still(sending: Sending, seconds: float = 0.7) -> Callable[[], bool]:
    """Whether the server has taken something more, and then nothing any more for so long."""
    first = last = sending.taken()
    since = time.monotonic()

    def is_time() -> bool:
        nonlocal last, since
        if sending.taken() != last:
            last, since = sending.taken(), time.monotonic()
        return last > first and time.monotonic() - since > seconds

    return is_time


def test_killed_before_the_dot_it_goes_on_where_it_was(tmp_path: Path) -> None:
    sending = Sending(tmp_path, address_of_test_database(), 60)
    steps: tuple[StepName, ...] = ("mail", "rcpt", "data")
    for step in steps:
        with serving(sending.ledger, Script((Rule(step, stalls(), after=15),))) as port:
            assert sending.kill_when(port, stands_still(sending)), step
    with serving(sending.ledger) as port:
        sending.finish(port)

    verdict = sending.verdict()
    assert (verdict.twice, verdict.missed, verdict.unknown) == ([], [], 0)


@pytest.mark.parametrize("takes", [True, False])
def test_killed_between_the_dot_and_its_answer_the_few_on_the_way_are_unknown(
    tmp_path: Path, takes: bool
) -> None:
    sending = Sending(tmp_path, address_of_test_database(), 60)
    with serving(sending.ledger, Script((Rule("dot", stalls(takes=takes), after=15),))) as port:
        assert sending.kill_when(port, stands_still(sending))
    with serving(sending.ledger) as port:
        sending.finish(port)

    verdict = sending.verdict()
    assert (verdict.twice, verdict.missed) == ([], [])
    assert 0 < verdict.unknown <= CONNECTIONS
    assert verdict.unknown + verdict.submitted == 60


def test_killed_at_random_nobody_has_it_twice_and_nobody_is_missed(tmp_path: Path) -> None:
    kills, chance = 4, Random(19)  # noqa: S311 (nothing secret)
    sending = Sending(tmp_path, address_of_test_database(), 1_500)
    with serving(sending.ledger) as port:
        for _ in range(kills):
            before, more = sending.taken(), chance.randrange(25_000)
            sending.kill_when(port, lambda before=before, more=more: sending.taken() > before + more)
        sending.finish(port)

    verdict = sending.verdict()
    assert (verdict.twice, verdict.missed) == ([], [])
    assert verdict.unknown <= CONNECTIONS * kills
    assert verdict == Verdict([], [], verdict.unknown, 1_500 - verdict.unknown)
