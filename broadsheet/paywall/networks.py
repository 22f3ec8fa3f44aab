"""How many visitors of one network are given their first article in an hour, and how many further ones.

Nobody's address is kept: networks are counted under a keyed digest, whose key is random, new each day (UTC)
and forgotten an hour after it. Counts stand in Redis, where there is one, for all processes and hosts; else,
and while Redis is away, in this process's memory.
"""

import logging
import secrets
from collections import OrderedDict
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from hashlib import blake2b
from threading import Lock
from time import monotonic

import redis
from django.conf import settings

from broadsheet.platform import clock
from broadsheet.platform.networks import network_of
from broadsheet.platform.proxy import address_in

logger = logging.getLogger(__name__)

BUCKET = 5 * 60
BUCKETS = 13
"""So many, the present one with them, hold every hour that ends now, and at most five minutes more."""
WINDOW = timedelta(seconds=BUCKET * BUCKETS)
MOST_NETWORKS = 50_000
"""In memory, some fifteen megabytes. Beyond them the one that was quiet the longest is forgotten."""
REDIS_SECONDS = 0.5
REDIS_PAUSE = 5.0
"""Seconds for which Redis is left alone after it failed: visitors don't wait for it one by one."""


def may_be_granted(address: str, limit: int, *, again: bool = False) -> bool:
    """Whether `take` would say yes now. Counts nothing."""
    return _counts(address, limit, again, takes=False)


def take(address: str, limit: int, *, again: bool = False) -> bool:
    """Takes one of the `limit` an hour of the network of `address`; False, and nothing, if none is left.

    Exact where several ask at once, and never more than `limit` in any hour. What visitors open `again`,
    after their first, has a count of its own.
    """
    return _counts(address, limit, again, takes=True)


def _counts(address: str, limit: int, again: bool, *, takes: bool) -> bool:
    if limit < 1:
        return False
    found = address_in(address)
    network = (network_of(found) if found else "") + (" again" if again else "")
    if settings.REDIS_URL:
        answer = in_redis(settings.REDIS_URL).count(network, limit, takes)
        if answer is not None:
            return answer
    return in_memory.count(network, limit, takes)


def _bucket(at: datetime) -> int:
    return int(at.timestamp()) // BUCKET


def _days(at: datetime) -> list[date]:
    """The days under whose keys the last hour is counted: today, and just after midnight yesterday."""
    return sorted({at.astimezone(UTC).date(), (at - WINDOW).astimezone(UTC).date()}, reverse=True)


def _time_to_forget(day: date, at: datetime) -> timedelta:
    """How long the key of `day` is still needed."""
    end = datetime.combine(day, time.min, UTC) + timedelta(days=1) + WINDOW
    return max(end - at, timedelta(seconds=1))


def _mark(network: str, key: bytes) -> bytes:
    return blake2b(network.encode(), key=key, digest_size=16).digest()


class InMemory:
    def __init__(self, most: int = MOST_NETWORKS) -> None:
        self.most = most
        self._lock = Lock()
        self._keys: dict[date, bytes] = {}
        # Mark → (bucket, count) for each bucket in which something was taken; the quietest mark first.
        self._taken: OrderedDict[bytes, list[tuple[int, int]]] = OrderedDict()

    def count(self, network: str, limit: int, takes: bool) -> bool:
        at = clock.now()
        bucket = _bucket(at)
        with self._lock:
            marks = [_mark(network, key) for key in self._keys_of(_days(at))]
            self._forget(bucket - BUCKETS)
            taken = sum(count for mark in marks for count in self._recent(mark, bucket - BUCKETS))
            if taken >= limit:
                return False
            if takes:
                self._add(marks[0], bucket)
            return True

    def __len__(self) -> int:
        return len(self._taken)

    def _keys_of(self, days: list[date]) -> list[bytes]:
        self._keys = {day: self._keys.get(day) or secrets.token_bytes(32) for day in days}
        return list(self._keys.values())

    def _recent(self, mark: bytes, after: int) -> list[int]:
        return [count for bucket, count in self._taken.get(mark, ()) if bucket > after]

    def _add(self, mark: bytes, bucket: int) -> None:
        counts = dict(self._taken.get(mark, ()))
        counts[bucket] = counts.get(bucket, 0) + 1
        self._taken[mark] = [pair for pair in counts.items() if pair[0] > bucket - BUCKETS]
        self._taken.move_to_end(mark)
        if len(self._taken) > self.most:
            self._taken.popitem(last=False)

    def _forget(self, until: int) -> None:
        while self._taken and next(iter(self._taken.values()))[-1][0] <= until:
            self._taken.popitem(last=False)

    def forget_all(self) -> None:
        with self._lock:
            self._taken.clear()


in_memory = InMemory()

# KEYS: a hash (bucket → count) for each mark, the one that is added to first.
# ARGV: the present bucket, the last one that no longer counts, the limit, 1 to take, seconds to keep.
COUNT = """
local taken = 0
for _, key in ipairs(KEYS) do
  for _, bucket in ipairs(redis.call('HKEYS', key)) do
    if tonumber(bucket) > tonumber(ARGV[2]) then
      taken = taken + tonumber(redis.call('HGET', key, bucket))
    else
      redis.call('HDEL', key, bucket)
    end
  end
end
if taken >= tonumber(ARGV[3]) then return 0 end
if ARGV[4] == '1' then
  redis.call('HINCRBY', KEYS[1], ARGV[1], 1)
  redis.call('EXPIRE', KEYS[1], ARGV[5])
end
return 1
"""
PREFIX = "broadsheet:first-grants:"


class InRedis:
    def __init__(self, url: str) -> None:
        self._redis = redis.Redis.from_url(
            url, socket_timeout=REDIS_SECONDS, socket_connect_timeout=REDIS_SECONDS
        )
        self._script = self._redis.register_script(COUNT)
        self._away_until = 0.0

    def count(self, network: str, limit: int, takes: bool) -> bool | None:
        """As `take` and `may_be_granted`; None while Redis is away."""
        if monotonic() < self._away_until:
            return None
        try:
            return self._count(network, limit, takes)
        except redis.RedisError as error:
            logger.warning("Redis is away; first grants are counted in memory: %s", error)
            self._away_until = monotonic() + REDIS_PAUSE
            return None

    def _count(self, network: str, limit: int, takes: bool) -> bool:
        at = clock.now()
        bucket = _bucket(at)
        marks = [_mark(network, key).hex() for key in self._keys_of(_days(at), at)]
        arguments = [bucket, bucket - BUCKETS, limit, int(takes), int(WINDOW.total_seconds())]
        return bool(self._script(keys=[PREFIX + mark for mark in marks], args=arguments))

    def _keys_of(self, days: list[date], at: datetime) -> list[bytes]:
        """Made by whoever asks first. Asked for each time: Redis may have been emptied meanwhile."""
        names = {day: f"{PREFIX}key:{day}" for day in days}
        pipeline = self._redis.pipeline(transaction=False)
        for day, name in names.items():
            pipeline.set(name, secrets.token_bytes(32), nx=True, ex=_time_to_forget(day, at))
        pipeline.mget(names.values())
        # One that Redis had no room to keep counts nothing, which is no reason to refuse anybody.
        return [key or secrets.token_bytes(32) for key in pipeline.execute()[-1]]


@lru_cache(maxsize=1)
def in_redis(url: str) -> InRedis:
    return InRedis(url)
