"""SMTP as a client that sends many messages to one server. Knows no rows and no settings."""

from broadsheet.delivery.smtp.answer import Answer, Kind
from broadsheet.delivery.smtp.capabilities import Unfit
from broadsheet.delivery.smtp.delivering import deliver
from broadsheet.delivery.smtp.envelope import Envelope
from broadsheet.delivery.smtp.fence import Fence, Sealed
from broadsheet.delivery.smtp.relay import Patience, Relay, Security, Unreachable

__all__ = [
    "Answer",
    "Envelope",
    "Fence",
    "Kind",
    "Patience",
    "Relay",
    "Sealed",
    "Security",
    "Unfit",
    "Unreachable",
    "deliver",
]
