"""The post room at work, in a process: its lanes side by side, until it is told to stop."""

import asyncio
import signal
from collections.abc import Callable, Coroutine

from django.conf import settings
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

from broadsheet.delivery.message import Signer
from broadsheet.delivery.models import Lane
from broadsheet.delivery.spool import Spool, WorkerLock
from broadsheet.delivery.worker import Worker
from broadsheet.delivery.worker.envelope_builder import EnvelopeBuilder
from broadsheet.delivery.worker.worker import Transport

LETTERS_CONNECTIONS = 2

type Watch = Callable[[asyncio.Event], Coroutine[None, None, None]]
"""Runs beside the workers until the event is set."""


def signer() -> Signer | None:
    """Raises BadKey."""
    if settings.DKIM_KEY is None:
        return None
    return Signer.of(settings.DKIM_DOMAIN, settings.DKIM_SELECTOR, settings.DKIM_KEY)


def run(
    transport: Transport,
    *lanes: Lane,
    send: int | None = None,
    until: Callable[[], bool] | None = None,
    watch: Watch | None = None,
) -> None:
    """Sends what is due in `lanes`, or of one `send`, until SIGTERM or SIGINT, or until `until` is true."""
    connection_created.connect(_sync_sqlite_fully)
    connection.close()
    builder = EnvelopeBuilder(settings.DEFAULT_FROM_EMAIL, settings.RETURN_PATH_DOMAIN, signer())
    spool = Spool(settings.POST_DIR)
    with WorkerLock(spool) as lock:
        workers = [
            Worker(
                transport,
                builder,
                spool,
                lock.holder,
                lane,
                send=send,
                connections=LETTERS_CONNECTIONS if lane == Lane.LETTERS else settings.POST_CONNECTIONS,
                per_minute=settings.POST_THROTTLE,
            )
            for lane in lanes
        ]
        asyncio.run(_run(workers, until, watch))


async def _run(workers: list[Worker], until: Callable[[], bool] | None, watch: Watch | None) -> None:
    stop = asyncio.Event()
    for signum in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(signum, stop.set)
    async with asyncio.TaskGroup() as tasks:
        watching = tasks.create_task(watch(stop)) if watch else None
        await asyncio.gather(*(worker.run(stop, until) for worker in workers))
        stop.set()
        if watching:
            await watching


def _sync_sqlite_fully(connection: BaseDatabaseWrapper, **kwargs: object) -> None:
    """SQLite, as it is set up, may lose its last transactions when the power fails.

    Then a batch that was sent would stand there as never leased, with no journal that says otherwise.
    """
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA synchronous=FULL")
