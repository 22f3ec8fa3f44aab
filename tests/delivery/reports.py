"""Reports of messages, as plain values, and what they come to."""

from itertools import count

from broadsheet.delivery.intake import Kind, Report
from broadsheet.delivery.models import Recipient, Suppression
from tests.delivery.envelopes import path_of

numbers = count()


def came(recipient: Recipient, kind: Kind, words: str = "550 5.1.1 user unknown") -> Report:
    return Report(kind, f"{next(numbers):064}", (path_of(recipient),), recipient.address, words, "mx.example")


def reason_of(address: str) -> str | None:
    found = Suppression.objects.among([address]).get(address)
    return found.reason if found else None
