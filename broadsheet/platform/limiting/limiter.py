from collections.abc import Callable
from functools import lru_cache

from django.conf import settings
from django.utils.crypto import salted_hmac
from limits import RateLimitItem
from limits.storage import RedisStorage
from limits.strategies import MovingWindowRateLimiter

from broadsheet.platform import clock
from broadsheet.platform.limiting.moving_windows import MovingWindows
from broadsheet.platform.outages.redis_link import link, options

PREFIX = "broadsheet:limits"


class InRedis(RedisStorage):
    """The library's, by our clock: its own moving windows ask the machine's."""

    STORAGE_SCHEME = None  # type: ignore[assignment]  # not to be had by an address

    def acquire_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        now = clock.now().timestamp()
        return bool(self.lua_acquire_moving_window([self.prefixed_key(key)], [now, limit, expiry, amount]))

    def get_moving_window(self, key: str, limit: int, expiry: int) -> tuple[float, int]:
        now = clock.now().timestamp()
        window = self.lua_moving_window([self.prefixed_key(key)], [now - expiry, limit])
        return (float(window[0]), window[1]) if window else (now, 0)


@lru_cache(maxsize=1)
def redis_storage(url: str) -> InRedis:
    return InRedis(url, key_prefix=PREFIX, **options())


class Limiter:
    """Counts in Redis; in `otherwise` where there is none, and while it is away."""

    def __init__(self, otherwise: MovingWindows) -> None:
        self._otherwise = MovingWindowRateLimiter(otherwise)

    def hit(self, rate: RateLimitItem, action: str, whose: str) -> bool:
        """Counts one more of `action`; False, and nothing, where `rate` is reached.

        `whose` may be an address: a keyed digest of it is all that is kept.
        """
        mark = _mark(whose)
        return self._ask(lambda windows: windows.hit(rate, action, mark))

    def has_left(self, rate: RateLimitItem, action: str, whose: str) -> bool:
        """Whether `hit` would say yes now. Counts nothing."""
        mark = _mark(whose)
        return self._ask(lambda windows: windows.test(rate, action, mark))

    def _ask(self, question: Callable[[MovingWindowRateLimiter], bool]) -> bool:
        if not settings.REDIS_URL:
            return question(self._otherwise)
        in_redis = MovingWindowRateLimiter(redis_storage(settings.REDIS_URL))
        return link.ask(lambda: question(in_redis), lambda: question(self._otherwise))


def _mark(whose: str) -> str:
    return salted_hmac("broadsheet.limits", whose, algorithm="sha256").hexdigest()[:32]
