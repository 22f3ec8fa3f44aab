"""One message that came in, read: as a complaint, as a notification, last by the habits of odd servers."""

import re
from collections.abc import Callable
from email import message_from_bytes

from flufl.bounce import all_failures

from broadsheet.delivery.intake.arf import complaint
from broadsheet.delivery.intake.automatic import is_answer_by_machine, is_from_nobody
from broadsheet.delivery.intake.dsn import notification
from broadsheet.delivery.intake.parts import Fields, field, identity, plain_text, return_paths
from broadsheet.delivery.intake.report import Kind, NotAReport, Report
from broadsheet.delivery.intake.verdict import in_one_line, verdict

COPY_BELOW = re.compile(
    r"^\W*(?:below this line is a copy|this is a copy|(?:the )?original message|returned message)",
    re.IGNORECASE | re.MULTILINE,
)
"""How servers without parts divide their own words from the message that they return."""
LARGEST = 10 * 1024 * 1024
"""Bytes. Some servers return all of a message, with its pictures."""
MALFORMED = (AttributeError, LookupError, TypeError)
"""What the parsers, the standard library's and flufl's, raise at headers that are malformed enough."""

type Reading = Callable[[Fields, bytes, str], Report | None]
"""Of a message, its bytes, and whom it came to; None where it is no report of that format."""


def read(raw: bytes, envelope_to: str = "") -> Report:
    """`raw` as it came in, to `envelope_to` where the mail server says so; raises NotAReport."""
    if len(raw) > LARGEST:
        raise NotAReport("It is too large to be a report.")
    message = message_from_bytes(raw)
    broken: Exception | None = None
    # What one of them can't read, the next one may.
    for reading in READINGS:
        try:
            if report := reading(message, raw, envelope_to):
                return report
        except MALFORMED as error:
            broken = error
    if broken:
        raise NotAReport("It is too malformed to be read.") from broken
    raise NotAReport("It is no report that is known.")


def _complaint(message: Fields, raw: bytes, envelope_to: str) -> Report | None:
    """Raises NotAReport for one that says that a message was no spam."""
    found = complaint(message)
    if found is None:
        return None
    return Report(
        kind=Kind.COMPLAINT,
        identity=identity(message, raw),
        return_paths=return_paths(message, envelope_to, found.return_path),
        address=found.address,
        words=found.words,
        reported_by=found.reported_by,
    )


def _notification(message: Fields, raw: bytes, envelope_to: str) -> Report | None:
    found = notification(message)
    if found is None:
        return None
    return Report(
        kind=found.kind,
        identity=identity(message, raw),
        return_paths=return_paths(message, envelope_to),
        address=found.address,
        words=found.words,
        reported_by=found.reported_by,
    )


def _by_habit(message: Fields, raw: bytes, envelope_to: str) -> Report | None:
    """As one of the many servers that write reports in a way of their own, whom flufl knows."""
    delayed, returned = all_failures(message)
    if not (delayed or returned):
        return None
    words = _own_words(message)
    return Report(
        kind=verdict("", words) if returned else Kind.TAKEN,
        identity=identity(message, raw),
        return_paths=return_paths(message, envelope_to),
        address=sorted(returned or delayed)[0].decode(errors="replace"),
        words=in_one_line(words),
        reported_by=field(message, "from")[:120],
    )


def _by_return_path(message: Fields, raw: bytes, envelope_to: str) -> Report | None:
    """Whatever a mail server sends to a return path of ours, in whatever format: something came back."""
    paths = return_paths(message, envelope_to)
    if not paths or not is_from_nobody(message) or is_answer_by_machine(message):
        return None
    words = _own_words(message)
    return Report(
        kind=verdict("", words),
        identity=identity(message, raw),
        return_paths=paths,
        words=in_one_line(words or field(message, "subject")),
        reported_by=field(message, "from")[:120],
    )


def _own_words(message: Fields) -> str:
    """The server's, without those of the message that it returns, which may say anything."""
    return COPY_BELOW.split(plain_text(message))[0]


READINGS: tuple[Reading, ...] = (_complaint, _notification, _by_habit, _by_return_path)
