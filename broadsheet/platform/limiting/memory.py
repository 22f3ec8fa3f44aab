from collections import OrderedDict
from threading import Lock

from broadsheet.platform import clock
from broadsheet.platform.limiting.moving_windows import MovingWindows

MOST = 50_000
"""Keys that are remembered, some fifteen megabytes; beyond them the one that was quiet longest goes."""


class InMemory(MovingWindows):
    """Bounded, and exact for all threads of a process. The library's own is neither."""

    def __init__(self, most: int = MOST) -> None:
        super().__init__()
        self.most = most
        self._lock = Lock()
        # Key → (when its window ends, the moments in it, the oldest first); the quietest key first.
        self._windows: OrderedDict[str, tuple[float, list[float]]] = OrderedDict()

    @property
    def base_exceptions(self) -> type[Exception]:
        return ValueError

    def acquire_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        now = clock.now().timestamp()
        with self._lock:
            moments = self._in_window(key, now - expiry)
            if len(moments) + amount > limit:
                return False
            self._windows[key] = now + expiry, [*moments, *[now] * amount]
            self._windows.move_to_end(key)
            self._forget(now)
        return True

    def get_moving_window(self, key: str, limit: int, expiry: int) -> tuple[float, int]:
        now = clock.now().timestamp()
        with self._lock:
            moments = self._in_window(key, now - expiry)
        return (moments[0] if moments else now), len(moments)

    def clear(self, key: str) -> None:
        with self._lock:
            self._windows.pop(key, None)

    def reset(self) -> int:
        with self._lock:
            count = len(self._windows)
            self._windows.clear()
        return count

    def __len__(self) -> int:
        return len(self._windows)

    def _in_window(self, key: str, after: float) -> list[float]:
        _, moments = self._windows.get(key, (0.0, []))
        return [moment for moment in moments if moment >= after]

    def _forget(self, now: float) -> None:
        while len(self._windows) > self.most or next(iter(self._windows.values()))[0] < now:
            self._windows.popitem(last=False)
