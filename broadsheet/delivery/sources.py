"""The rooms above that send by the post room, each by a name of its own."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from django.core.exceptions import ObjectDoesNotExist

from broadsheet.delivery.models import Recipient, Send


class Skip(NamedTuple):
    """Nothing is sent to this recipient; the ledger says why."""

    why: str


type Renewal = Mapping[str, Mapping[str, str] | Skip]
"""A recipient's key → what their tokens are now, or that they are skipped; who is left out stays so."""
type Renew = Callable[[Send, Sequence[Recipient]], Renewal]

_sources: dict[str, Renew] = {}


class NoSuchSource(LookupError):
    """No room that is installed sends under this name."""


class SourceFailed(Exception):
    """A room can't say any more who of its send is still to get it."""


class Held(Exception):
    """A room wants a person to decide whether its send goes on; it says why."""


FAULTS = (
    *(ArithmeticError, AssertionError, AttributeError, LookupError, NameError, OSError, RuntimeError),
    *(TypeError, ValueError, ObjectDoesNotExist),
)
"""What a mistake in a source raises. Errors of the database pass by themselves and are not among them."""


def register(name: str, renew: Renew) -> None:
    """`renew` is asked just before each batch is sent: a right may have ended since the send was frozen."""
    _sources[name] = renew


def renew(send: Send, recipients: Sequence[Recipient]) -> Renewal:
    """Raises Held, SourceFailed, and DatabaseError."""
    try:
        return _source_of(send)(send, recipients)
    except FAULTS as error:
        raise SourceFailed(f"{type(error).__name__}: {error}") from error


def _source_of(send: Send) -> Renew:
    try:
        return _sources[send.source]
    except KeyError:
        raise NoSuchSource(send.source) from None


def unchanged(send: Send, recipients: Sequence[Recipient]) -> Renewal:
    """For sources whose recipients can't lose a right."""
    return {}
