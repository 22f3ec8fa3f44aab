"""First grants of a network: never more than the limit in an hour, and nobody's address kept."""

import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

import pytest
import redis
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.paywall import networks
from broadsheet.paywall.networks import InMemory, InRedis, may_be_granted, take
from broadsheet.platform import clock
from broadsheet.platform.networks import network_of
from harness.ports import free_port

HOME, OFFICE = "93.184.216.34", "2606:2800:220:1::1"
NOON = datetime(2026, 11, 24, 12, 2, 30, tzinfo=UTC)
MIDNIGHT = datetime(2026, 11, 25, tzinfo=UTC)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _nothing_counted() -> None:
    networks.in_memory.forget_all()


@pytest.fixture(params=["memory", pytest.param("redis", marks=pytest.mark.redis)])
def taken(request: pytest.FixtureRequest) -> Callable[[str, datetime], bool]:
    """Takes one of three an hour."""
    counter = InMemory() if request.param == "memory" else InRedis(settings.REDIS_URL)

    def take_one(network: str, at: datetime) -> bool:
        with clock.moved_to(at):
            return bool(counter.count(network, 3, takes=True))

    return take_one


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("93.184.216.34", "93.184.216.35", False),
        ("93.184.216.34", "::ffff:93.184.216.34", True),
        ("2606:2800:220:1::1", "2606:2800:220:1:9:9:9:9", True),
        ("2606:2800:220:100::1", "2606:2800:220:1ff:9:9:9:9", True),
        ("2606:2800:220:100::1", "2606:2800:220:200::1", False),
    ],
)
def test_a_network_is_an_address_or_a_56(one: str, other: str, same: bool) -> None:
    assert take(one, 1)
    assert take(other, 1) != same


def test_network_of_names_it_by_its_first_address() -> None:
    assert network_of(ip_address("2606:2800:220:1ff::1")) == "2606:2800:220:100::"
    assert network_of(ip_address("93.184.216.34")) == "93.184.216.34"


def test_a_look_counts_nothing() -> None:
    assert all(may_be_granted(HOME, 2) for _ in range(10))
    assert take(HOME, 2)
    assert may_be_granted(HOME, 2)
    assert take(HOME, 2)
    assert not may_be_granted(HOME, 2)
    assert not take(HOME, 2)
    assert take(OFFICE, 2)


def test_a_limit_of_nothing_grants_nothing() -> None:
    assert not may_be_granted(HOME, 0)
    assert not take(HOME, 0)


def test_a_limit_that_is_raised_or_lowered_counts_at_once() -> None:
    assert [take(HOME, 2) for _ in range(3)] == [True, True, False]
    assert take(HOME, 3)
    assert not may_be_granted(HOME, 1)


@pytest.mark.parametrize("address", ["", "unknown", "10.0.0.1/8"])
def test_an_address_that_is_none_has_the_limit_of_one_network(address: str) -> None:
    assert [take(address, 1) for _ in range(2)] == [True, False]


def test_it_opens_again_after_the_hour(taken) -> None:
    assert [taken(HOME, NOON) for _ in range(4)] == [True, True, True, False]
    assert not taken(HOME, NOON + HOUR - timedelta(seconds=1))
    assert taken(HOME, NOON + HOUR + 5 * MINUTE)


def test_midnight_with_its_new_key_gives_nothing_away(taken) -> None:
    assert all(taken(HOME, MIDNIGHT - 10 * MINUTE) for _ in range(3))
    for minutes in (1, 10, 30, 49):
        assert not taken(HOME, MIDNIGHT + minutes * MINUTE)
    assert taken(HOME, MIDNIGHT + 56 * MINUTE)


def test_what_was_taken_on_both_sides_of_midnight_counts_together(taken) -> None:
    assert taken(HOME, MIDNIGHT - 10 * MINUTE)
    assert taken(HOME, MIDNIGHT + MINUTE)
    assert taken(HOME, MIDNIGHT + 2 * MINUTE)
    assert not taken(HOME, MIDNIGHT + 3 * MINUTE)
    assert taken(HOME, MIDNIGHT + 56 * MINUTE)
    assert not taken(HOME, MIDNIGHT + 57 * MINUTE)


requests = st.lists(
    st.tuples(st.integers(0, 30 * 60), st.sampled_from([HOME, OFFICE, "192.0.2.9"])), min_size=1, max_size=120
)


