"""How quickly one worker sends to one receiving domain: as told, and slower when that domain asks for it."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

SHORTEST_PAUSE = 60.0
LONGEST_PAUSE = 15 * 60.0
BURST = 10.0
"""Seconds' worth of messages that may leave at once."""


@dataclass
class Domain:
    allowed: float
    at: float
    pause: float = 0.0
    paused_until: float = 0.0


class Throttle:
    def __init__(self, per_minute: Mapping[str, int], now: Callable[[], float] = time.monotonic) -> None:
        """`per_minute`: a receiving domain → how many messages it gets; ``*`` is for each other one."""
        self._rates = {domain: limit / 60 for domain, limit in per_minute.items()}
        self._now = now
        self._domains: dict[str, Domain] = {}

    def take(self, domain: str) -> float:
        """0 where a message may leave to `domain` now, which counts as one; else in how many seconds."""
        now, known = self._now(), self._domains.get(domain)
        if known and known.paused_until > now:
            return known.paused_until - now
        rate = self._rates.get(domain, self._rates.get("*"))
        if rate is None:
            return 0.0
        burst = max(1.0, rate * BURST)
        if known is None:
            known = self._domains[domain] = Domain(burst, now)
        known.allowed = min(burst, known.allowed + (now - known.at) * rate)
        known.at = now
        if known.allowed < 1:
            return (1 - known.allowed) / rate
        known.allowed -= 1
        return 0.0

    def slow_down(self, domain: str) -> None:
        """It said that it gets too much: nothing leaves to it for a while, each time twice as long."""
        now = self._now()
        known = self._domains.setdefault(domain, Domain(0.0, now))
        if known.paused_until <= now:
            known.pause = min(LONGEST_PAUSE, known.pause * 2 or SHORTEST_PAUSE)
            known.paused_until = now + known.pause

    def accepted(self, domain: str) -> None:
        known = self._domains.get(domain)
        if known:
            known.pause = 0.0
