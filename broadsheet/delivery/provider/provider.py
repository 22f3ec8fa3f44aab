from collections.abc import Mapping
from dataclasses import dataclass, field

from broadsheet.environment import Malformed, ServiceURL


@dataclass(frozen=True, slots=True)
class Service:
    """What one of django-anymail's providers is called there, and what its settings are."""

    name: str
    key: str
    domain: str = ""
    """The setting for the domain it sends for; empty where it knows that by the sender."""
    second_key: str = ""
    signing_key: str = ""
    """The setting for the key that signs its webhooks; empty where it has none that we check."""
    hands_over_mail: bool = False
    """Whether it takes in mail for us and posts all of it: where it is to be fetched, we take in none."""
    can_leave_tracking: bool = True
    """Whether it can be told, message by message, to count no opens and no clicks."""

    @property
    def module(self) -> str:
        return self.name.lower()


SERVICES = {
    service.module: service
    for service in (
        Service("Brevo", "API_KEY", can_leave_tracking=False),
        Service(
            "Mailgun",
            "API_KEY",
            domain="SENDER_DOMAIN",
            signing_key="WEBHOOK_SIGNING_KEY",
            hands_over_mail=True,
        ),
        Service("Mailjet", "API_KEY", second_key="SECRET_KEY", hands_over_mail=True),
        Service("Postmark", "SERVER_TOKEN", hands_over_mail=True),
        Service("Resend", "API_KEY", can_leave_tracking=False),
        Service("SparkPost", "API_KEY", hands_over_mail=True),
    )
}
"""Those that give back, with their webhooks, what was said to them with the message."""


@dataclass(frozen=True, slots=True)
class Provider:
    service: Service
    settings: Mapping[str, str] = field(repr=False)
    """django-anymail’s, for this provider."""

    @classmethod
    def at(cls, url: str) -> "Provider":
        """From ``mailgun://key@domain?signing-key=…&at=https://api.eu.mailgun.net/v3``; raises Malformed."""
        parts = ServiceURL.of(url, SERVICES, options=["at", "signing-key"])
        service = SERVICES[parts.scheme]
        given = {
            service.key: parts.user,
            service.second_key: parts.password,
            service.domain: parts.host,
        }
        given.pop("", None)
        if not all(given.values()):
            raise Malformed(f"{service.name} needs {', '.join(name.lower() for name in given)}")
        if "at" in parts.options:
            if not parts.options["at"].startswith(("https://", "http://")):
                raise Malformed("at must be an address with https://")
            given["API_URL"] = parts.options["at"]
        if "signing-key" in parts.options:
            if not service.signing_key:
                raise Malformed(f"{service.name} has no signing-key")
            given[service.signing_key] = parts.options["signing-key"]
        return cls(service, {f"{service.name.upper()}_{name}": value for name, value in given.items()})

    def for_anymail(self, webhook_secret: str) -> dict[str, str]:
        """The setting ANYMAIL. Webhooks are authorised by HTTP’s Basic scheme: ``post:`` and the secret."""
        secret = {"WEBHOOK_SECRET": f"post:{webhook_secret}"} if webhook_secret else {}
        return {**self.settings, **secret}
