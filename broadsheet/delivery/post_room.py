"""The post room at work, in a process: its lanes side by side, until it is told to stop."""

import asyncio
import signal
import threading
from collections.abc import Callable, Coroutine
from functools import partial

from django.conf import settings
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

from broadsheet.delivery import smtp
from broadsheet.delivery.message import Signer
from broadsheet.delivery.models import Lane
from broadsheet.delivery.spool import Spool, WorkerLock
from broadsheet.delivery.worker import Worker
from broadsheet.delivery.worker.envelope_builder import EnvelopeBuilder
from broadsheet.delivery.worker.worker import Transport

LANES = (Lane.LETTERS, Lane.ISSUES, Lane.HEAVY)
WITH_FEW, FEW_CONNECTIONS = {Lane.LETTERS, Lane.HEAVY}, 2
"""Letters are few; and of what is heavy each connection holds two messages in memory."""
LOOK = 0.25
"""Seconds between two looks whether a thread is to stop."""

type Watch = Callable[[asyncio.Event], Coroutine[None, None, None]]
"""Runs beside the workers until the event is set."""


def signer() -> Signer | None:
    """Raises BadKey."""
    if settings.DKIM_KEY is None:
        return None
    return Signer.of(settings.DKIM_DOMAIN, settings.DKIM_SELECTOR, settings.DKIM_KEY)


class NoWay(Exception):
    """Nothing says how messages are to leave."""


def configured_transport() -> Transport:
    """Raises NoWay."""
    if settings.MAIL_PROVIDER:
        from broadsheet.delivery.provider.delivering import deliver  # only who has one waits for it

        return partial(deliver, settings.MAIL_PROVIDER)
    if settings.SMTP:
        return partial(smtp.deliver, settings.SMTP)
    raise NoWay("SMTP_URL is not set, so that messages are kept: see docs/settings.md")


def work(stopping: threading.Event) -> None:
    """Sends letters and issues until `stopping`, in a thread beside others. Raises NoWay, BadKey."""
    run(configured_transport(), *LANES, stopping=stopping)


def run(
    transport: Transport,
    *lanes: Lane,
    send: int | None = None,
    until: Callable[[], bool] | None = None,
    watch: Watch | None = None,
    stopping: threading.Event | None = None,
) -> None:
    """Sends what is due in `lanes`, or of one `send`, until `stopping`, or until `until` is true.

    Without `stopping` it is SIGTERM or SIGINT that stops it, which only the main thread can hear.
    """
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
                connections=FEW_CONNECTIONS if lane in WITH_FEW else settings.POST_CONNECTIONS,
                per_minute=settings.POST_THROTTLE,
            )
            for lane in lanes
        ]
        asyncio.run(_run(workers, until, watch, stopping))


async def _run(
    workers: list[Worker],
    until: Callable[[], bool] | None,
    watch: Watch | None,
    stopping: threading.Event | None,
) -> None:
    stop = asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        if stopping:
            tasks.create_task(_follow(stopping, stop))
        else:
            for signum in (signal.SIGTERM, signal.SIGINT):
                asyncio.get_running_loop().add_signal_handler(signum, stop.set)
        watching = tasks.create_task(watch(stop)) if watch else None
        await asyncio.gather(*(worker.run(stop, until) for worker in workers))
        stop.set()
        if watching:
            await watching


async def _follow(stopping: threading.Event, stop: asyncio.Event) -> None:
    while not (stopping.is_set() or stop.is_set()):
        await asyncio.sleep(LOOK)
    stop.set()


def _sync_sqlite_fully(connection: BaseDatabaseWrapper, **kwargs: object) -> None:
    """SQLite, as it is set up, may lose its last transactions when the power fails.

    Then a batch that was sent would stand there as never leased, with no journal that says otherwise.
    """
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA synchronous=FULL")
