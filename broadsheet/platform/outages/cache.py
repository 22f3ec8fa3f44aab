"""The cache: Redis where there is one, else and while it is away a table of the database."""

import base64
import pickle
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any

from django.core.cache import caches
from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django.core.cache.backends.db import DatabaseCache
from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from django.db import OperationalError, connection, transaction

from broadsheet.platform import clock
from broadsheet.platform.outages.redis_link import link, options
from broadsheet.platform.outages.unwritable import is_full

TABLE = "table"
"""The alias of the cache in the database."""
MOST = 10_000
"""Keys that are remembered at most, of those that were written while Redis was away."""


class TableCache(DatabaseCache):
    """What has expired is missing where it can't be deleted, and whoever adds learns why that failed.

    Django's own keeps silent there, so that a lock that can't be written is taken for one that is held.
    """

    def __init__(self, table: str, params: dict[str, Any]) -> None:
        super().__init__(table, params)
        self.table = connection.ops.quote_name(table)

    def get_many(self, keys: Iterable[Any], version: int | None = None) -> dict[Any, Any]:
        try:
            return super().get_many(keys, version)
        except OperationalError as error:
            if not is_full(error):
                raise
            return {}

    def add(
        self, key: Any, value: Any, timeout: float | None = DEFAULT_TIMEOUT, version: int | None = None
    ) -> bool:
        name = self.make_and_validate_key(key, version=version)
        ends = self.get_backend_timeout(timeout)
        expires = datetime.max.replace(tzinfo=UTC) if ends is None else datetime.fromtimestamp(ends, UTC)
        packed = base64.b64encode(pickle.dumps(value, self.pickle_protocol)).decode("ascii")
        adapt = connection.ops.adapt_datetimefield_value
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                f"DELETE FROM {self.table} WHERE cache_key = %s AND expires < %s",  # noqa: S608 the table is ours
                [name, adapt(clock.now().replace(microsecond=0))],
            )
            cursor.execute(
                f"INSERT INTO {self.table} (cache_key, value, expires) VALUES (%s, %s, %s)"  # noqa: S608 as above
                " ON CONFLICT DO NOTHING",
                [name, packed, adapt(expires.replace(microsecond=0))],
            )
            return bool(cursor.rowcount == 1)


class RedisOrTableClient:
    """What Django's client for Redis does, and while that is away the table."""

    def __init__(self, servers: list[str], **pool_options: Any) -> None:
        self._redis = RedisCacheClient(servers, **options(), **pool_options)
        self._written: set[str] = set()
        """While Redis was away, by this process. There it is no longer true when Redis is back."""

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def ask(*arguments: Any) -> Any:
            return link.ask(
                lambda: self._ask_redis(name, arguments), lambda: self._ask_table(name, arguments)
            )

        return ask

    def _ask_redis(self, name: str, arguments: tuple[Any, ...]) -> Any:
        if self._written:
            self._redis.delete_many(list(self._written))
            written, self._written = list(self._written), set()
            self._table.delete_many(written)
        return getattr(self._redis, name)(*arguments)

    def _ask_table(self, name: str, arguments: tuple[Any, ...]) -> Any:
        if name in {"add", "set", "touch", "delete", "incr"}:
            self._remember(arguments[:1])
        elif name in {"set_many", "delete_many"}:
            self._remember(arguments[0])
        return getattr(self._table, name)(*arguments)

    @property
    def _table(self) -> BaseCache:
        return caches[TABLE]

    def _remember(self, keys: Iterable[str]) -> None:
        if len(self._written) < MOST:
            self._written |= set(keys)


class RedisOrTableCache(RedisCache):
    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = RedisOrTableClient
