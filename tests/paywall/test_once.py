from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from broadsheet.paywall.once import OncePerNetwork
from broadsheet.platform import clock

TEN_MINUTES = timedelta(minutes=10)
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
HERE, ELSEWHERE = "198.51.100.7", "198.51.100.8"


def test_a_network_is_first_once_in_a_while() -> None:
    once = OncePerNetwork(TEN_MINUTES)
    for seconds, is_first in [(0, True), (1, False), (599, False), (601, True), (602, False)]:
        with clock.moved_to(NOON + timedelta(seconds=seconds)):
            assert once.is_first(b"reef", HERE) is is_first


def test_each_thing_and_each_network_for_itself() -> None:
    once = OncePerNetwork(TEN_MINUTES)
    assert once.is_first(b"reef", HERE)
    assert once.is_first(b"orchard", HERE)
    assert once.is_first(b"reef", ELSEWHERE)


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("2001:db8:0:100::1", "2001:db8:0:1ff:ffff::9", True),
        ("2001:db8:0:100::1", "2001:db8:0:200::1", False),
        ("::ffff:198.51.100.7", "198.51.100.7", True),
        ("", "no address", True),
    ],
)
def test_networks(one: str, other: str, is_same: bool) -> None:
    once = OncePerNetwork(TEN_MINUTES)
    assert once.is_first(b"reef", one)
    assert once.is_first(b"reef", other) is not is_same


def test_many_at_once_are_first_once() -> None:
    once = OncePerNetwork(TEN_MINUTES)
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda _: once.is_first(b"reef", HERE), range(200)))
    assert answers.count(True) == 1


def test_what_is_remembered_is_bounded_and_holds_no_address() -> None:
    once = OncePerNetwork(TEN_MINUTES, most=100)
    for number in range(1_000):
        assert once.is_first(b"reef", f"10.0.{number // 250}.{number % 250}")
    assert len(once._seen) == 100
    assert not once.is_first(b"reef", "10.0.3.249")
    assert {len(mark) for mark in once._seen} == {16}
