"""The address of a server, with user, password and options, as in DATABASE_URL and SMTP_URL."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from broadsheet.environment.malformed import Malformed

ENCODING = "in a user name or password write / as %2F, @ as %40, : as %3A, ? as %3F, # as %23 and % as %25"
BARE_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")


@dataclass(frozen=True, slots=True)
class ServiceURL:
    scheme: str
    user: str
    password: str = field(repr=False)
    host: str
    port: int | None
    path: str
    options: Mapping[str, str]

    @classmethod
    def of(cls, raw: str, schemes: Iterable[str], options: Iterable[str] | None = ()) -> "ServiceURL":
        """Raises Malformed. With None for `options` it may have any."""
        try:
            parts = urlsplit(raw)
        except ValueError:
            raise Malformed(f"it is no URL ({ENCODING})") from None
        if parts.scheme not in schemes or not raw.startswith(f"{parts.scheme}://"):
            raise Malformed(f"it must begin with {' or '.join(f'{scheme}://' for scheme in schemes)}")
        port = _port(parts)
        if parts.fragment or "#" in raw:
            raise Malformed(f"it holds a # ({ENCODING})")
        if any(character.isspace() for character in raw):
            raise Malformed("it holds a space, which is written %20")
        if BARE_PERCENT.search(parts.netloc):
            raise Malformed(f"it holds a % that encodes nothing ({ENCODING})")
        if "@" in raw and "@" not in parts.netloc:
            raise Malformed(f"its @ stands behind a / or ? ({ENCODING})")
        given = dict(parse_qsl(parts.query, keep_blank_values=True))
        if options is not None and (unknown := sorted(given.keys() - set(options))):
            known = f"; there is only {', '.join(options)}" if options else ""
            raise Malformed(f"it has an option that is not known, {unknown[0]}{known}")
        return cls(
            parts.scheme,
            unquote(parts.username or ""),
            unquote(parts.password or ""),
            unquote(parts.hostname or ""),
            port,
            unquote(parts.path),
            given,
        )


def _port(parts: SplitResult) -> int | None:
    try:
        port = parts.port
    except ValueError:
        port = 0
    if port == 0 or parts.netloc.endswith(":"):
        raise Malformed(f"its port is no number from 1 to 65535 ({ENCODING})")
    return port
