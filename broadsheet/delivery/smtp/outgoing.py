import re

from broadsheet.delivery.smtp.answer import Answer
from broadsheet.delivery.smtp.capabilities import Capabilities
from broadsheet.delivery.smtp.envelope import Envelope

# A lone CR or LF ends a line for some servers and not for others: behind one, a dot would end the
# message, and what follows it would be commands.
DOT_ON_A_LINE = re.compile(rb"(?:\r\n|\r|\n)\.")


class Outgoing:
    """An envelope on its way: its message as the wire wants it, and how often it was lost so far."""

    __slots__ = ("_message", "envelope", "losses", "mail", "rcpt", "said")

    def __init__(self, envelope: Envelope) -> None:
        self.envelope = envelope
        self.mail = self.rcpt = b""
        self.losses = 0
        """Connections that were lost before its dot."""
        self.said: Answer | None = None
        """By the server, when it closed one of them."""
        self._message: bytes | None = None

    @property
    def message(self) -> bytes:
        """Dots doubled, the last line ended."""
        if self._message is None:
            message = self.envelope.built()
            self._message = ended(message) if self.envelope.is_dotless else ended(stuffed(message))
        return self._message

    def address(self, can: Capabilities) -> None:
        """Writes the commands that a server wants who `can` do that; raises Unsendable."""
        self.mail, self.rcpt = can.mail_and_rcpt(self.envelope.sender, self.envelope.recipient, self.message)


def stuffed(message: bytes) -> bytes:
    if message.startswith(b"."):
        message = b"." + message
    # In most messages no line begins with a dot, and to see that is quicker than to replace.
    if b"\n." in message or b"\r." in message:
        message = DOT_ON_A_LINE.sub(b"\r\n..", message)
    return message


def ended(message: bytes) -> bytes:
    return message if message.endswith(b"\r\n") else message + b"\r\n"
