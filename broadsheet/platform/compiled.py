"""Queries that are asked with nearly each request, and whose SQL is made once.

Django makes it anew each time, which takes ten times as long as the database needs to find a row.
"""

import threading
from collections.abc import Callable, Iterable
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import QuerySet, Value
from django.db.models.sql.compiler import SQLCompiler


class Parameter(Value):
    """The place of a value in a compiled query, by the name under which it is given; a field says its kind.

    The value can be neither None nor a list: another SQL would be needed.
    """

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> Any:
        return "%s", [self]

    def of(self, values: dict[str, Any], connection: BaseDatabaseWrapper) -> Any:
        return self.output_field.get_db_prep_value(values[self.value], connection, prepared=False)


class Compiled:
    """What `make` makes: a queryset with `Parameter` for its values, and otherwise always the same.

    It can have no `prefetch_related`.
    """

    def __init__(self, make: Callable[[], QuerySet[Any, Any]]) -> None:
        self._make = make
        # Each thread has a connection of its own.
        self._of_thread = threading.local()

    def __call__(self, **values: Any) -> list[Any]:
        connection = connections[DEFAULT_DB_ALIAS]
        ready: _Ready | None = getattr(self._of_thread, "ready", None)
        if ready is None or ready.connection is not connection:
            ready = self._of_thread.ready = _Ready(self._make(), connection)
        return ready.rows(values)


class _Ready:
    """A queryset to whose rows Django comes by the compiler that is kept, and by the SQL which that made."""

    def __init__(self, queryset: QuerySet[Any, Any], connection: BaseDatabaseWrapper) -> None:
        self.connection = connection
        query: Any = queryset.query
        self._compiler = query.get_compiler(connection=connection)
        self._sql, self._places = self._compiler.as_sql()
        query.get_compiler = lambda *args, **kwargs: self._compiler
        self._rows: Iterable[Any] = queryset._iterable_class(queryset)  # type: ignore[assignment]

    def rows(self, values: dict[str, Any]) -> list[Any]:
        places = self._places
        given = [each.of(values, self.connection) if isinstance(each, Parameter) else each for each in places]
        self._compiler.as_sql = lambda: (self._sql, given)
        return list(self._rows)
