"""First grants of a network: never more than the limit in an hour, and nobody's address kept."""

import subprocess
import sys
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

import pytest
import redis
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.paywall import networks
from broadsheet.paywall.networks import PerNetwork
from broadsheet.platform import clock
from broadsheet.platform.http.networks import network_of

HOME, OFFICE = "93.184.216.34", "2606:2800:220:1::1"
NOON = datetime(2026, 11, 24, 12, 2, 30, tzinfo=UTC)
MIDNIGHT = datetime(2026, 11, 25, tzinfo=UTC)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


@pytest.fixture
def hourly() -> PerNetwork:
    return PerNetwork("tests", HOUR)


@pytest.fixture(params=["memory", pytest.param("redis", marks=pytest.mark.redis)])
def anywhere(request: pytest.FixtureRequest, settings) -> PerNetwork:
    if request.param == "memory":
        settings.REDIS_URL = ""
    return PerNetwork("tests", HOUR)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("93.184.216.34", "93.184.216.35", False),
        ("93.184.216.34", "::ffff:93.184.216.34", True),
        ("2606:2800:220:1::1", "2606:2800:220:1:9:9:9:9", True),
        ("2606:2800:220:100::1", "2606:2800:220:1ff:9:9:9:9", True),
        ("2606:2800:220:100::1", "2606:2800:220:200::1", False),
        ("", "no address", True),
        ("10.0.0.1/8", "unknown", True),
    ],
)
def test_a_network_is_an_address_or_a_56(hourly: PerNetwork, one: str, other: str, same: bool) -> None:
    assert hourly.take(one, 1)
    assert hourly.take(other, 1) != same


def test_network_of_names_it_by_its_first_address() -> None:
    assert network_of(ip_address("2606:2800:220:1ff::1")) == "2606:2800:220:100::"
    assert network_of(ip_address("93.184.216.34")) == "93.184.216.34"


def test_a_look_counts_nothing(anywhere: PerNetwork) -> None:
    assert all(anywhere.has_left(HOME, 2) for _ in range(10))
    assert anywhere.take(HOME, 2)
    assert anywhere.has_left(HOME, 2)
    assert anywhere.take(HOME, 2)
    assert not anywhere.has_left(HOME, 2)
    assert not anywhere.take(HOME, 2)
    assert anywhere.take(OFFICE, 2)


def test_each_thing_counts_for_itself(anywhere: PerNetwork) -> None:
    assert anywhere.take(HOME, 1, b"reef")
    assert anywhere.take(HOME, 1, b"orchard")
    assert not anywhere.take(HOME, 1, b"reef")


def test_a_limit_of_nothing_grants_nothing(anywhere: PerNetwork) -> None:
    assert not anywhere.has_left(HOME, 0)
    assert not anywhere.take(HOME, 0)


def test_a_limit_that_is_raised_or_lowered_counts_at_once(anywhere: PerNetwork) -> None:
    assert [anywhere.take(HOME, 2) for _ in range(3)] == [True, True, False]
    assert anywhere.take(HOME, 3)
    assert not anywhere.has_left(HOME, 1)


@pytest.mark.parametrize("window", [HOUR, 10 * MINUTE])
def test_it_opens_again_after_its_window(window: timedelta) -> None:
    counted = PerNetwork("tests", window)
    for after, is_taken in [(timedelta(), True), (window - MINUTE, False), (window + MINUTE, True)]:
        with clock.moved_to(NOON + after):
            assert counted.take(HOME, 1) is is_taken


def test_midnight_with_its_new_key_gives_nothing_away(anywhere: PerNetwork) -> None:
    with clock.moved_to(MIDNIGHT - 10 * MINUTE):
        assert all(anywhere.take(HOME, 3) for _ in range(3))
    for minutes in (1, 10, 30, 49):
        with clock.moved_to(MIDNIGHT + minutes * MINUTE):
            assert not anywhere.take(HOME, 3)


def test_what_was_taken_on_both_sides_of_midnight_counts_together(hourly: PerNetwork) -> None:
    for minutes, is_taken in [(-10, True), (1, True), (2, True), (3, False), (51, True), (52, False)]:
        with clock.moved_to(MIDNIGHT + minutes * MINUTE):
            assert hourly.take(HOME, 3) is is_taken


requests = st.lists(
    st.tuples(st.integers(0, 30 * 60), st.sampled_from([HOME, OFFICE, "192.0.2.9"])), min_size=1, max_size=120
)


@given(st.integers(1, 4), st.integers(0, 24 * 3600), requests)
def test_no_hour_ever_holds_more_than_the_limit_and_none_is_refused_without_cause(
    limit: int, start: int, asked: list[tuple[int, str]]
) -> None:
    counter = PerNetwork("tests", HOUR)
    at = NOON + timedelta(seconds=start)
    granted: dict[str, list[datetime]] = defaultdict(list)
    for wait, network in asked:
        at += timedelta(seconds=wait)
        with clock.moved_to(at):
            looked = counter.has_left(network, limit)
            was_granted = counter.take(network, limit)
        assert looked == was_granted
        before = granted[network]
        if was_granted:
            before.append(at)
            assert sum(at - then < HOUR for then in before) <= limit
        else:
            assert sum(at - then <= HOUR + timedelta(seconds=1) for then in before) >= limit


def test_of_many_threads_no_more_than_the_limit_get_one(anywhere: PerNetwork) -> None:
    with ThreadPoolExecutor(16) as pool:
        granted = list(pool.map(lambda _: anywhere.take(HOME, 25), range(400)))
    assert sum(granted) == 25


def test_no_address_is_in_memory(settings, hourly: PerNetwork) -> None:
    settings.REDIS_URL = ""
    hourly.take(HOME, 5)
    assert len(hourly.in_memory) == 1
    kept = repr(vars(hourly.in_memory)).encode()
    assert HOME.encode() not in kept
    assert ip_address(HOME).packed not in kept


@pytest.mark.redis
def test_redis_keeps_no_address_and_forgets_by_itself(hourly: PerNetwork) -> None:
    hourly.take(HOME, 5)
    kept = redis.Redis.from_url(settings.REDIS_URL)
    names = list(kept.scan_iter("broadsheet:*"))
    assert any(name.startswith(networks.PREFIX.encode()) for name in names)
    assert len(names) >= 2
    assert not any(HOME.encode() in name for name in names)
    for name in names:
        assert 0 < kept.ttl(name) <= 26 * 3600


@pytest.mark.redis
def test_redis_that_was_emptied_counts_anew_and_alike() -> None:
    one, other = PerNetwork("tests", HOUR), PerNetwork("tests", HOUR)
    assert one.take(HOME, 1)
    assert not other.take(HOME, 1)
    redis.Redis.from_url(settings.REDIS_URL).flushdb()
    assert other.take(HOME, 1)
    assert not one.take(HOME, 1)


TAKER = """
import sys
from datetime import timedelta
import django
django.setup()
from broadsheet.paywall.networks import PerNetwork
counted = PerNetwork("tests", timedelta(hours=1))
print(sum(counted.take("93.184.216.34", 60) for _ in range(100)))
"""


@pytest.mark.redis
def test_two_processes_share_one_limit() -> None:
    command = ["env", f"REDIS_URL={settings.REDIS_URL}", "DJANGO_SETTINGS_MODULE=broadsheet.settings"]
    command += [sys.executable, "-c", TAKER]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    granted = [int(process.communicate(timeout=60)[0]) for process in running]
    assert sum(granted) == 60
