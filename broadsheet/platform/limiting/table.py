from django.db import DatabaseError, transaction

from broadsheet.platform import clock
from broadsheet.platform.limiting.moving_windows import MovingWindows
from broadsheet.platform.models import LimitWindow


class InTable(MovingWindows):
    """For all processes and hosts that share the database. Raises DatabaseError where it can't be written."""

    @property
    def base_exceptions(self) -> type[Exception]:
        return DatabaseError

    def acquire_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        now = clock.now().timestamp()
        with transaction.atomic():
            window = LimitWindow.objects.locked(key)
            moments = [moment for moment in window.moments if moment >= now - expiry]
            if len(moments) + amount > limit:
                return False
            window.keep([*moments, *[now] * amount], until=now + expiry)
        return True

    def get_moving_window(self, key: str, limit: int, expiry: int) -> tuple[float, int]:
        now = clock.now().timestamp()
        window = LimitWindow.objects.filter(key=key).first()
        moments = [moment for moment in window.moments if moment >= now - expiry] if window else []
        return (moments[0] if moments else now), len(moments)

    def clear(self, key: str) -> None:
        LimitWindow.objects.filter(key=key).delete()

    def reset(self) -> int:
        return LimitWindow.objects.all().delete()[0]
