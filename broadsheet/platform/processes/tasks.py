"""The worker of django-tasks-db, in a thread."""

import logging
import threading
from typing import Any

from django.db import InterfaceError, OperationalError, connections
from django.utils.crypto import get_random_string
from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult

logger = logging.getLogger(__name__)

PAUSE = 5.0
"""Seconds until a database that is away is asked again."""


def count_waiting() -> int:
    return DBTaskResult.objects.ready().count()


class TaskWorker(Worker):
    """Its own is stopped by signals, which come to the main thread alone."""

    def __init__(self, stop: threading.Event, **options: Any) -> None:
        self._stop = stop
        super().__init__(**options)

    @property
    def running(self) -> bool:
        return not self._stop.is_set()

    @running.setter
    def running(self, value: bool) -> None:
        pass


def work(stop: threading.Event) -> None:
    """Runs tasks as they come, until `stop` is set and the one that it runs is done."""
    worker = TaskWorker(
        stop,
        queue_names=["*"],
        interval=1.0,
        batch=False,
        backend_name="default",
        startup_delay=False,
        max_tasks=None,
        worker_id=get_random_string(32),
        excluded_queue_names=[],
    )
    while not stop.is_set():
        try:
            worker.run()
        except (InterfaceError, OperationalError) as error:
            logger.warning("Tasks wait, since the database can't be asked or written now: %s", error)
            connections.close_all()
            stop.wait(PAUSE)
