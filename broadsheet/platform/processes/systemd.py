"""What systemd is told: https://www.freedesktop.org/software/systemd/man/latest/sd_notify.html"""

import os
import socket
import time
from contextlib import suppress

FIRST = 3
"""The number of the first file that it gives."""


class Systemd:
    """Nobody, where there is no NOTIFY_SOCKET. The children don’t see it: they don’t speak in our name."""

    def __init__(self) -> None:
        self._address = os.environ.pop("NOTIFY_SOCKET", "").replace("@", "\0", 1)
        watchdog = os.environ.pop("WATCHDOG_USEC", "")
        self._every = int(watchdog) / 2_000_000 if watchdog else None
        self._barked_at = 0.0

    @staticmethod
    def given() -> "socket.socket | None":
        """The one that a socket unit listens on, which outlives us."""
        is_ours = os.environ.pop("LISTEN_PID", "") == str(os.getpid())
        if os.environ.pop("LISTEN_FDS", "") and is_ours:
            return socket.socket(fileno=FIRST)
        return None

    def ready(self) -> None:
        self._say("READY=1")

    def reloading(self) -> None:
        self._say(f"RELOADING=1\nMONOTONIC_USEC={time.monotonic_ns() // 1000}")

    def stopping(self) -> None:
        self._say("STOPPING=1")

    def alive(self) -> None:
        """To be called in each round."""
        now = time.monotonic()
        if self._every is not None and now - self._barked_at >= self._every:
            self._barked_at = now
            self._say("WATCHDOG=1")

    def _say(self, words: str) -> None:
        if not self._address:
            return
        # Who is not heard goes on serving.
        with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as out:
            out.sendto(words.encode(), self._address)
