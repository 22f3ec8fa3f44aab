from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Concatenate, cast

from django.db import models, transaction


@contextmanager
def held(*rows: models.Model) -> Iterator[None]:
    """Locks `rows`, one after the other, to the end of the transaction and reads them anew.

    Two tabs, a clock and a provider may all write. Whoever needs several takes the person before their
    subscription, and that before its intents and invoices: else two would wait for each other.
    """
    with transaction.atomic():
        for row in rows:
            # A row that points here may be inserted meanwhile: that changes nothing of this one.
            type(row)._default_manager.select_for_update(no_key=True).get(pk=row.pk)
            row.refresh_from_db()
        yield


def under_lock[M: models.Model, **P, R](
    verb: Callable[Concatenate[M, P], R],
) -> Callable[Concatenate[M, P], R]:
    """A verb that looks at the row as it is in the database, and that nobody else changes meanwhile."""

    @wraps(verb)
    def locked(row: M, *args: P.args, **kwargs: P.kwargs) -> R:
        with held(row):
            return verb(row, *args, **kwargs)

    return cast(Callable[Concatenate[M, P], R], locked)
