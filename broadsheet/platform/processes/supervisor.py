"""Keeps a few processes running: starts them again when they die, stops them all together."""

import logging
import os
import signal
import subprocess
import time
from collections.abc import Sequence
from contextlib import suppress
from types import FrameType

from broadsheet.platform.outages.orphans import end_with_parent

logger = logging.getLogger(__name__)

LONGEST_WAIT = 30.0
STEADY = 60.0
"""A process that ran this many seconds is healthy: if it dies, it starts again at once."""
GRACE = 20.0
"""Seconds in which a process may finish what it has begun."""


class Child:
    def __init__(self, name: str, command: Sequence[str]) -> None:
        self.name = name
        self.command = command
        self.process: subprocess.Popen[bytes] | None = None
        self.wait = 0.0
        self.started_at = 0.0
        self.start_at = 0.0

    def start(self) -> None:
        # In a session of its own: Ctrl+C reaches the supervisor alone, which then asks once.
        self.process = subprocess.Popen(
            self.command,
            start_new_session=True,
            preexec_fn=end_with_parent,  # between fork and exec, which is safe where there is one thread
        )
        self.started_at = time.monotonic()

    def look_after(self) -> None:
        """Starts it if it is due, and sees to it that it will be if it has died."""
        now = time.monotonic()
        if self.process is None:
            if now >= self.start_at:
                self.start()
            return
        status = self.process.poll()
        if status is None:
            return
        self.end_group()
        steady = now - self.started_at >= STEADY
        self.wait = 0.0 if steady else min(LONGEST_WAIT, self.wait * 2 or 1.0)
        logger.warning("%s ended with status %s; starts again in %g s", self.name, status, self.wait)
        self.process, self.start_at = None, now + self.wait

    def terminate(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.terminate()

    def finish(self, deadline: float) -> None:
        """Waits for its end until `deadline`, a time of the monotonic clock, then ends it."""
        if self.process is None:
            return
        try:
            self.process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            logger.warning("%s did not stop in %g s and is ended", self.name, GRACE)
        self.end_group()
        self.process.wait()

    def end_group(self) -> None:
        """Ends what it started and did not end itself, which would keep its port."""
        if self.process:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)


class Supervisor:
    def __init__(self, children: Sequence[Child]) -> None:
        self.children = children
        self._stopped = False

    def run(self) -> None:
        """Returns when SIGTERM or SIGINT came and every child has stopped."""
        for signum in (signal.SIGTERM, signal.SIGINT):
            signal.signal(signum, self._on_signal)
        try:
            while not self._stopped:
                for child in self.children:
                    child.look_after()
                time.sleep(0.25)
        finally:
            self._end()

    def _on_signal(self, signum: int, frame: FrameType | None) -> None:
        # Only a flag: an Event's lock may be held by the very code that the signal interrupted.
        self._stopped = True

    def _end(self) -> None:
        deadline = time.monotonic() + GRACE
        for child in self.children:
            child.terminate()
        for child in self.children:
            child.finish(deadline)
