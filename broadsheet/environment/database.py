"""Django's database from a URL."""

from pathlib import Path

from broadsheet.environment.malformed import Malformed
from broadsheet.environment.service_url import ServiceURL

type Options = dict[str, object]

LIBPQ: Options = {
    "application_name": "broadsheet",
    "connect_timeout": "3",
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "tcp_user_timeout": "15000",
}
"""A server that does not answer is found to be away in seconds. DATABASE_URL may say otherwise."""


def database(raw: str, root: Path) -> Options:
    """From ``sqlite:///path``, below `root` unless absolute, or ``postgresql://…``; raises Malformed."""
    if raw.startswith("sqlite:"):
        return _sqlite(raw, root)
    return _postgresql(ServiceURL.of(raw, ("postgresql", "postgres", "sqlite"), options=None))


def _sqlite(raw: str, root: Path) -> Options:
    if not raw.startswith("sqlite:///"):
        raise Malformed("a file needs three slashes and its path, which is absolute with a fourth one")
    path = raw.removeprefix("sqlite:///")
    if not path or path.endswith("/"):
        raise Malformed("it names no file")
    if "?" in path or "#" in path:
        raise Malformed("a file's path may hold neither ? nor #")
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(root / path),
        "CONN_MAX_AGE": 60,
        "OPTIONS": {
            # One writer at a time, readers never wait; a writer says so at BEGIN, so that
            # two transactions can't deadlock by upgrading from read to write.
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"
            " PRAGMA cache_size=-8000; PRAGMA temp_store=MEMORY;",
        },
    }


def _postgresql(url: ServiceURL) -> Options:
    name = url.path.removeprefix("/")
    if not name or "/" in name:
        raise Malformed("it must end in one database’s name")
    _check_options(url)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": name,
        "USER": url.user,
        "PASSWORD": url.password,
        "HOST": url.host,
        "PORT": str(url.port or ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": LIBPQ | dict(url.options),
    }


def _check_options(url: ServiceURL) -> None:
    from psycopg import ProgrammingError  # only who has PostgreSQL waits for it
    from psycopg.conninfo import make_conninfo

    for name, value in url.options.items():
        try:
            make_conninfo(**{name: value})
        except ProgrammingError:
            raise Malformed(f"PostgreSQL has no option {name}") from None
