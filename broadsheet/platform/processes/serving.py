"""`broadsheet serve`: starts the magazine's processes, replaces them without a failed request, ends them.

It loads no Django, holds the sockets that are listened on, and hands them to what it starts: so connections
wait in their queues while a process is replaced.
"""

import logging
import os
import signal
import sys
import tempfile
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from broadsheet import logs
from broadsheet.platform.processes import listening, supervisor
from broadsheet.platform.processes.listening import Refused
from broadsheet.platform.processes.plan import PROCESSES, Plan, Unusable
from broadsheet.platform.processes.supervisor import Child, Program, ReadyProgram, Supervisor
from broadsheet.platform.processes.systemd import Systemd

logger = logging.getLogger(__name__)

HELP = "Runs the magazine: web server, task worker, post and scheduler. Ctrl+C or SIGTERM stops them all."
CLI = (sys.executable, "-m", "broadsheet.cli")
FRONT = (sys.executable, "-m", "broadsheet.edge.front")
DJANGO = (sys.executable, "-m", "broadsheet.platform.processes.loaded")
LONGEST_START = 120.0
"""Seconds after which new processes that do not serve yet are given up, and the old ones go on."""
SQLITES = ("", "-wal", "-shm")
LOOPBACK = "127.0.0.1"
FOR_MAIL = " for the demo’s mail, 25 above PORT"


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--host", default=LOOPBACK, help="address to listen on (%(default)s)")
    parser.add_argument(
        "--only", action="append", choices=PROCESSES, help="run this one; several where it is repeated"
    )
    parser.add_argument(
        "--no-front", action="store_true", help="let Django take the connections itself, as --reload does"
    )
    parser.add_argument("--reload", action="store_true", help="for development: follow the code")
    parser.add_argument("--check", action="store_true", help="only say whether the port is free")


def main(arguments: Sequence[str]) -> None:
    """Raises Refused, Unusable."""
    parser = ArgumentParser(prog="broadsheet serve", description=HELP)
    add_arguments(parser)
    options = parser.parse_args(arguments)
    run(options, Plan.ask)


def run(options: Namespace, ask: Callable[[], Plan]) -> None:
    """Raises Refused, Unusable."""
    logging.basicConfig(format="{asctime} {levelname} {name}: {message}", style="{")
    plan = ask()
    if plan.log_format == "json":
        for handler in logging.getLogger().handlers:
            handler.setFormatter(logs.Json())
    names = [name for name in PROCESSES if name in (options.only or plan.names)]
    if "letterbox" in names and plan.letterbox_port:
        listening.check(LOOPBACK, plan.letterbox_port, FOR_MAIL)
    if options.check or options.reload:
        if "web" in names:
            listening.check(options.host, plan.port)
        if options.check:
            return
    where = f" on {options.host}:{plan.port} for {plan.public_url}" if "web" in names else ""
    if options.reload:
        say(f"Serving{where}: {', '.join(names)}. Ctrl+C stops.")
        Supervisor(following_the_code(options.host, plan.port, names)).run()
    else:
        with Magazine(options, plan) as magazine:
            say(f"Serving{where}: {', '.join(names)}. Ctrl+C stops.")
            magazine.run(ask)
    say("Stopped.")


def say(sentence: str) -> None:
    sys.stdout.write(f"{sentence}\n")
    sys.stdout.flush()


def following_the_code(host: str, port: int, names: Sequence[str]) -> list[Child]:
    """Each a Django of its own, which can be started again by itself."""
    commands = {
        "web": ("runserver", f"{host}:{port}"),
        "worker": ("db_worker", "--queue-name", "*", "--reload"),
        "post": ("post",),
        "letterbox": ("letterbox",),
        "scheduler": ("sweep", "--every-minute"),
    }
    return [Program(name, [*CLI, *commands[name]]) for name in names]


@dataclass(frozen=True)
class Fronts:
    """The processes before Django's of one generation."""

    number: int
    """Of the generation."""
    count: int
    log_level: str
    log_format: str
    folder: Path
    """For the socket on which they ask Django: a socket's whole path has at most 107 characters."""
    spools: Path
    """For the pages that they share."""


def remove(*paths: Path) -> None:
    for path in paths:
        path.unlink(missing_ok=True)


