"""A mail that a provider has taken in for us, as django-anymail has verified and put it together."""

import logging
from collections.abc import Iterator
from email.errors import MessageError
from typing import Any

from anymail.inbound import AnymailInboundMessage
from anymail.signals import AnymailInboundEvent

from broadsheet.delivery.arriving import handler_of, taken_in
from broadsheet.delivery.intake import NotAReport
from broadsheet.delivery.message import Forged

logger = logging.getLogger(__name__)


class Unreadable(Exception):
    """It is no message that can be written down."""


def take_in(event: AnymailInboundEvent, esp_name: str, **kwargs: Any) -> None:
    """As `broadsheet take_in` does what a mail server hands over. Raises NotNow and Unreadable."""
    message = event.message
    to = next((address for address in _addresses(message) if handler_of(address)), "")
    try:
        said = taken_in(_raw(message), to or (message.envelope_recipient or ""))
    except (NotAReport, Forged) as error:
        said = f"Passed over: {error}"
    logger.info("From %s: %s", esp_name, said)


def _addresses(message: AnymailInboundMessage) -> Iterator[str]:
    """Whom it is for: as the provider’s mail server had it, then as it says itself."""
    yield from (one.strip() for one in (message.envelope_recipient or "").split(","))
    for one in (*message.to, *message.cc):
        yield one.addr_spec


def _raw(message: AnymailInboundMessage) -> bytes:
    if message.spam_detected and "X-Spam-Flag" not in message:
        message["X-Spam-Flag"] = "YES"
    try:
        # Not `as_bytes`: providers send it as text, whose letters are not those of seven bits.
        return str(message.as_string()).encode("utf-8", "surrogateescape")
    except (MessageError, UnicodeError, LookupError) as error:
        raise Unreadable(str(error)) from error
