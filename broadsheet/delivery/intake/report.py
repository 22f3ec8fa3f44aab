from dataclasses import dataclass
from enum import StrEnum

LONGEST_WORDS = 500


class NotAReport(ValueError):
    """Says nothing about a message of ours: an answer from somebody on holiday, spam, a newsletter."""


class Kind(StrEnum):
    """What a report says of one message."""

    HARD = "hard"
    """It was returned: nobody has a mailbox at that address."""
    SOFT = "soft"
    """It was returned, but the next one may be taken."""
    COMPLAINT = "complaint"
    """Its reader called it spam."""
    TAKEN = "taken"
    """A server took it and has not returned it."""


@dataclass(frozen=True, slots=True)
class Report:
    kind: Kind
    identity: str
    """64 hexadecimal digits: the same report, come twice, has the same ones."""
    return_paths: tuple[str, ...] = ()
    """Addresses in it that look like our return paths, not yet verified."""
    address: str = ""
    """Whose mailbox it is about, in the reporter's words; empty where it doesn't say."""
    words: str = ""
    """The server's own, in one line of at most 500 characters."""
    reported_by: str = ""
