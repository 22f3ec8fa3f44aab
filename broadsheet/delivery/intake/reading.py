"""One message that came in, read: as a complaint, as a notification, last by the habits of odd servers."""

import re
from email import message_from_bytes

from flufl.bounce import all_failures

from broadsheet.delivery.intake.arf import complaint
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


def read(raw: bytes, envelope_to: str = "") -> Report:
    """`raw` as it came in, to `envelope_to` where the mail server says so; raises NotAReport."""
    if len(raw) > LARGEST:
        raise NotAReport("It is too large to be a report.")
    message = message_from_bytes(raw)
    try:
        return _read(message, raw, envelope_to)
    except (AttributeError, LookupError, TypeError) as error:
        # The parsers, the standard library's and flufl's, trip so over headers that are malformed enough.
        raise NotAReport("It is too malformed to be read.") from error


def _read(message: Fields, raw: bytes, envelope_to: str) -> Report:
    if found := complaint(message):
        return Report(
            kind=Kind.COMPLAINT,
            identity=identity(message, raw),
            return_paths=return_paths(message, envelope_to, found.return_path),
            address=found.address,
            words=found.words,
            reported_by=found.reported_by,
        )
    if notified := notification(message):
        return Report(
            kind=notified.kind,
            identity=identity(message, raw),
            return_paths=return_paths(message, envelope_to),
            address=notified.address,
            words=notified.words,
            reported_by=notified.reported_by,
        )
    return _odd(message, raw, envelope_to)


def _odd(message: Fields, raw: bytes, envelope_to: str) -> Report:
    delayed, returned = all_failures(message)
    if not (delayed or returned):
        raise NotAReport("It is no report that is known.")
    # What stands below is what it returns, and may say anything.
    words = COPY_BELOW.split(plain_text(message))[0]
    return Report(
        kind=verdict("", words) if returned else Kind.TAKEN,
        identity=identity(message, raw),
        return_paths=return_paths(message, envelope_to),
        address=sorted(returned or delayed)[0].decode(errors="replace"),
        words=in_one_line(words),
        reported_by=field(message, "from")[:120],
    )
