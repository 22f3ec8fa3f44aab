"""SMTP as a client that sends many messages to one server. Knows no rows and no settings."""

from broadsheet.delivery.smtp.answer import Answer, Result
from broadsheet.delivery.smtp.capabilities import Unsendable
from broadsheet.delivery.smtp.connection import greet
from broadsheet.delivery.smtp.delivering import deliver
from broadsheet.delivery.smtp.envelope import Envelope
from broadsheet.delivery.smtp.fence import Fence, Sealed
from broadsheet.delivery.smtp.relay import Relay, Security, Timeouts, Unreachable

__all__ = [
    "Answer",
    "Envelope",
    "Fence",
    "Relay",
    "Result",
    "Sealed",
    "Security",
    "Timeouts",
    "Unreachable",
    "Unsendable",
    "deliver",
    "greet",
]
