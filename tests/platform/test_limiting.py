"""What may be done so often in a while: counted exactly, wherever it is counted."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from limits import RateLimitItemPerSecond

from broadsheet.platform import clock
from broadsheet.platform.limiting import InMemory, InTable, Limiter
from broadsheet.platform.models import LimitWindow

THREE_A_MINUTE = RateLimitItemPerSecond(3, 60)
ADA, BEN = "ada@reader.example", "ben@reader.example"
# Threads have connections of their own, which see nothing of a test's transaction.
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(params=["table", "memory", pytest.param("redis", marks=pytest.mark.redis)])
def limiter(request: pytest.FixtureRequest, settings) -> Limiter:
    if request.param != "redis":
        settings.REDIS_URL = ""
    return Limiter(InMemory() if request.param == "memory" else InTable())


def test_the_limit_is_for_each_action_and_each_one(limiter: Limiter) -> None:
    assert [limiter.hit(THREE_A_MINUTE, "write", ADA) for _ in range(5)] == [True] * 3 + [False] * 2
    assert limiter.hit(THREE_A_MINUTE, "write", BEN)
    assert limiter.hit(THREE_A_MINUTE, "guess", ADA)
    assert limiter.hit(RateLimitItemPerSecond(3, 600), "write", ADA)


def test_no_burst_gets_through_at_the_edge_of_a_window(limiter: Limiter) -> None:
    start = clock.now()
    hits = {0: True, 50: True, 55: True, 59: False, 61: True, 62: False, 109: False, 111: True}
    for seconds, is_allowed in hits.items():
        with clock.stopped_at(start + timedelta(seconds=seconds)):
            assert limiter.hit(THREE_A_MINUTE, "write", ADA) is is_allowed, seconds


def test_many_at_once_get_no_more_than_the_limit(limiter: Limiter) -> None:
    def hit(_: int) -> bool:
        try:
            return limiter.hit(RateLimitItemPerSecond(7, 60), "write", ADA)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(hit, range(40))) == 7


def test_the_table_holds_no_address_and_is_swept(settings) -> None:
    settings.REDIS_URL = ""
    Limiter(InTable()).hit(THREE_A_MINUTE, "write", ADA)
    assert "ada" not in LimitWindow.objects.get().key
    LimitWindow.objects.sweep()
    assert LimitWindow.objects.count() == 1
    with clock.moved_to(clock.now() + timedelta(seconds=61)):
        LimitWindow.objects.sweep()
    assert not LimitWindow.objects.exists()


def test_memory_is_bounded_and_the_quietest_goes_first() -> None:
    memory = InMemory(most=100)
    assert memory.acquire_entry("quiet", 1, 3600)
    for number in range(99):
        memory.acquire_entry(str(number), 5, 3600)
    assert not memory.acquire_entry("quiet", 1, 3600)
    for number in range(1_000):
        memory.acquire_entry(f"x{number}", 5, 3600)
        assert len(memory) <= 100
    assert memory.acquire_entry("quiet", 1, 3600)


def test_memory_is_given_back_after_the_window() -> None:
    memory, start = InMemory(), clock.now()
    with clock.moved_to(start):
        for number in range(500):
            memory.acquire_entry(str(number), 5, 60)
    with clock.moved_to(start + timedelta(seconds=62)):
        memory.acquire_entry("new", 5, 60)
    assert len(memory) == 1
