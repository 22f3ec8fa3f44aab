import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from ipaddress import ip_network
from pathlib import Path
from urllib.parse import SplitResult

from django.core.exceptions import ImproperlyConfigured

from broadsheet.environment import hosts
from broadsheet.environment.database import Options, database
from broadsheet.environment.editions import editions
from broadsheet.environment.hosts import Network
from broadsheet.environment.malformed import Malformed
from broadsheet.environment.own import Own
from broadsheet.environment.sender import sender
from broadsheet.environment.service_url import ServiceURL


@dataclass
class Environment:
    """Reads variables from `values`, and remembers each one that was asked for."""

    values: Mapping[str, str]
    defaults: dict[str, str] = field(default_factory=dict)
    """Name → default, as it would be written in the environment."""

    def read[T](
        self,
        name: str,
        parse: Callable[[str], T],
        default: T,
        written: str = "",
        *,
        example: str = "",
        is_secret: bool = False,
    ) -> T:
        """What `parse` makes of the variable; where it raises ValueError, raises ImproperlyConfigured.

        The sentence ends in `example`, and holds the value unless that is secret.
        """
        self.defaults[name] = written
        raw = self.values.get(name, "").strip()
        if not raw:
            return default
        try:
            if len(raw) > 1 and raw[0] == raw[-1] and raw[0] in "\"'":
                raise Malformed("its quotation marks are taken for a part of it, so leave them out")
            return parse(raw)
        except ValueError as error:
            reason = error if isinstance(error, Malformed) or not is_secret else "it is not well formed"
            said = name if is_secret else f"{name}={raw}"
            like = f", as in {name}={example or written}" if example or written else ""
            raise ImproperlyConfigured(f"{said} can’t be used: {reason}{like}") from None

    def require(self, *names: str) -> None:
        """Raises ImproperlyConfigured where one of them is not set."""
        if missing := [name for name in names if not self.values.get(name, "").strip()]:
            raise ImproperlyConfigured(f"production needs {', '.join(missing)}: see docs/settings.md")

    def text(self, name: str, default: str = "", *, is_secret: bool = False) -> str:
        return self.read(name, str, default, default, is_secret=is_secret)

    def secret(self, name: str, default: str, *, at_least: int) -> str:
        """A text of `at_least` so many characters."""

        def parse(raw: str) -> str:
            if len(raw) < at_least:
                raise Malformed(f"it is shorter than {at_least} characters: see docs/settings.md")
            return raw

        return self.read(name, parse, default, default, is_secret=True)

    def number(self, name: str, default: int, most: int = 1_000_000) -> int:
        """A whole number from 1 to `most`."""

        def parse(raw: str) -> int:
            if not (raw.isascii() and raw.isdecimal() and len(raw) < 10 and 1 <= int(raw) <= most):
                raise Malformed(f"it must be a whole number from 1 to {most}")
            return int(raw)

        return self.read(name, parse, default, str(default))

    def choice(self, name: str, options: tuple[str, ...]) -> str:
        """One of `options`; the first is the default."""

        def parse(raw: str) -> str:
            if raw not in options:
                raise Malformed(f"it must be one of {', '.join(options)}")
            return raw

        return self.read(name, parse, options[0], options[0])

    def words(self, name: str, *, is_secret: bool = False) -> list[str]:
        return self.read(name, split, [], is_secret=is_secret)

    def command(self, name: str, example: str) -> list[str]:
        """A program and its arguments, as a shell splits them; no shell will read them."""

        def parse(raw: str) -> list[str]:
            try:
                return shlex.split(raw)
            except ValueError:
                raise Malformed("a quotation mark in it is not closed") from None

        return self.read(name, parse, [], example=example)

    def hosts(self, name: str) -> list[str]:
        """Names of hosts; one that begins with a dot stands for all below it."""
        return self.read(
            name,
            lambda raw: [hosts.allowed_host(word) for word in split(raw)],
            [],
            example="www.magazine.example",
        )

    def networks(self, name: str) -> list[Network]:
        """Addresses and CIDR ranges, IPv4 and IPv6."""
        return self.read(
            name, lambda raw: [ip_network(word) for word in split(raw)], [], example="127.0.0.1 10.0.0.0/8"
        )

    def servers(self, name: str, port: int) -> list[tuple[str, int]] | None:
        """Addresses, each with or without a port (else `port`); None where there is none."""
        return self.read(
            name,
            lambda raw: [hosts.server(word, port) for word in split(raw)],
            None,
            example="127.0.0.1:5353",
        )

    def address(self, name: str, default: str) -> SplitResult:
        """An absolute http or https address without a path."""
        return self.read(
            name, hosts.web_address, hosts.web_address(default), default, example="https://magazine.example"
        )

    def domain(self, name: str, default: str = "", *, example: str) -> str:
        return self.read(name, hosts.domain, default, default, example=example)

    def sender(self, name: str, default: str) -> str:
        """An address, with or without a name before it."""
        return self.read(name, sender, default, default, example="The Magazine <letters@magazine.example>")

    def editions(self, name: str, default: str) -> dict[str, str]:
        """Language tag → path prefix, in order; the first edition is the default, at ``/``."""
        return self.read(name, editions, editions(default), default)

    def database(self, name: str, default: str, root: Path) -> Options:
        """A Django database; a relative path is one below `root`."""
        return self.read(
            name,
            lambda raw: database(raw, root),
            database(default, root),
            default,
            example=(
                "postgresql://user:password@host:5432/name"
                if self.values.get(name, "").startswith("postgres")
                else "sqlite:////var/lib/magazine/magazine.sqlite3"
            ),
            is_secret=True,
        )

    def redis(self, name: str) -> str:
        def parse(raw: str) -> str:
            url = ServiceURL.of(raw, ("redis", "rediss", "unix"), options=None)
            if not (url.host or url.scheme == "unix"):
                raise Malformed("it names no host")
            return raw

        return self.read(name, parse, "", example="redis://localhost:6379", is_secret=True)

    def folder(self, name: str, default: Path, root: Path, *, must_exist: bool) -> Path:
        """A folder, below `root` unless absolute, which is made unless it must be there already."""

        def parse(raw: str) -> Path:
            path = root / raw
            if path.exists() and not path.is_dir():
                raise Malformed("it is no folder")
            if must_exist and not path.is_dir():
                raise Malformed("there is no such folder; make it, for the user who runs Broadsheet")
            try:
                path.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise Malformed(f"it can’t be made ({error.strerror})") from None
            return path

        if not self.values.get(name, "").strip():
            try:
                default.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise ImproperlyConfigured(
                    f"{name} is not set, and {default} can’t be made ({error.strerror}): "
                    f"set it, as in {name}=/var/lib/magazine"
                ) from None
        return self.read(name, parse, default, str(default), example="/var/lib/magazine")

    def own(self, name: str, root: Path) -> Own | None:
        """A folder of one's own, whose apps can be imported then."""

        def parse(raw: str) -> Own:
            found = Own.at(raw, root)
            found.make_importable()
            return found

        return self.read(name, parse, None, example="/srv/magazine-own")

    def limits(self, name: str) -> dict[str, int]:
        """From ``gmail.com=600 *=60``; ``*`` stands for every other domain."""

        def parse(raw: str) -> dict[str, int]:
            limits = {}
            for word in split(raw):
                domain, _, limit = word.partition("=")
                if not (domain and limit.isascii() and limit.isdecimal() and int(limit)):
                    raise Malformed("it must say messages a minute for each domain")
                limits[domain.lower()] = int(limit)
            return limits

        return self.read(name, parse, {}, example="gmail.com=600 *=60")

    def pem(self, name: str, root: Path, check: Callable[[bytes], object], *, example: str) -> bytes | None:
        """A key that passes `check`, which raises ValueError, or the path of the file that holds it."""

        def parse(raw: str) -> bytes:
            if raw.startswith("-----BEGIN"):
                # Where a variable can't hold lines they are written as \n.
                pem = raw.replace("\\n", "\n").encode()
            else:
                try:
                    pem = (root / raw).read_bytes()
                except (OSError, ValueError) as error:
                    raise Malformed(f"the file can’t be read ({getattr(error, 'strerror', error)})") from None
            check(pem)
            return pem

        is_the_key = self.values.get(name, "").strip().startswith("-----BEGIN")
        return self.read(name, parse, None, example=example, is_secret=is_the_key)


def split(raw: str) -> list[str]:
    """Words that commas or spaces separate."""
    return raw.replace(",", " ").split()
