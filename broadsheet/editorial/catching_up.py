"""What follows from a new article and can be made later, for many at once: evidence, a place in the index.

Whatever lacks it is the list of what is left to do, so nothing is lost if a process dies.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_IS_PUT_OFF = ContextVar("is_put_off", default=False)


@contextmanager
def put_off() -> Iterator[None]:
    """For articles that come by the thousand. Call `soon` when all are there."""
    token = _IS_PUT_OFF.set(True)
    try:
        yield
    finally:
        _IS_PUT_OFF.reset(token)


def is_put_off(*, is_new: bool) -> bool:
    """Of an article that was there before, what it said until now has to go at once."""
    return is_new and _IS_PUT_OFF.get()


def soon() -> None:
    from broadsheet.editorial import evidence, finding

    evidence.catch_up_soon.enqueue()
    finding.catch_up_soon.enqueue()
