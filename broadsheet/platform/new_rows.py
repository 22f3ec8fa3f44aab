"""Rows by the thousand, written as quickly as each database can take them.

Nothing is asked of the models and no signal is sent: what must hold, the database's constraints hold.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, models


class NewRows:
    """Rows to come of one `model`, each a tuple of what differs: the fields that are named in `differing`.

    The others say what `alike` names, else what the model has them say by itself. Foreign keys are primary
    keys.
    """

    def __init__(self, model: type[models.Model], differing: Sequence[str], **alike: Any) -> None:
        self.model = model
        fields = {field.name: field for field in model._meta.concrete_fields}
        same = [name for name in fields if name not in {*differing, model._meta.pk.name}]
        self._differing = [fields[name] for name in differing]
        self._same = tuple(
            _prepared(fields[name], alike[name] if name in alike else fields[name].get_default())
            for name in same
        )
        fields_in_order = [model._meta.pk, *self._differing, *(fields[name] for name in same)]
        self._columns = [str(field.column) for field in fields_in_order]

    def insert(self, rows: Sequence[Sequence[Any]]) -> Sequence[int]:
        """Their primary keys, in the same order. It must stand in a transaction."""
        if not rows:
            return []
        if connection.vendor != "postgresql":
            rows = [[*map(_prepared, self._differing, row)] for row in rows]
        keys = self._next_keys(len(rows))
        whole = ((key, *row, *self._same) for key, row in zip(keys, rows, strict=True))
        write(self.model._meta.db_table, self._columns, whole)
        return keys

    def _next_keys(self, count: int) -> Sequence[int]:
        table, key = self.model._meta.db_table, self.model._meta.pk.column
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute(
                    "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)",
                    [f'"{table}"', key, count],
                )
                return [number for (number,) in cursor.fetchall()]
            # Whoever is in a transaction on SQLite is the only one who writes.
            cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
            first = (cursor.fetchone() or (0,))[0] + 1
            return range(first, first + count)


def _prepared(field: models.Field[Any, Any], value: Any) -> Any:
    return field.get_db_prep_save(value, connection)


def write(table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Raises IntegrityError where one of them is there already."""
    names = ", ".join(f'"{column}"' for column in columns)
    with connection.wrap_database_errors, connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # Django gives the errors of all that a cursor does its own names, but for a copy.
            with cursor.copy(f'COPY "{table}" ({names}) FROM STDIN') as copy:
                for row in rows:
                    copy.write_row(row)
            return
        places = ", ".join(["%s"] * len(columns))
        cursor.executemany(f'INSERT INTO "{table}" ({names}) VALUES ({places})', [*rows])  # noqa: S608 (names of ours)
