from collections.abc import Mapping
from datetime import datetime, timedelta
from itertools import batched
from typing import NamedTuple, Self
from uuid import UUID

from django.db import connections, models, router, transaction

KEPT = timedelta(days=400)
"""A year, and the same month of the year before to set beside it."""
BATCH = 100
"""Rows of one statement: eight values each, and an old SQLite takes 999."""


class Counted(NamedTuple):
    """What one row counts, and no more than that: nothing in it tells one visitor from another."""

    edition: str
    """The language tag, ``en-gb``."""
    hour: datetime
    article: UUID
    reason: str
    variant: int


class Numbers(NamedTuple):
    decisions: int = 0
    opens: int = 0

    def plus(self, other: "Numbers") -> "Numbers":
        return Numbers(self.decisions + other.decisions, self.opens + other.opens)


class HourlyCountQuerySet(models.QuerySet["HourlyCount"]):
    def since(self, at: datetime) -> Self:
        return self.filter(hour__gte=at)

    def of_edition(self, tag: str) -> Self:
        return self.filter(edition=tag)

    def expired(self, at: datetime) -> Self:
        return self.filter(hour__lt=at - KEPT)

    def add(self, numbers: Mapping[Counted, Numbers]) -> None:
        """Adds to what is there, all or nothing; several processes may do so at once."""
        using = router.db_for_write(self.model)
        # In one order for all, so that two processes don't wait for one another's rows.
        ordered = sorted(numbers.items())
        with transaction.atomic(using):
            for batch in batched(ordered, BATCH):
                self._upsert(using, [(*counted, *number) for counted, number in batch])

    def _upsert(self, using: str, rows: list[tuple[object, ...]]) -> None:
        connection = connections[using]
        meta = self.model._meta
        named = {field.name: field for field in meta.concrete_fields}
        fields = [named[name] for name in (*Counted._fields, *Numbers._fields)]
        quote = connection.ops.quote_name
        table, columns = quote(meta.db_table), [quote(str(field.column)) for field in fields]
        key, added = columns[: len(Counted._fields)], columns[len(Counted._fields) :]
        row = f"({', '.join(['%s'] * len(fields))})"
        sums = ", ".join(f"{column} = {table}.{column} + excluded.{column}" for column in added)
        # bulk_create can replace on a conflict, but not add. All that is put together here are names of ours.
        sql = (
            f"INSERT INTO {table} ({', '.join(columns)}) VALUES {', '.join([row] * len(rows))}"  # noqa: S608
            f" ON CONFLICT ({', '.join(key)}) DO UPDATE SET {sums}"
        )
        values = [
            field.get_db_prep_save(value, connection)
            for written in rows
            for field, value in zip(fields, written, strict=True)
        ]
        with connection.cursor() as cursor:
            cursor.execute(sql, values)


class HourlyCount(models.Model):
    """How often, in one hour, one article got one verdict in one edition, and how often it was opened.

    `variant` is that of an experiment, 0 where there was none.
    """

    edition = models.CharField(max_length=12)
    hour = models.DateTimeField()
    article = models.UUIDField()
    reason = models.CharField(max_length=20)
    variant = models.PositiveIntegerField(default=0)
    decisions = models.PositiveBigIntegerField(default=0)
    opens = models.PositiveBigIntegerField(default=0)

    objects = HourlyCountQuerySet.as_manager()

    class Meta:
        constraints = [
            # In the order in which the front asks: the last hours of one edition.
            models.UniqueConstraint(
                fields=["edition", "hour", "article", "reason", "variant"], name="counted_once_an_hour"
            )
        ]
        indexes = [
            models.Index(fields=["article", "hour"], name="count_of_article"),
            models.Index(fields=["hour"], name="count_of_hour"),
        ]

    def __str__(self) -> str:
        return f"{self.hour:%Y-%m-%d %H}h {self.edition} {self.reason}: {self.decisions} / {self.opens}"
