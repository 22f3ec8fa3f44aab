"""Loads Django once, and forks from it what serves pages and what works in the background.

A process that is forked shares the memory of what was loaded, over a hundred megabytes, and is there at once.
No thread and no connection may begin before that.
"""

import argparse
import gc
import logging
import multiprocessing
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from broadsheet.platform.outages.orphans import end_with_parent
from broadsheet.platform.processes.supervisor import Child, Process, Supervisor

logger = logging.getLogger(__name__)

STOPPING = {signal.SIGTERM, signal.SIGINT}
forking = multiprocessing.get_context("fork")


class Forked:
    """A process of `multiprocessing`, as the supervisor knows processes."""

    def __init__(self, run: Callable[[], bool | None], name: str, at_orphanage: signal.Signals) -> None:
        self._parent = os.getpid()
        self._process = forking.Process(target=self._begin, args=(run, name, at_orphanage), name=name)
        # Until the child has forgotten our handlers it would take a signal for one to us.
        before = signal.pthread_sigmask(signal.SIG_BLOCK, STOPPING)
        self._process.start()
        signal.pthread_sigmask(signal.SIG_SETMASK, before)

    @property
    def pid(self) -> int:
        return self._process.pid or 0

    def poll(self) -> int | None:
        return self._process.exitcode

    def terminate(self) -> None:
        self._process.terminate()

    def wait(self, timeout: float | None = None) -> int:
        self._process.join(timeout)
        if self._process.exitcode is None:
            raise subprocess.TimeoutExpired(self._process.name, timeout or 0)
        return self._process.exitcode

    def _begin(self, run: Callable[[], bool | None], name: str, at_orphanage: signal.Signals) -> None:
        os.setsid()
        for signum in STOPPING:
            signal.signal(signum, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, STOPPING)
        end_with_parent(at_orphanage)
        if os.getppid() != self._parent:
            sys.exit(1)
        from broadsheet.platform.processes.naming import name_process

        name_process(name)
        if run() is False:
            sys.exit(1)


class Fork(Child):
    def __init__(
        self, name: str, run: Callable[[], bool | None], at_orphanage: signal.Signals = signal.SIGTERM
    ) -> None:
        super().__init__(name)
        self.run, self.at_orphanage = run, at_orphanage

    def spawn(self) -> Process:
        return Forked(self.run, self.name, self.at_orphanage)


@contextmanager
def loading() -> Iterator[None]:
    """What is made meanwhile is kept for good, so that nobody looks through it for what could be freed: not
    while it grows, which took a fifth of the start, and not later, which would copy memory that forks share.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def load() -> None:
    """Raises ImproperlyConfigured, and SystemCheckError where the settings contradict each other."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "broadsheet.settings")
    from django.core.checks import run_checks
    from django.core.exceptions import ImproperlyConfigured
    from django.urls import get_resolver

    from broadsheet.platform.processes import readiness
    from broadsheet.wsgi import application

    assert application  # noqa: S101 it is imported for what comes with it
    if found := run_checks(tags=[readiness.TAG]):
        raise ImproperlyConfigured(found[0].msg)
    get_resolver()._populate()


def say_what_is_missing() -> None:
    """In a process of its own: the magazine starts even where a server is away that it can do without."""
    from broadsheet.platform.processes import readiness

    for found in readiness.findings():
        logger.warning("%s", found.msg)
    for found in readiness.how_to_begin():
        logger.info("%s", found.msg)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("names", nargs="+")
    parser.add_argument("--fd", type=int, help="where web listens")
    parser.add_argument("--ready-fd", type=int, required=True)
    options = parser.parse_args()

    from django.core.exceptions import ImproperlyConfigured

    try:
        with loading():
            load()
    except ImproperlyConfigured as error:
        sys.stderr.write(f"broadsheet: {error}\n")
        sys.exit(os.EX_CONFIG)
    # Only now are there settings.
    from django.conf import settings

    from broadsheet.platform.processes import background, metrics, web_server

    children: list[Child] = []
    if "web" in options.names:
        is_unix = socket.socket(fileno=os.dup(options.fd)).family == socket.AF_UNIX

        def web() -> None:
            web_server.serve(options.fd, settings.WEB_THREADS, options.ready_fd, is_unix=is_unix)

        children += [Fork("web", web, signal.SIGKILL) for _ in range(settings.WEB_WORKERS)]
    if behind := [name for name in options.names if name != "web"]:
        children.append(Fork("+".join(behind), lambda: background.run(behind)))
    if settings.METRICS_ADDRESS:
        (address,) = settings.METRICS_ADDRESS
        children.append(Fork("metrics", lambda: metrics.serve(address, settings.METRICS_TOKEN)))
    supervisor = Supervisor(children)
    supervisor.follow_signals()
    check = Forked(say_what_is_missing, "check", signal.SIGTERM)
    if "web" not in options.names:
        os.write(options.ready_fd, b"1")
    try:
        supervisor.run()
    finally:
        check.terminate()


if __name__ == "__main__":
    main()
