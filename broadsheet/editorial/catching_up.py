"""What follows from a new article and can be made later, for many at once: evidence, a place in the index.

Whatever lacks it is the list of what is left to do, so nothing is lost if a process dies.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from wagtail.models import Page

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


def held_pages(pks: Iterable[int], *, waits: bool) -> list[int]:
    """Those of the pages with these `pks` that nobody else saves before this transaction ends.

    What is read of them from now on is what they say. Whoever does not wait leaves out those that somebody
    saves at this moment, by whom all that follows from them is made as well: so no two wait for each other.
    """
    pages = Page.objects.select_for_update(no_key=True, skip_locked=not waits).filter(pk__in=list(pks))
    return list(pages.order_by("pk").values_list("pk", flat=True))


def soon() -> None:
    from broadsheet.editorial import evidence, finding

    evidence.catch_up_soon.enqueue()
    finding.catch_up_soon.enqueue()
