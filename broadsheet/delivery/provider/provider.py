from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qs, unquote, urlsplit


@dataclass(frozen=True, slots=True)
class Kind:
    """What one of django-anymail's providers is called there, and what its settings are."""

    name: str
    key: str
    domain: str = ""
    """The setting for the domain it sends for; empty where it knows that by the sender."""
    second_key: str = ""
    signing_key: str = ""
    """The setting for the key that signs its news; empty where it has none that we check."""
    can_leave_tracking: bool = True
    """Whether it can be told, message by message, to count no opens and no clicks."""

    @property
    def module(self) -> str:
        return self.name.lower()


KINDS = {
    kind.module: kind
    for kind in (
        Kind("Brevo", "API_KEY", can_leave_tracking=False),
        Kind("Mailgun", "API_KEY", domain="SENDER_DOMAIN", signing_key="WEBHOOK_SIGNING_KEY"),
        Kind("Mailjet", "API_KEY", second_key="SECRET_KEY"),
        Kind("Postmark", "SERVER_TOKEN"),
        Kind("Resend", "API_KEY", can_leave_tracking=False),
        Kind("SparkPost", "API_KEY"),
    )
}
"""Those that give back, with their news, what was said to them with the message."""


@dataclass(frozen=True, slots=True)
class Provider:
    kind: Kind
    settings: Mapping[str, str] = field(repr=False)
    """django-anymail’s, for this provider."""

    @classmethod
    def at(cls, url: str) -> "Provider":
        """From ``mailgun://key@domain?signing-key=…&at=https://api.eu.mailgun.net/v3``; raises ValueError."""
        parts = urlsplit(url)
        kind = KINDS.get(parts.scheme)
        if kind is None:
            raise ValueError(f"expected one of {', '.join(KINDS)}, as in postmark://token@")
        options = parse_qs(parts.query)
        given = {
            kind.key: unquote(parts.username or ""),
            kind.second_key: unquote(parts.password or ""),
            kind.domain: parts.hostname or "",
        }
        given.pop("", None)
        if not all(given.values()):
            raise ValueError(f"{kind.name} needs {', '.join(name.lower() for name in given)}")
        if "at" in options:
            given["API_URL"] = options["at"][-1]
        if "signing-key" in options and kind.signing_key:
            given[kind.signing_key] = options["signing-key"][-1]
        return cls(kind, {f"{kind.name.upper()}_{name}": value for name, value in given.items()})

    def for_anymail(self, webhook_secret: str) -> dict[str, str]:
        """The setting ANYMAIL. The news is authorised by HTTP’s Basic scheme, as ``post:`` and the secret."""
        secret = {"WEBHOOK_SECRET": f"post:{webhook_secret}"} if webhook_secret else {}
        return {**self.settings, **secret}
