from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from hashlib import blake2b
from typing import Concatenate, cast

from django.db import connection, models, transaction


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


@contextmanager
def in_turn(*what: object) -> Iterator[None]:
    """A transaction that waits for the end of any other about the same `what`: a form that is sent twice.

    For what has no row yet that could be held. On SQLite each transaction is the only writer as it is.
    """
    with transaction.atomic():
        if connection.vendor == "postgresql":
            digest = blake2b(repr(what).encode(), digest_size=8).digest()
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [int.from_bytes(digest, signed=True)])
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
