"""Recipients by the million, written as quickly as each database can take them."""

import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import batched, islice

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext

from broadsheet.delivery.addresses import LONGEST, NotAnAddress, tidied
from broadsheet.delivery.models.batch import Batch
from broadsheet.delivery.models.cohort import Addressee, Cohort
from broadsheet.delivery.models.recipient import Recipient
from broadsheet.platform import clock
from broadsheet.platform.new_rows import write

BATCH = 200
"""Recipients of one lease: what a worker that is killed leaves to be looked through."""
CHUNK = 100 * BATCH
"""Rows written in one transaction."""

COLUMNS = ("send_id", "batch_id", "address", "key", "tokens", "state", "tries", "words")

type Row = tuple[int, int, str, str, str, str, int, str]


def materialise(cohort: Cohort, addressees: Iterable[Addressee], due_at: datetime | None = None) -> int:
    new = 0
    due_at = due_at or clock.now()
    remaining = iter(addressees)
    while chunk := list(islice(remaining, CHUNK)):
        with transaction.atomic():
            batches = Batch.objects.bulk_create(
                Batch(send_id=cohort.send_id, cohort=cohort, due_at=due_at)
                for _ in range(-(-len(chunk) // BATCH))
            )
            rows = list(_rows(cohort, batches, chunk))
            new += _copy(rows) if connection.vendor == "postgresql" else _insert(rows)
    return new


def _rows(cohort: Cohort, batches: list[Batch], chunk: list[Addressee]) -> Iterator[Row]:
    queued, skipped = str(Recipient.State.QUEUED), str(Recipient.State.SKIPPED)
    for batch, part in zip(batches, batched(chunk, BATCH, strict=False), strict=True):
        for addressee in part:
            # PostgreSQL has no place for NUL, in text or in JSON.
            tokens = json.dumps({name: text.replace("\0", "") for name, text in addressee.tokens.items()})
            try:
                address, state, words = tidied(addressee.address), queued, ""
            except NotAnAddress:
                address = addressee.address.replace("\0", "")[:LONGEST]
                state, words = skipped, gettext("Not an e-mail address.")
            key = addressee.key.replace("\0", "")
            yield cohort.send_id, batch.pk, address, key, tokens, state, 0, words


def _copy(rows: list[Row]) -> int:
    table, columns = Recipient._meta.db_table, ", ".join(COLUMNS)
    try:
        with transaction.atomic():
            write(table, COLUMNS, rows)
    except IntegrityError:
        # Some are there already, which COPY can't pass over: by way of a table of the moment.
        with connection.cursor() as cursor:
            cursor.execute(
                f"CREATE TEMPORARY TABLE arriving AS SELECT {columns} FROM {table} LIMIT 0"  # noqa: S608 (names of ours)
            )
            write("arriving", COLUMNS, rows)
            cursor.execute(
                f"INSERT INTO {table} ({columns}) SELECT {columns} FROM arriving ON CONFLICT DO NOTHING"  # noqa: S608 (names of ours)
            )
            new = cursor.rowcount
            cursor.execute("DROP TABLE arriving")
            return new
    return len(rows)


def _insert(rows: list[Row]) -> int:
    table = Recipient._meta.db_table
    places = ", ".join(["%s"] * len(COLUMNS))
    with connection.cursor() as cursor:
        # Django's own bulk_create makes a model of each row first.
        sql = f"INSERT INTO {table} ({', '.join(COLUMNS)}) VALUES ({places}) ON CONFLICT DO NOTHING"  # noqa: S608 (names of ours)
        cursor.executemany(sql, rows)
        return cursor.rowcount
