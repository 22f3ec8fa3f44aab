"""With real processes: a supervisor that was only ever tested on stand-ins would be of no use."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)"


class Supervised:
    """A supervisor in a process of its own, over children that each write their id into `notes`."""

    def __init__(self, notes: Path, *programs: str, grace: float = 5) -> None:
        self.notes = notes
        children = [
            f"Program({number!r}, [{sys.executable!r}, '-c', {self._noting(number, program)!r}])"
            for number, program in enumerate(programs)
        ]
        script = (
            "from broadsheet.platform.processes import supervisor\n"
            "from broadsheet.platform.processes.supervisor import Program, Supervisor\n"
            f"supervisor.GRACE = {grace}\n"
            f"Supervisor([{', '.join(children)}]).run()"
        )
        self.process = subprocess.Popen([sys.executable, "-c", script])

    def _noting(self, number: int, program: str) -> str:
        return f"import os; open({str(self.notes)!r}, 'a').write('{number} %d\\n' % os.getpid())\n{program}"

    def births(self, number: int = 0) -> list[int]:
        """The ids of every process that child `number` has been."""
        lines = self.notes.read_text().splitlines() if self.notes.exists() else []
        return [int(line.split()[1]) for line in lines if line.startswith(f"{number} ")]

    def stop(self, how: signal.Signals = signal.SIGTERM) -> int:
        self.process.send_signal(how)
        return self.process.wait(15)


def await_that(condition: Callable[[], bool], seconds: float = 10) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.05)


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.fixture
def supervise(tmp_path: Path) -> Iterator[Callable[..., Supervised]]:
    started: list[Supervised] = []

    def supervise(*programs: str, **options: float) -> Supervised:
        started.append(Supervised(tmp_path / "notes", *programs, **options))
        return started[-1]

    yield supervise
    for supervised in started:
        if supervised.process.poll() is None:
            supervised.stop()


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_every_child_and_ends_well(
    supervise: Callable[..., Supervised], how: signal.Signals
) -> None:
    supervised = supervise("import time; time.sleep(60)", "import time; time.sleep(60)")
    await_that(lambda: bool(supervised.births(0) and supervised.births(1)))

    assert supervised.stop(how) == 0
    assert not is_alive(supervised.births(0)[0])
    assert not is_alive(supervised.births(1)[0])


def test_a_child_that_was_killed_is_started_again(supervise: Callable[..., Supervised]) -> None:
    supervised = supervise("import time; time.sleep(60)")
    await_that(lambda: len(supervised.births()) == 1)

    os.kill(supervised.births()[0], signal.SIGKILL)

    await_that(lambda: len(supervised.births()) == 2)


def test_a_child_that_keeps_dying_is_started_less_and_less_often(
    supervise: Callable[..., Supervised],
) -> None:
    supervised = supervise("raise SystemExit(3)")
    time.sleep(2.5)

    assert 1 <= len(supervised.births()) <= 3


def test_a_child_that_will_not_stop_is_ended(supervise: Callable[..., Supervised]) -> None:
    supervised = supervise(STUBBORN, grace=0.5)
    await_that(lambda: bool(supervised.births()))
    time.sleep(0.3)

    assert supervised.stop() == 0
    assert not is_alive(supervised.births()[0])
