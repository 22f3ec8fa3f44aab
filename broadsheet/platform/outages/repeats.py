"""A fault that goes on is logged once a minute, with how often it came since."""

import logging
import traceback
from math import inf
from threading import Lock
from time import monotonic

MINUTE = 60.0
MOST = 1_000
"""Faults that are remembered. Beyond them all are forgotten, and each is logged again."""


class OnceAMinute(logging.Filter):
    """Lets the first of each fault through, then one a minute.

    Two are the same if they read the same and come from the same place; which address failed does not matter.
    """

    def __init__(self, name: str = "", seconds: float = MINUTE) -> None:
        super().__init__(name)
        self.seconds = seconds
        self._lock = Lock()
        # What → when it was logged, and how often it came since.
        self._logged: dict[tuple[object, ...], tuple[float, int]] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        if record.levelno < logging.WARNING:
            return True
        what = (record.name, record.levelno, *_marks_of(record))
        now = monotonic()
        with self._lock:
            at, since = self._logged.get(what, (-inf, 0))
            if now - at < self.seconds:
                self._logged[what] = at, since + 1
                return False
            if len(self._logged) >= MOST:
                self._logged.clear()
            self._logged[what] = now, 0
        if since:
            record.msg, record.args = f"{record.getMessage()} (and {since} times since the last line)", ()
        return True


def _marks_of(record: logging.LogRecord) -> tuple[object, ...]:
    if not (record.exc_info and record.exc_info[0]):
        return (record.getMessage(),)
    frames = traceback.extract_tb(record.exc_info[2], limit=-1)
    # Django's own lines name the address that was asked for.
    text = record.msg if hasattr(record, "request") else record.getMessage()
    return (text, record.exc_info[0], *((frame.filename, frame.lineno) for frame in frames))
