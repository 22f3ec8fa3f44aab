"""The rooms above that send by the post room, each by a name of its own."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from django.core.exceptions import ObjectDoesNotExist

from broadsheet.delivery.message.segments import FileOf
from broadsheet.delivery.models import Recipient, Send


class Skip(NamedTuple):
    """Nothing is sent to this recipient; the ledger says why."""

    why: str


type Renewal = Mapping[str, Mapping[str, str] | Skip]
"""A recipient's key → what their tokens are now, or that they are skipped; who is left out stays so."""
type Renew = Callable[[Send, Sequence[Recipient]], Renewal]

_sources: dict[str, Renew] = {}
_files: dict[str, FileOf] = {}


class NoSuchSource(LookupError):
    """No room that is installed sends under this name."""


class SourceFailed(Exception):
    """A room can't say who of its send is still to get it, or give the file that is attached."""


class Held(Exception):
    """A room wants a person to decide whether its send goes on; it says why."""


FAULTS = (
    *(ArithmeticError, AssertionError, AttributeError, LookupError, NameError, OSError, RuntimeError),
    *(TypeError, ValueError, ObjectDoesNotExist),
)
"""What a mistake in a source raises. Errors of the database pass by themselves and are not among them."""


def register(name: str, renew: Renew, file_of: FileOf | None = None) -> None:
    """`renew` is asked just before each batch is sent: a right may have ended since the send was frozen.

    `file_of` gives what is attached, when each message is made; it may not ask the database.
    """
    _sources[name] = renew
    if file_of:
        _files[name] = file_of


def renew(send: Send, recipients: Sequence[Recipient]) -> Renewal:
    """Raises Held, SourceFailed, and DatabaseError."""
    try:
        return _source_of(send)(send, recipients)
    except FAULTS as error:
        raise SourceFailed(f"{type(error).__name__}: {error}") from error


def file_of(source: str, token: str) -> bytes:
    """Raises SourceFailed where it can't be had now."""
    try:
        return _files[source](token)
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
