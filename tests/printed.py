"""The whole database as it was when the magazine was printed.

Tests with transactions of their own can't be rolled back. Django empties all tables after each of them and
makes permissions anew, and the magazine would be printed again: that takes seconds each time, this a moment.
"""

import sqlite3
from typing import Any

from django.db import connection
from django.test import TransactionTestCase
from psycopg import Cursor, sql

_of_sqlite = sqlite3.connect(":memory:", check_same_thread=False)
_rows: dict[str, bytes] = {}
"""On PostgreSQL: table → its rows, as COPY writes them, of those that have any."""
_sequences: dict[str, int] = {}


def keep() -> None:
    """What there is now is what each test with transactions of its own leaves behind."""
    if connection.vendor == "sqlite":
        connection.connection.backup(_of_sqlite)
    else:
        with connection.cursor() as cursor:
            for table in _with_rows(cursor):
                with _raw(cursor).copy(sql.SQL("COPY {} TO STDOUT").format(sql.Identifier(table))) as copy:
                    _rows[table] = b"".join(bytes(part) for part in copy)
            _sequences.update(_used(cursor))
    TransactionTestCase._fixture_teardown = _bring_back  # type: ignore[attr-defined]


def _bring_back(_test: Any) -> None:
    connection.ensure_connection()
    if connection.vendor == "sqlite":
        _of_sqlite.backup(connection.connection)
        return
    with connection.cursor() as cursor:
        changed = sorted(_with_rows(cursor) | _rows.keys())
        names = sql.SQL(", ").join(map(sql.Identifier, changed))
        cursor.execute("BEGIN")  # references are looked at when all rows are there
        _raw(cursor).execute(sql.SQL("TRUNCATE {} RESTART IDENTITY CASCADE").format(names))
        for table, rows in _rows.items():
            with _raw(cursor).copy(sql.SQL("COPY {} FROM STDIN").format(sql.Identifier(table))) as copy:
                copy.write(rows)
        for name, number in _sequences.items():
            cursor.execute("SELECT setval(%s::regclass, %s)", [name, number])
        cursor.execute("COMMIT")


def _with_rows(cursor: Any) -> set[str]:
    tables = [table.name for table in connection.introspection.get_table_list(cursor) if table.type == "t"]
    look = sql.SQL("SELECT {} WHERE EXISTS (SELECT FROM {})")
    looks = [look.format(sql.Literal(table), sql.Identifier(table)) for table in tables]
    _raw(cursor).execute(sql.SQL(" UNION ALL ").join(looks))
    return {name for (name,) in cursor.fetchall()}


def _used(cursor: Any) -> dict[str, int]:
    cursor.execute(
        "SELECT quote_ident(sequencename), last_value FROM pg_sequences"
        " WHERE schemaname = current_schema() AND last_value IS NOT NULL"
    )
    return dict(cursor.fetchall())


def _raw(cursor: Any) -> Cursor[Any]:
    """psycopg's own, within Django's."""
    found: Cursor[Any] = cursor.cursor
    return found
