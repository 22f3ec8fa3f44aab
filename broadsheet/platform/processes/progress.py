"""How far a long piece of work is: bars on a terminal, plain lines into a file or a pipe."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

EVERY = 10.0
"""Seconds from one plain line to the next."""

type Advance = Callable[[int], None]


@contextmanager
def step(name: str, total: int, unit: str = "", *, to: TextIO | None = None) -> Iterator[Advance]:
    """Shows one piece of work, of `total` parts; gives what is to be called with how many more are done."""
    stream = to or sys.stdout
    if stream.isatty():
        columns = (TextColumn("{task.description:14}"), BarColumn(), MofNCompleteColumn(), TextColumn(unit))
        with Progress(*columns, TimeElapsedColumn(), console=Console(file=stream)) as progress:
            bar = progress.add_task(name, total=total)
            yield lambda count: progress.advance(bar, count)
            progress.update(bar, completed=total)
    else:
        lines = _Lines(name, total, unit, stream)
        yield lines.advance


class _Lines:
    def __init__(self, name: str, total: int, unit: str, stream: TextIO) -> None:
        self._name, self._total, self._unit, self._stream = name, total, unit, stream
        self._done, self._said_at = 0, time.monotonic()
        self._say(f"{total:,} {unit}")

    def advance(self, count: int) -> None:
        self._done += count
        if time.monotonic() - self._said_at >= EVERY:
            self._said_at = time.monotonic()
            self._say(f"{self._done:,} of {self._total:,} {self._unit}")

    def _say(self, words: str) -> None:
        self._stream.write(f"{self._name}: {words.strip()}\n")
        self._stream.flush()
