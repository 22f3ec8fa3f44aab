"""Questions to the database from asyncio, in one thread, through its restarts."""

import asyncio
import contextvars
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from django.db import DatabaseError, InterfaceError, OperationalError, connections

logger = logging.getLogger(__name__)

PAUSE = 1.0


class DatabaseThread:
    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="post")

    async def ask[T](self, question: Callable[[], T]) -> T:
        """The answer to `question`; raises DatabaseError."""
        # The clock of the tests is a context variable.
        context = contextvars.copy_context()
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, lambda: context.run(_asked, question))

    async def retry[T](self, goes_on: Callable[[], bool], question: Callable[[], T]) -> T | None:
        """As `ask`, again and again while the database is away; None once `goes_on()` is false."""
        while True:
            try:
                return await self.ask(question)
            except (OperationalError, InterfaceError) as error:
                logger.warning("The database is away: %s", str(error).strip())
                if not goes_on():
                    return None
                await asyncio.sleep(PAUSE)

    async def close(self) -> None:
        await self.ask(connections.close_all)
        self._thread.shutdown()


def _asked[T](question: Callable[[], T]) -> T:
    try:
        return question()
    except DatabaseError:
        # The next question asks over a new connection.
        connections.close_all()
        raise
