"""A real Redis is killed, hangs or is full: pages go on, and so do the limits."""

import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache, caches
from django.test import Client
from pytest_django import Settings

from broadsheet.paywall.networks import PerNetwork
from broadsheet.people.models import Person
from broadsheet.platform.models import LimitWindow
from broadsheet.platform.outages import redis_link
from harness.engines import find
from harness.redis_process import RedisProcess
from tests.cast import PASSWORD, STRANGER
from tests.people.conftest import ask, is_signed_in, new_browser, page

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not find("redis-server"), reason="redis-server is not installed"),
]
FAILURES = {"killed": RedisProcess.kill, "hanging": RedisProcess.hang}


@pytest.fixture
def server(tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[RedisProcess]:
    running = RedisProcess(tmp_path)
    use(running, settings)
    monkeypatch.setattr(redis_link, "PAUSE", 600.0)
    yield running
    redis_link.link._away_until = None
    running.kill()


def use(server: RedisProcess, settings: Settings) -> None:
    settings.REDIS_URL = server.url
    backend = "broadsheet.platform.outages.cache."
    settings.CACHES = {
        "default": {"BACKEND": f"{backend}RedisOrTableCache", "LOCATION": server.url},
        "table": {"BACKEND": f"{backend}TableCache", "LOCATION": "platform_cache"},
    }


@pytest.fixture(params=FAILURES)
def fail(request: pytest.FixtureRequest, server: RedisProcess) -> Callable[[], None]:
    return lambda: FAILURES[request.param](server)


def test_pages_are_served_and_only_the_first_waits(magazine, fail: Callable[[], None]) -> None:
    client = Client()
    assert client.get("/").status_code == 200
    fail()
    began = time.monotonic()
    assert client.get("/").status_code == 200
    assert time.monotonic() - began < 5
    asked_at = redis_link.link._away_until
    assert [client.get(path).status_code for path in ("/", "/world/", "/world/reef/")] == [200] * 3
    assert redis_link.link._away_until == asked_at  # nobody has asked it since


def test_a_cache_goes_on_in_the_table(fail: Callable[[], None]) -> None:
    cache.set("before", 1)
    fail()
    assert cache.get("before") is None
    assert cache.add("lock", "mine", 60)
    assert not cache.add("lock", "yours", 60)
    cache.set_many({"one": 1, "two": 2})
    assert cache.get_many(["one", "two", "three"]) == {"one": 1, "two": 2}
    assert cache.incr("one") == 2
    cache.delete("lock")
    assert cache.add("lock", "yours", 60)
    assert "two" in cache


def test_what_changed_meanwhile_is_not_read_from_redis_afterwards(
    server: RedisProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(redis_link, "PAUSE", 0.2)
    cache.set_many({"changed": "old", "deleted": "old", "kept": "old"})
    server.hang()
    cache.set("changed", "new")
    cache.delete("deleted")
    server.go_on()
    time.sleep(0.3)
    assert cache.get("kept") == "old"
    assert cache.get("changed") is None
    assert cache.get("deleted") is None
    assert caches["table"].get_many([cache.make_key("changed")]) == {}


def test_a_limit_of_signing_in_goes_on_in_the_table(fail: Callable[[], None], mailoutbox: list[Any]) -> None:
    assert ask(new_browser(REMOTE_ADDR="198.51.0.7"), STRANGER).status_code == 303
    assert not LimitWindow.objects.exists()
    fail()
    asked = [ask(new_browser(REMOTE_ADDR=f"198.51.{n}.7"), STRANGER) for n in range(1, 7)]
    assert [answer.status_code for answer in asked] == [303] * 5 + [429]
    assert LimitWindow.objects.exists()


def test_wrong_passwords_are_counted_on(ada: Person, fail: Callable[[], None]) -> None:
    fail()
    browser = new_browser()
    for password in ["not-the-password"] * 5 + [PASSWORD]:
        answer = browser.post("/account/sign-in/", {"login": ada.email, "password": password})
    assert "Too many wrong passwords" in page(answer)
    assert not is_signed_in(browser)


def test_a_limit_of_visitors_goes_on_in_memory(fail: Callable[[], None]) -> None:
    counted = PerNetwork("tests", timedelta(hours=1))
    assert counted.take("198.51.100.7", 2)
    assert not len(counted.in_memory)
    fail()
    assert [counted.take("198.51.100.7", 2) for _ in range(3)] == [True, True, False]


def test_it_is_used_again_when_it_is_back(
    server: RedisProcess, fail: Callable[[], None], monkeypatch: pytest.MonkeyPatch, caplog
) -> None:
    monkeypatch.setattr(redis_link, "PAUSE", 0.2)
    fail()
    cache.set("one", 1)
    assert "Redis is away" in caplog.text
    server.go_on()
    time.sleep(0.3)
    cache.set("one", 2)
    assert "Redis is back" in caplog.text
    assert server.client().dbsize() == 1


def test_one_that_has_no_memory_left_counts_as_away(tmp_path: Path, settings: Settings, server) -> None:
    full = RedisProcess(tmp_path, "--maxmemory", "1", "--maxmemory-policy", "noeviction")
    use(full, settings)
    try:
        cache.set("one", 1)
        assert cache.get("one") == 1
        assert PerNetwork("tests", timedelta(hours=1)).take("198.51.100.7", 1)
    finally:
        full.kill()
