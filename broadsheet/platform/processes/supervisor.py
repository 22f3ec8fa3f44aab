"""Keeps a few processes running: starts them again when they die, stops them all together. Without Django."""

import logging
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from types import FrameType
from typing import Protocol

from broadsheet.platform.outages.orphans import end_with_parent

logger = logging.getLogger(__name__)

LONGEST_WAIT = 30.0
STEADY = 60.0
"""A process that ran this many seconds is healthy: if it dies, it starts again at once."""
GRACE = 20.0
"""Seconds in which a process may finish what it has begun."""
ROUND = 0.25
"""Seconds between two looks at the children."""


class Process(Protocol):
    """What `subprocess.Popen` has, and a fork of ours."""

    @property
    def pid(self) -> int: ...

    def poll(self) -> int | None: ...

    def terminate(self) -> None: ...

    def wait(self, timeout: float | None = None) -> int:
        """Raises subprocess.TimeoutExpired."""


class Child:
    """Something to be kept running; a subclass says how it is started."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.process: Process | None = None
        self.status: int | None = None
        """The one that it ended with, the last time."""
        self.wait = 0.0
        self.started_at = 0.0
        self.start_at = 0.0
        self.is_wanted = True

    def spawn(self) -> Process:
        raise NotImplementedError

    def start(self) -> None:
        self.process = self.spawn()
        self.started_at = time.monotonic()

    @property
    def is_alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def look_after(self) -> None:
        """Starts it if it is due, and sees to it that it will be if it has died."""
        now = time.monotonic()
        if self.process is None:
            if self.is_wanted and now >= self.start_at:
                self.start()
            return
        self.status = self.process.poll()
        if self.status is None:
            return
        self.end_group()
        self.process = None
        if not self.is_wanted:
            return
        steady = now - self.started_at >= STEADY
        self.wait = 0.0 if steady else min(LONGEST_WAIT, self.wait * 2 or 1.0)
        logger.warning("%s ended with status %s; starts again in %g s", self.name, self.status, self.wait)
        self.start_at = now + self.wait

    def terminate(self) -> None:
        """Asks it to end, and lets it not start again."""
        self.is_wanted = False
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


class Program(Child):
    """A command, which may be given open files by their numbers, and variables beside ours."""

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        files: Sequence[int] = (),
        variables: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(name)
        self.command, self.files = command, files
        self.environment = os.environ | (variables or {})

    def spawn(self) -> Process:
        return self.start_program(self.command, self.files)

    def start_program(self, command: Sequence[str], files: Sequence[int]) -> Process:
        # In a session of its own: Ctrl+C reaches the supervisor alone, which then asks once.
        return subprocess.Popen(
            command,
            start_new_session=True,
            pass_fds=files,
            env=self.environment,
            preexec_fn=end_with_parent,  # between fork and exec, which is safe where there is one thread
        )


class ReadyProgram(Program):
    """A command that says when it serves, by a byte into the file whose number is its ``--ready-fd``."""

    is_ready = False
    _said: int | None = None

    def spawn(self) -> Process:
        self._forget()
        self._said, says = os.pipe()
        os.set_blocking(self._said, False)
        try:
            return self.start_program([*self.command, "--ready-fd", str(says)], [*self.files, says])
        finally:
            os.close(says)

    def look_after(self) -> None:
        super().look_after()
        if self.process is None:
            self.is_ready = False
        elif not self.is_ready and self._said is not None:
            with suppress(BlockingIOError):
                self.is_ready = bool(os.read(self._said, 1))

    def _forget(self) -> None:
        self.is_ready = False
        if self._said is not None:
            os.close(self._said)
            self._said = None


class Supervisor:
    def __init__(self, children: Sequence[Child]) -> None:
        self.children = list(children)
        self.is_stopped = False

    def run(self, each_round: Callable[[], None] = lambda: None) -> None:
        """Returns when SIGTERM or SIGINT came, or `each_round` stopped it, and every child has stopped."""
        self.follow_signals()
        try:
            while not self.is_stopped:
                for child in self.children:
                    child.look_after()
                each_round()
                time.sleep(ROUND)
        finally:
            end_together(self.children, time.monotonic() + GRACE)

    def follow_signals(self) -> None:
        for signum in (signal.SIGTERM, signal.SIGINT):
            signal.signal(signum, self._on_signal)

    def _on_signal(self, signum: int, frame: FrameType | None) -> None:
        # Only a flag: an Event's lock may be held by the very code that the signal interrupted.
        self.is_stopped = True


def end_together(children: Sequence[Child], deadline: float) -> None:
    for child in children:
        child.terminate()
    for child in children:
        child.finish(deadline)
