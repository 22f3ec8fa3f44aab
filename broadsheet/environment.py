"""Typed readers for environment variables, each of which rejects a malformed value.

Every variable that the settings read is declared here once; ``docs/settings.md`` documents the same
list, and a test keeps the two together.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from pathlib import Path
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

type Network = IPv4Network | IPv6Network
type Options = dict[str, object]


@dataclass
class Environment:
    """Reads variables from `values`, and remembers each one that was asked for."""

    values: Mapping[str, str]
    defaults: dict[str, str] = field(default_factory=dict)
    """Name → default, as it would be written in the environment."""

    def read[T](self, name: str, parse: Callable[[str], T], default: T, written: str = "") -> T:
        self.defaults[name] = written
        raw = self.values.get(name, "").strip()
        if not raw:
            return default
        try:
            return parse(raw)
        except ValueError as error:
            if "@" in raw:  # it holds a password, and the parser's error may say a part of it
                raise ImproperlyConfigured(f"{name} is malformed: see docs/settings.md") from None
            raise ImproperlyConfigured(f"{name}={raw!r} is malformed: {error}") from error

    def require(self, *names: str) -> None:
        """Raises ImproperlyConfigured where one of them is not set."""
        if missing := [name for name in names if not self.values.get(name)]:
            raise ImproperlyConfigured(f"production needs {', '.join(missing)}: see docs/settings.md")

    def text(self, name: str, default: str = "") -> str:
        return self.read(name, str, default, default)

    def number(self, name: str, default: int) -> int:
        """A whole number of at least 1."""

        def parse(raw: str) -> int:
            if not raw.isdecimal() or int(raw) < 1:
                raise ValueError("expected a whole number of at least 1")
            return int(raw)

        return self.read(name, parse, default, str(default))

    def choice(self, name: str, options: tuple[str, ...]) -> str:
        """One of `options`; the first is the default."""

        def parse(raw: str) -> str:
            if raw not in options:
                raise ValueError(f"expected one of {', '.join(options)}")
            return raw

        return self.read(name, parse, options[0], options[0])

    def words(self, name: str) -> list[str]:
        return self.read(name, lambda raw: raw.replace(",", " ").split(), [])

    def networks(self, name: str) -> list[Network]:
        """A comma-separated list of addresses and CIDR ranges, IPv4 and IPv6."""
        return self.read(name, lambda raw: [ip_network(word) for word in raw.replace(",", " ").split()], [])

    def servers(self, name: str, port: int) -> list[tuple[str, int]] | None:
        """A list of addresses, each with or without a port (else `port`); None where there is none."""

        def parse(raw: str) -> list[tuple[str, int]]:
            return [_server(word, port) for word in raw.replace(",", " ").split()]

        return self.read(name, parse, None)

    def address(self, name: str, default: str) -> SplitResult:
        """An absolute http or https address without a path."""

        def parse(raw: str) -> SplitResult:
            parts = urlsplit(raw)
            if parts.scheme not in {"http", "https"} or not parts.hostname:
                raise ValueError("expected an address such as https://magazine.example")
            if parts.path.strip("/") or parts.query:
                raise ValueError("expected no path behind the host name")
            return parts

        return self.read(name, parse, parse(default), default)

    def editions(self, name: str, default: str) -> dict[str, str]:
        """Language tag → path prefix, in order; the first edition is the default, at ``/``."""

        def parse(raw: str) -> dict[str, str]:
            editions: dict[str, str] = {}
            for position, word in enumerate(raw.replace(",", " ").split()):
                tag, _, prefix = word.partition(":")
                if position == 0 and prefix:
                    raise ValueError("the first edition stands at / and takes no prefix")
                if position and not prefix.replace("-", "").isalnum():
                    raise ValueError(f"{tag} needs a prefix, as in en-gb:uk")
                editions[tag.lower()] = prefix
            if len(set(editions.values())) < len(editions):
                raise ValueError("two editions share a prefix")
            return editions

        return self.read(name, parse, parse(default), default)

    def database(self, name: str, default: str) -> Options:
        """A Django database from ``sqlite:///path`` or ``postgresql://user:password@host/name``."""
        return self.read(name, _database, _database(default), default)

    def limits(self, name: str) -> dict[str, int]:
        """From ``gmail.com=600 *=60``; ``*`` stands for every other domain."""

        def parse(raw: str) -> dict[str, int]:
            limits = {}
            for word in raw.replace(",", " ").split():
                domain, _, limit = word.partition("=")
                if not (domain and limit.isdecimal() and int(limit)):
                    raise ValueError("expected messages a minute for each domain, as in gmail.com=600 *=60")
                limits[domain.lower()] = int(limit)
            return limits

        return self.read(name, parse, {})

    def pem(self, name: str) -> bytes | None:
        """A key, or the path of the file that holds it."""

        def parse(raw: str) -> bytes:
            if raw.startswith("-----BEGIN"):
                # Where a variable can't hold lines they are written as \n.
                return raw.replace("\\n", "\n").encode()
            try:
                return Path(raw).read_bytes()
            except OSError as error:
                raise ValueError(error.strerror) from error

        return self.read(name, parse, None)


def _server(raw: str, port: int) -> tuple[str, int]:
    host, after = raw, ""
    if raw.startswith("["):
        host, _, after = raw[1:].partition("]")
    elif raw.count(":") == 1:
        host, _, after = raw.partition(":")
    after = after.removeprefix(":")
    if after and not (after.isdecimal() and 0 < int(after) < 65_536):
        raise ValueError(f"{after} is no port")
    return str(ip_address(host)), int(after or port)


LIBPQ: Options = {
    "connect_timeout": "3",
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "tcp_user_timeout": "15000",
}
"""A server that does not answer is found to be away in seconds. DATABASE_URL may say otherwise."""


def _database(raw: str) -> Options:
    parts = urlsplit(raw)
    if parts.scheme == "sqlite":
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": parts.path[1:] if parts.path.startswith("//") else parts.path.lstrip("/"),
            "OPTIONS": {
                # One writer at a time, readers never wait; a writer says so at BEGIN, so that
                # two transactions can't deadlock by upgrading from read to write.
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"
                " PRAGMA cache_size=-32000; PRAGMA temp_store=MEMORY;",
            },
        }
    if parts.scheme in {"postgres", "postgresql"}:
        options: Options = LIBPQ | {key: values[-1] for key, values in parse_qs(parts.query).items()}
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(parts.path.lstrip("/")),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": parts.hostname or "",
            "PORT": str(parts.port or ""),
            "CONN_MAX_AGE": 60,
            "CONN_HEALTH_CHECKS": True,
            "OPTIONS": options,
        }
    raise ValueError("expected sqlite:///… or postgresql://…")
