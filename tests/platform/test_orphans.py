"""The magazine as an operator serves it: whichever process is killed, none is left behind."""

import os
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from harness.serving import Serving, parents
from tests.platform.test_supervisor import await_that

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="no other system ends a process with its parent"),
    pytest.mark.sqlite,  # the database changes nothing here
]


@pytest.fixture
def serving(tmp_path: Path) -> Iterator[Serving]:
    serving = Serving(tmp_path, f"sqlite:///{tmp_path}/empty.sqlite3", "--only", "web")
    serving.start()
    yield serving
    for pid in serving.family():
        os.kill(pid, signal.SIGKILL)
    serving.process.wait(10)


def command_of(pid: int) -> str:
    return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")


def web_server(serving: Serving) -> int:
    """granian's main process, which has the workers."""
    return next(pid for pid in serving.children(serving.process.pid) if "granian" in command_of(pid))


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


def supervisor_alone(serving: Serving) -> set[int]:
    return {serving.process.pid}


def all_but_the_workers(serving: Serving) -> set[int]:
    return {serving.process.pid, web_server(serving)}


@pytest.mark.parametrize("killed", [supervisor_alone, all_but_the_workers])
def test_nothing_outlives_the_supervisor(serving: Serving, killed: Callable[[Serving], set[int]]) -> None:
    family = serving.family()
    assert len(family) >= 3
    for pid in killed(serving):
        os.kill(pid, signal.SIGKILL)
    serving.process.wait(10)
    await_that(lambda: not family & parents().keys(), seconds=20)
    # The first thread of a process may be gone while others still close what it had open.
    await_that(lambda: is_free(serving.port), seconds=20)


def test_a_web_server_that_was_killed_is_replaced_with_its_workers(serving: Serving) -> None:
    server = web_server(serving)
    workers = serving.children(server)
    assert workers
    os.kill(server, signal.SIGKILL)
    await_that(lambda: not workers & parents().keys(), seconds=20)

    def is_served() -> bool:
        try:
            return serving.ask("/robots.txt")[0] > 0
        except OSError:
            return False

    await_that(is_served, seconds=60)
    assert not workers & serving.family()