class Generation:
    """The processes of one start, which a restart replaces together."""

    def __init__(self, names: Sequence[str], socket: int | None, fronts: "Fronts | None") -> None:
        """`socket` is where the magazine listens, None where nothing of it is for visitors."""
        self._stack = ExitStack()
        if socket is None or fronts is None:
            visitors, self.fronts = socket, []
            variables = {}
        else:
            path = fronts.folder / f"django-{fronts.number}"
            # Each generation has pages of its own: what an older version made does not come back.
            spool = fronts.spools / f"pages-{os.getpid()}-{fronts.number}.sqlite3"
            self._stack.callback(remove, path, *(spool.with_name(spool.name + end) for end in SQLITES))
            visitors = self._stack.enter_context(listening.listen_at(str(path))).fileno()
            variables = {"BROADSHEET_SPOOL": str(spool)}
            logs_as = ["--log-level", fronts.log_level, "--log-format", fronts.log_format]
            command = [*FRONT, "--django", str(path), "--fd", str(socket), *logs_as]
            self.fronts = [ReadyProgram("front", command, [socket]) for _ in range(fronts.count)]
        files = [] if visitors is None else [visitors]
        listens = [] if visitors is None else ["--fd", str(visitors)]
        self.django = ReadyProgram("Django", [*DJANGO, *names, *listens], files, variables)
        self.stages: list[list[Child]] = [[*self.fronts], [self.django]]
        """In the order in which they end: who is talked to first, then whom those ask."""
        self._ends_at = 0.0

    @property
    def children(self) -> list[Child]:
        return [child for stage in self.stages for child in stage]

    @property
    def is_ready(self) -> bool:
        return all(child.is_ready for child in self.fronts or [self.django])

    @property
    def is_refused(self) -> bool:
        """Whether its settings can't be used, so that another try would end alike."""
        return self.django.status == os.EX_CONFIG

    def look_after(self) -> None:
        for child in self.children:
            child.look_after()

    def retire(self) -> bool:
        """To be called in each round until it is over: those of a stage end before the next is asked to."""
        while self.stages:
            now = time.monotonic()
            if not self._ends_at:
                self._ends_at = now + supervisor.GRACE
                for child in self.stages[0]:
                    child.terminate()
            if any(child.is_alive for child in self.stages[0]) and now < self._ends_at:
                return False
            for child in self.stages[0]:
                child.finish(now)
            self.stages.pop(0)
            self._ends_at = 0.0
        self._stack.close()
        return True


def is_alive(spool: Path) -> bool:
    """Whether the `serve` that made it is, on this host."""
    return Path("/proc", spool.name.split("-")[1]).exists()


class Magazine:
    """What `serve` looks after: the generation that serves, one that is to follow it, those that end."""

    def __init__(self, options: Namespace, plan: Plan) -> None:
        """Raises Refused."""
        self.options = options
        self._looking = Supervisor([])
        self._looking.follow_signals()
        signal.signal(signal.SIGHUP, self._on_hangup)
        self._is_asked = False
        self.systemd = Systemd()
        self._stack = ExitStack()
        self._socket: int | None = None
        if "web" in self._names(plan):
            listens = self.systemd.given() or listening.listen(options.host, plan.port)
            self._socket = self._stack.enter_context(listens).fileno()
        self._folder = Path(self._stack.enter_context(tempfile.TemporaryDirectory(prefix="broadsheet-")))
        self._started = 0
        if plan.has_metrics:
            counts = self._folder / "metrics"
            counts.mkdir()
            os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(counts)
        self._serving: Generation | None = None
        self._next: Generation | None = self._generation(plan)
        self._gives_up_at = float("inf")  # a first start is waited for, however slow the host
        self._ending: list[Generation] = []

    def __enter__(self) -> "Magazine":
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def run(self, ask: Callable[[], Plan]) -> None:
        """Until SIGTERM or SIGINT. SIGHUP replaces all processes. Raises Unusable."""
        try:
            while not self._looking.is_stopped:
                self._look_after()
                if self._is_asked and self._next is None:
                    self._is_asked = False
                    self._renew(ask)
                self.systemd.alive()
                time.sleep(supervisor.ROUND if self._next is None else supervisor.ROUND / 10)
        finally:
            self.systemd.stopping()
            self._end()

    def _on_hangup(self, signum: int, frame: FrameType | None) -> None:
        self._is_asked = True

    def _names(self, plan: Plan) -> list[str]:
        return [name for name in PROCESSES if name in (self.options.only or plan.names)]

    def _generation(self, plan: Plan) -> Generation:
        if self.options.no_front:
            return Generation(self._names(plan), self._socket, None)
        spools = Path(plan.folder, "edge")
        spools.mkdir(mode=0o700, exist_ok=True)
        if not self._started:
            remove(*(old for old in spools.glob("pages-*") if not is_alive(old)))
        self._started += 1
        fronts = Fronts(self._started, plan.fronts, plan.log_level, plan.log_format, self._folder, spools)
        return Generation(self._names(plan), self._socket, fronts)

    def _look_after(self) -> None:
        if self._serving:
            self._serving.look_after()
        self._ending = [old for old in self._ending if not old.retire()]
        if self._next is None:
            return
        self._next.look_after()
        if self._next.is_ready:
            if self._serving:
                self._ending.append(self._serving)
                logger.warning("New processes serve; the old ones end what they have begun")
            self._serving, self._next = self._next, None
            self.systemd.ready()
        elif self._next.is_refused and self._serving is None:
            raise Unusable
        elif self._next.is_refused or time.monotonic() > self._gives_up_at:
            logger.error("The new processes do not serve, so the old ones go on")
            self._ending.append(self._next)
            self._next = None
            self.systemd.ready()

    def _renew(self, ask: Callable[[], Plan]) -> None:
        self.systemd.reloading()
        try:
            self._next = self._generation(ask())
            self._gives_up_at = time.monotonic() + LONGEST_START
        except Unusable:
            logger.error("The settings can’t be used, so the old processes go on")
            self.systemd.ready()

    def _end(self) -> None:
        left = [generation for generation in (self._serving, self._next, *self._ending) if generation]
        while left:
            left = [generation for generation in left if not generation.retire()]
            time.sleep(0.05)


__all__ = ["Refused", "Unusable", "add_arguments", "main", "run"]
