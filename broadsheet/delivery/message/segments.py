from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage


class TokenMissing(KeyError):
    """A reader's tokens lack one that stands in the message."""


@dataclass(frozen=True, slots=True)
class Segments:
    """A finished message, cut where one reader's differs from another's.

    A token stands in the message as ``{{name}}``: in the headers, in the text and in the HTML. It becomes
    whatever text it is given, as text: in HTML it is escaped, in a header it can't end the line.
    """

    @classmethod
    def compile(cls, message: EmailMessage, tokens: Collection[str], date: datetime) -> "Segments":
        """From `message`, in which each of `tokens` may stand; braces around other names stay as they are.

        It becomes mail by machine (Auto-Submitted), of `date` where it bears none. Without a To it says each
        reader's own address there. Message-ID, Bcc and signatures that it brings are left out.
        """
        raise NotImplementedError

    def join(self, address: str, message_id: str, tokens: Mapping[str, str]) -> bytes:
        """The message to `address`, its lines ended by CRLF; raises TokenMissing."""
        raise NotImplementedError

    def frozen(self) -> bytes:
        """For a row to keep."""
        raise NotImplementedError

    @classmethod
    def thawed(cls, frozen: bytes) -> "Segments":
        raise NotImplementedError
