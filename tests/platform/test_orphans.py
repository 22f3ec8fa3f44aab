"""The magazine as an operator serves it: whichever process is killed, none is left behind."""

import os
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from harness.serving import Serving, parents
from tests.platform.test_supervisor import await_that

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="no other system ends a process with its parent"),
    pytest.mark.sqlite,  # the database changes nothing here
]


@pytest.fixture
def serving(tmp_path: Path, prepared_sqlite: str) -> Iterator[Serving]:
    serving = Serving(tmp_path, prepared_sqlite, "--only", "web")
    serving.start()
    yield serving
    for pid in serving.family():
        os.kill(pid, signal.SIGKILL)
    serving.process.wait(10)


HANDING_OVER = """
import os, sys
os.dup2(int(sys.argv[1]), 3)
os.environ["LISTEN_PID"] = str(os.getpid())
os.execv(sys.argv[2], sys.argv[2:])
"""


def command_of(pid: int) -> str:
    return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")


def loaded(serving: Serving) -> int:
    """The process that has loaded Django, and forks the others."""
    return next(pid for pid in serving.children(serving.process.pid) if "loaded" in command_of(pid))


def web_server(serving: Serving) -> int:
    forks = serving.children(loaded(serving))
    return next(pid for pid in forks if Path(f"/proc/{pid}/comm").read_text() == "web\n")


def front(serving: Serving) -> int:
    return next(pid for pid in serving.children(serving.process.pid) if "edge.front" in command_of(pid))


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


def supervisor_alone(serving: Serving) -> set[int]:
    return {serving.process.pid}


def all_but_who_answers(serving: Serving) -> set[int]:
    return {serving.process.pid, loaded(serving)}


@pytest.mark.parametrize("killed", [supervisor_alone, all_but_who_answers])
def test_nothing_outlives_the_supervisor(serving: Serving, killed: Callable[[Serving], set[int]]) -> None:
    family = serving.family()
    assert len(family) >= 3
    for pid in killed(serving):
        os.kill(pid, signal.SIGKILL)
    serving.process.wait(10)
    await_that(lambda: not family & parents().keys(), seconds=20)
    # The first thread of a process may be gone while others still close what it had open.
    await_that(lambda: is_free(serving.port), seconds=20)


def test_whoever_asks_while_processes_are_replaced_waits_and_is_answered(serving: Serving) -> None:
    for find in (web_server, front, loaded):
        killed = find(serving)
        os.kill(killed, signal.SIGKILL)

        assert serving.ask("/robots.txt")[0] > 0
        await_that(lambda killed=killed: killed not in parents(), seconds=20)


def test_a_restart_fails_nobody(serving: Serving) -> None:
    before = serving.family() - {serving.process.pid}
    serving.process.send_signal(signal.SIGHUP)
    answered = 0
    while before & parents().keys():
        assert serving.ask("/robots.txt")[0] > 0
        answered += 1

    assert answered > 1
    assert serving.ask("/robots.txt")[0] > 0
    assert serving.process.poll() is None


def test_settings_that_cannot_be_used_leave_the_old_processes_serving(
    tmp_path: Path, prepared_sqlite: str
) -> None:
    """Whoever makes a mistake in an upgrade has still a magazine."""
    serving = Serving(tmp_path, prepared_sqlite, "--only", "web")
    key = tmp_path / "key.pem"
    made = rsa.generate_private_key(public_exponent=65_537, key_size=2_048)
    key.write_bytes(
        made.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.TraditionalOpenSSL,
            serialization.NoEncryption(),
        )
    )
    serving.environment["DKIM_KEY"] = str(key)
    serving.start()
    before = serving.family()
    key.write_text("nothing of a key")
    serving.process.send_signal(signal.SIGHUP)

    await_that(
        lambda: "The settings can’t be used, so the old processes go on" in serving.log.read_text(), 60
    )
    assert "DKIM_KEY" in serving.log.read_text()
    assert serving.ask("/robots.txt")[0] > 0
    assert serving.family() == before
    serving.stop()


def test_a_socket_of_systemd_outlives_a_restart(tmp_path: Path, prepared_sqlite: str) -> None:
    """As a socket unit hands it over: the third file, for a process of this number."""
    serving = Serving(tmp_path, prepared_sqlite, "--only", "web", LISTEN_FDS="1")
    serving.environment["PORT"] = "1"  # which it does not listen on
    with socket.create_server(("127.0.0.1", serving.port)) as unit:
        serving.command = [sys.executable, "-c", HANDING_OVER, str(unit.fileno()), *serving.command]
        serving.files = [unit.fileno()]
        for _ in range(2):
            serving.launch()
            assert serving.ask("/robots.txt")[0] > 0
            serving.stop()


def test_systemd_is_told_what_happens(tmp_path: Path, prepared_sqlite: str) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(tmp_path / "notify"))
        systemd.settimeout(60)
        serving = Serving(
            tmp_path,
            prepared_sqlite,
            "--only",
            "scheduler",
            NOTIFY_SOCKET=str(tmp_path / "notify"),
            WATCHDOG_USEC="2000000",
        )
        serving.launch()
        heard: list[str] = []

        def hears(word: str) -> None:
            heard.clear()
            while word not in heard:
                heard.append(systemd.recv(1000).decode().partition("=")[0])

        hears("READY")
        hears("WATCHDOG")
        serving.process.send_signal(signal.SIGHUP)
        hears("RELOADING")
        hears("READY")
        serving.process.send_signal(signal.SIGTERM)
        hears("STOPPING")
        assert serving.process.wait(60) == 0
