import ssl
from dataclasses import dataclass, field
from enum import StrEnum

from broadsheet.environment import Malformed, ServiceURL


class Security(StrEnum):
    NONE = "none"
    STARTTLS = "starttls"
    """Required: without it nothing is sent, not even the password."""
    IMPLICIT = "implicit"


class Unreachable(Exception):
    """No connection can be had: the server is not there, can't prove who it is, or does not let us in."""


@dataclass(frozen=True, slots=True)
class Timeouts:
    """How long to wait for the server, in seconds (RFC 5321, 4.5.3.2, but for the first and the last)."""

    connecting: float = 30
    greeting: float = 300
    command: float = 300
    """EHLO, AUTH, MAIL, RCPT, RSET."""
    data: float = 120
    content: float = 180
    """For the message itself, each time that the server stops reading."""
    dot: float = 600
    idle: float = 5
    """With nothing to send, before the connection is closed: servers throw out those who linger."""


@dataclass(frozen=True, slots=True)
class Relay:
    """The server that takes our mail."""

    host: str
    port: int = 587
    security: Security = Security.STARTTLS
    username: str = ""
    password: str = field(default="", repr=False)
    utf8: bool = False
    """Whether it says SMTPUTF8, and so takes addresses with letters beyond ASCII before the @."""
    name: str = "localhost"
    """What we call ourselves in EHLO."""
    trust: ssl.SSLContext | None = field(default=None, repr=False)
    """Whose certificates count; those that this machine trusts, unless given."""
    timeouts: Timeouts = field(default_factory=Timeouts)

    @classmethod
    def at(cls, url: str, name: str = "localhost") -> "Relay":
        """From ``smtp[s]://user:password@host:port?tls=no&utf8=yes``, as in SMTP_URL; raises Malformed."""
        given = ServiceURL.of(url, ("smtp", "smtps"), options=["tls", "utf8"])
        if not given.host:
            raise Malformed("it names no host")
        if given.path.strip("/"):
            raise Malformed("nothing but ?tls=no and ?utf8=yes may follow its host and port")
        security = Security.IMPLICIT if given.scheme == "smtps" else Security.STARTTLS
        if "tls" in given.options:
            if given.options["tls"] != "no" or security is Security.IMPLICIT:
                raise Malformed("tls can only be “no”, and only with smtp://")
            security = Security.NONE
        if given.options.get("utf8", "yes") != "yes":
            raise Malformed("utf8 can only be “yes”")
        return cls(
            host=given.host,
            port=given.port or (465 if security is Security.IMPLICIT else 587),
            security=security,
            username=given.user,
            password=given.password,
            utf8="utf8" in given.options,
            name=name,
        )
