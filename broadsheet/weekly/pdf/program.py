"""Runs Typst in a process of its own, whose time and memory end."""

import json
import os
import signal
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

SETTER = Path(__file__).with_name("setter.py")
CORES = 8
MOST_BYTES = 6 * 1024**3
"""Of memory as the system counts what is reserved; an issue of 40 articles uses a tenth."""
HANDED_ON = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "LD_LIBRARY_PATH")
"""Of our environment, which has secrets, the program gets these alone."""
LONGEST_SAID = 300


class SetterError(Exception):
    """It ended with an error, which is the text; or `in_time` is False."""

    def __init__(self, said: str, *, in_time: bool = True) -> None:
        super().__init__(said)
        self.in_time = in_time


@dataclass(frozen=True, slots=True)
class Set:
    """What was set in type."""

    file: Path
    pages: int
    unprintable: str


def run(folder: Path, seconds: int) -> Set:
    """Sets what lies in `folder`, in so many seconds by the clock. Raises SetterError."""
    with (folder / "said").open("w+b") as saying:
        program = subprocess.Popen(
            [sys.executable, "-I", str(SETTER), str(folder), str(seconds * CORES), str(MOST_BYTES)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=saying,
            cwd=folder,
            env={name: os.environ[name] for name in HANDED_ON if name in os.environ},
            start_new_session=True,
        )
        try:
            status = program.wait(seconds)
        except subprocess.TimeoutExpired as error:
            raise SetterError("", in_time=False) from error
        finally:
            with suppress(ProcessLookupError):
                os.killpg(program.pid, signal.SIGKILL)
            program.wait()
        saying.seek(0)
        said = saying.read(100_000).decode(errors="replace").strip()
    if status:
        raise SetterError(said[-LONGEST_SAID:])
    told = json.loads((folder / "told.json").read_text())
    return Set(folder / "issue.pdf", told["pages"], told["unprintable"])
