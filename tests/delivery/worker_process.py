"""A worker of the post room, in this process or, by `COMMAND`, in its own."""

import argparse
import asyncio
import sys
from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial
from pathlib import Path

from broadsheet.delivery import sources
from broadsheet.delivery.models import Lane
from broadsheet.delivery.models.batch import LEASE
from broadsheet.delivery.smtp import Relay, deliver
from broadsheet.delivery.spool import Spool, WorkerLock
from broadsheet.delivery.worker import Worker
from broadsheet.delivery.worker.envelope_builder import EnvelopeBuilder

COMMAND = [
    sys.executable,
    *("-c", "import django; django.setup(); from tests.delivery.worker_process import main; main()"),
]


def work(
    spool: Spool,
    port: int,
    *lanes: Lane,
    connections: int = 3,
    lasts: timedelta = LEASE,
    until: Callable[[], bool] = lambda: True,
    seconds: float | None = None,
    per_minute: Mapping[str, int] | None = None,
) -> None:
    """Sends what is due, until nothing is any more and `until` is true, or for so many `seconds`."""

    async def run() -> None:
        stop = asyncio.Event()
        if seconds is not None:
            asyncio.get_running_loop().call_later(seconds, stop.set)
        await worker.run(stop, until)

    with WorkerLock(spool) as lock:
        worker = Worker(
            partial(deliver, Relay.at(f"smtp://127.0.0.1:{port}?tls=no")),
            EnvelopeBuilder("The Meridian <letters@meridian.example>"),
            spool,
            lock.holder,
            *(lanes or [Lane.ISSUES]),
            connections=connections,
            lasts=lasts,
            per_minute=per_minute,
        )
        asyncio.run(run())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("port", type=int)
    parser.add_argument("seconds", type=float, help="how long a lease lasts")
    given = parser.parse_args()
    sources.register("tests", sources.unchanged)
    work(Spool(given.folder), given.port, lasts=timedelta(seconds=given.seconds))
