"""Redis, where there is one, and what is asked in its place while it is away."""

import logging
from collections.abc import Callable
from functools import cache
from threading import Lock
from time import monotonic
from typing import Any

logger = logging.getLogger(__name__)

SECONDS = 0.5
PAUSE = 5.0
"""Seconds for which Redis is left alone after it failed. Then one request asks it; the others don't wait."""


def options() -> dict[str, Any]:
    """For each client: short waits, and a second try only where a kept connection turns out to be closed."""
    from redis import ConnectionError  # only who has Redis waits for it
    from redis.backoff import NoBackoff
    from redis.retry import Retry

    return {
        "socket_timeout": SECONDS,
        "socket_connect_timeout": SECONDS,
        "retry": Retry(NoBackoff(), 1, (ConnectionError,)),
    }


@cache
def away() -> tuple[type[Exception], ...]:
    """What is raised while it is. An answer counts too: no memory left, can't save, a replica now."""
    from redis import ConnectionError, InvalidResponse, ResponseError, TimeoutError

    return ConnectionError, TimeoutError, ResponseError, InvalidResponse


class Link:
    """Remembers, for this process, that Redis is away."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._away_until: float | None = None

    def ask[T](self, ask: Callable[[], T], otherwise: Callable[[], T]) -> T:
        """What `ask` gets from Redis, or while that is away what `otherwise` says."""
        if not self._is_to_be_asked():
            return otherwise()
        try:
            answer = ask()
        except away() as error:
            self._away_until = monotonic() + PAUSE
            logger.warning("Redis is away; the database and memory stand in for it: %s", error)
            return otherwise()
        if self._away_until is not None:
            self._away_until = None
            logger.warning("Redis is back")
        return answer

    def _is_to_be_asked(self) -> bool:
        if self._away_until is None:
            return True
        with self._lock:
            now = monotonic()
            if self._away_until is not None and now < self._away_until:
                return False
            self._away_until = now + PAUSE
            return True


link = Link()