@given(st.integers(1, 4), st.integers(0, 24 * 3600), requests)
def test_no_hour_ever_holds_more_than_the_limit_and_none_is_refused_without_cause(
    limit: int, start: int, asked: list[tuple[int, str]]
) -> None:
    counter = InMemory()
    at = NOON + timedelta(seconds=start)
    granted: dict[str, list[datetime]] = defaultdict(list)
    for wait, network in asked:
        at += timedelta(seconds=wait)
        with clock.moved_to(at):
            looked = counter.count(network, limit, takes=False)
            was_granted = counter.count(network, limit, takes=True)
        assert looked == was_granted
        before = granted[network]
        if was_granted:
            before.append(at)
            assert sum(at - then <= HOUR for then in before) <= limit
        else:
            # Counted by five minutes, so that it may hold a little longer than the hour.
            assert sum(at - then < HOUR + 5 * MINUTE for then in before) >= limit


def test_of_many_threads_no_more_than_the_limit_get_one() -> None:
    with ThreadPoolExecutor(16) as pool:
        granted = list(pool.map(lambda _: take(HOME, 25), range(400)))
    assert sum(granted) == 25


def test_memory_is_bounded_and_the_quietest_goes_first() -> None:
    counter = InMemory(most=100)
    with clock.moved_to(NOON):
        counter.count(HOME, 1, takes=True)
        for n in range(99):
            counter.count(str(n), 5, takes=True)
        assert not counter.count(HOME, 1, takes=True)
        for n in range(1000):
            counter.count(f"x{n}", 5, takes=True)
            assert len(counter) <= 100
        assert counter.count(HOME, 1, takes=True)


def test_memory_is_given_back_after_the_hour() -> None:
    counter = InMemory()
    with clock.moved_to(NOON):
        for n in range(500):
            counter.count(str(n), 5, takes=True)
    with clock.moved_to(NOON + HOUR + 6 * MINUTE):
        counter.count(HOME, 5, takes=True)
        assert len(counter) == 1


def test_no_address_is_in_memory() -> None:
    counter = InMemory()
    counter.count(HOME, 5, takes=True)
    kept = repr(vars(counter)).encode() + b"".join(counter._taken)
    assert HOME.encode() not in kept
    assert ip_address(HOME).packed not in kept


def test_while_redis_is_away_memory_counts(settings, caplog: pytest.LogCaptureFixture) -> None:
    settings.REDIS_URL = f"redis://127.0.0.1:{free_port()}"
    assert [take(HOME, 2) for _ in range(3)] == [True, True, False]
    assert not may_be_granted(HOME, 2)
    assert len(caplog.records) == 1  # for some seconds it isn't even asked
    assert "in memory" in caplog.text


@pytest.mark.redis
def test_redis_keeps_no_address_and_forgets_by_itself() -> None:
    take(HOME, 5)
    kept = redis.Redis.from_url(settings.REDIS_URL)
    names = list(kept.scan_iter(f"{networks.PREFIX}*"))
    assert len(names) >= 2
    assert not any(HOME.encode() in name for name in names)
    for name in names:
        assert 0 < kept.ttl(name) <= 26 * 3600


@pytest.mark.redis
def test_redis_that_was_emptied_counts_anew_and_alike() -> None:
    one, other = InRedis(settings.REDIS_URL), InRedis(settings.REDIS_URL)
    assert one.count(HOME, 1, takes=True)
    assert not other.count(HOME, 1, takes=True)
    redis.Redis.from_url(settings.REDIS_URL).flushdb()
    assert other.count(HOME, 1, takes=True)
    assert not one.count(HOME, 1, takes=True)


TAKER = """
import sys
from broadsheet.paywall.networks import InRedis
counter = InRedis(sys.argv[1])
print(sum(counter.count("93.184.216.34", 60, takes=True) for _ in range(100)))
"""


@pytest.mark.redis
def test_two_processes_share_one_limit() -> None:
    command = [sys.executable, "-c", TAKER, settings.REDIS_URL]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    granted = [int(process.communicate(timeout=60)[0]) for process in running]
    assert sum(granted) == 60


@pytest.mark.redis
def test_of_many_threads_no_more_than_the_limit_get_one_of_redis() -> None:
    counter = InRedis(settings.REDIS_URL)
    with ThreadPoolExecutor(8) as pool:
        granted = list(pool.map(lambda _: counter.count(HOME, 25, takes=True), range(200)))
    assert sum(map(bool, granted)) == 25
