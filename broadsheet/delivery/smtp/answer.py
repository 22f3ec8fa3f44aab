from dataclasses import dataclass
from enum import StrEnum

LONGEST_WORDS = 500
STOPPED = "The sending was stopped."


class Result(StrEnum):
    """What became of one message."""

    SUBMITTED = "submitted"
    DEFERRED = "deferred"
    """The server said no for now (4xx), or hung up each time before the final dot."""
    REFUSED = "refused"
    """The server said no for good (5xx), or this message can never be said to it."""
    UNKNOWN = "unknown"
    """The final dot was sent and no answer came: the reader may have the message, or not."""
    UNSENT = "unsent"
    """No final dot was sent: nobody has the message."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server said to one message, or that it said nothing."""

    result: Result
    code: int = 0
    """Three digits; 0 where no answer came."""
    enhanced: str = ""
    """Of RFC 3463, such as 5.1.1; empty where the server gave none."""
    words: str = ""
    """The server's own, in one line of at most 500 characters, or why there are none."""

    def __str__(self) -> str:
        return " ".join(part for part in (str(self.code or ""), self.enhanced, self.words) if part)
