"""Several at the same time: two tabs, a button that is pressed twice, two hosts."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from django.db import connection


def at_once[T](*calls: Callable[[], T]) -> list[T]:
    """The results of calls made in parallel, each with a connection of its own."""

    def alone(call: Callable[[], T]) -> T:
        try:
            return call()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return [future.result() for future in [pool.submit(alone, call) for call in calls]]


@contextmanager
def let_in(work: Callable[[], object], *, after: str) -> Iterator[None]:
    """Within the block `work` begins, on a connection of its own, after the first SELECT that holds `after`.

    It has a second to come through; where it must wait for this thread, it ends after the block. Raises what
    `work` raises.
    """
    raised: list[Exception] = []

    def do() -> None:
        try:
            work()
        except Exception as error:
            raised.append(error)
        finally:
            connection.close()

    other = threading.Thread(target=do)

    def begin(execute: Any, sql: str, *args: Any) -> Any:
        result = execute(sql, *args)
        if sql.startswith("SELECT") and after in sql and not other.ident:
            other.start()
            other.join(1)
        return result

    with connection.execute_wrapper(begin):
        yield
    assert other.ident, f"there was no SELECT with {after}"
    other.join(30)
    assert not other.is_alive()
    if raised:
        raise raised[0]
