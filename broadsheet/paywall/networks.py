"""What each network has so many of in a while: first articles, further ones, opens that count.

Nobody's address is kept: networks are counted under a keyed digest, whose key is random, new each day (UTC)
and forgotten when it can count no more. Counts stand in Redis, where there is one, for all processes and
hosts; else, and while Redis is away, in this process's memory.
"""

import secrets
from datetime import UTC, date, datetime, time, timedelta
from hashlib import blake2b
from threading import Lock
from typing import Protocol

from django.conf import settings
from limits.storage import MovingWindowSupport

from broadsheet.platform import clock
from broadsheet.platform.http.networks import network_of
from broadsheet.platform.http.proxy import address_in
from broadsheet.platform.limiting import InMemory, redis_storage
from broadsheet.platform.outages.redis_link import link

PREFIX = "broadsheet:networks:key:"


class Keys(Protocol):
    """Day → its key, made by whoever asks first. Those of other days may be forgotten."""

    def of(self, days: list[date]) -> list[bytes]: ...


class KeysInMemory:
    def __init__(self) -> None:
        self._lock = Lock()
        self._keys: dict[date, bytes] = {}

    def of(self, days: list[date]) -> list[bytes]:
        with self._lock:
            self._keys = {day: self._keys.get(day) or secrets.token_bytes(32) for day in days}
            return list(self._keys.values())


class KeysInRedis:
    """Asked for each time: Redis may have been emptied meanwhile."""

    def __init__(self, url: str) -> None:
        self._redis = redis_storage(url).storage

    def of(self, days: list[date]) -> list[bytes]:
        names = {day: f"{PREFIX}{day}" for day in days}
        pipeline = self._redis.pipeline(transaction=False)
        for day, name in names.items():
            pipeline.set(name, secrets.token_bytes(32), nx=True, ex=_time_to_forget(day))
        pipeline.mget(names.values())
        # One that Redis had no room to keep counts nothing, which is no reason to refuse anybody.
        return [key or secrets.token_bytes(32) for key in pipeline.execute()[-1]]


HOUR = timedelta(hours=1)
keys_in_memory = KeysInMemory()


class PerNetwork:
    """So many in any `window`, at most an hour, for each network: an IPv4 address or an IPv6 /56."""

    def __init__(self, what: str, window: timedelta) -> None:
        self.what = what
        self.window = window
        self.in_memory = InMemory()

    def has_left(self, address: str, limit: int, thing: bytes = b"") -> bool:
        """Whether `take` would say yes now. Counts nothing."""
        return self._ask(address, limit, thing, takes=False)

    def take(self, address: str, limit: int, thing: bytes = b"") -> bool:
        """Takes one of the `limit` of the network of `address`; False, and nothing, if none is left.

        Exact where several ask at once. Each `thing` has a count of its own.
        """
        return self._ask(address, limit, thing, takes=True)

    def _ask(self, address: str, limit: int, thing: bytes, *, takes: bool) -> bool:
        found = address_in(address)
        counted = f"{self.what} {network_of(found) if found else ''} ".encode() + thing

        def in_this_process() -> bool:
            return self._count(self.in_memory, keys_in_memory, counted, limit, takes=takes)

        def in_redis() -> bool:
            storage, keys = redis_storage(settings.REDIS_URL), KeysInRedis(settings.REDIS_URL)
            return self._count(storage, keys, counted, limit, takes=takes)

        return link.ask(in_redis, in_this_process) if settings.REDIS_URL else in_this_process()

    def _count(
        self, storage: MovingWindowSupport, keys: Keys, counted: bytes, limit: int, *, takes: bool
    ) -> bool:
        seconds = int(self.window.total_seconds())
        today, *yesterday = (
            blake2b(counted, key=key, digest_size=16).hexdigest() for key in keys.of(_days())
        )
        # Nothing is added to yesterday's any more, so what is left of it is sure.
        left = limit - sum(storage.get_moving_window(mark, limit, seconds)[1] for mark in yesterday)
        if left < 1:
            return False
        if takes:
            return storage.acquire_entry(today, left, seconds)
        return storage.get_moving_window(today, left, seconds)[1] < left


def _days() -> list[date]:
    """Whose keys the counts of the last hour stand under: today's, and just after midnight yesterday's."""
    at = clock.now()
    return sorted({at.astimezone(UTC).date(), (at - HOUR).astimezone(UTC).date()}, reverse=True)


def _time_to_forget(day: date) -> timedelta:
    end = datetime.combine(day, time.min, UTC) + timedelta(days=1) + HOUR
    return max(end - clock.now(), timedelta(seconds=1))


grants = PerNetwork("grants", HOUR)
