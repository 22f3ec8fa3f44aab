from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Envelope:
    """One message to one address."""

    key: int
    """Whatever the caller knows it by; the fence and the answers name it."""
    sender: str
    """The return path; empty for mail that must not be returned."""
    recipient: str
    message: bytes | Callable[[], bytes]
    """Lines end in CRLF, dots are not doubled. A function is called once, shortly before it leaves.

    It raises Unsendable where it can make none: then this message is refused, and no other.
    """
    is_dotless: bool = False
    """No line begins with a dot, as in what Segments join. To look for one takes longer than all the rest."""

    def built(self) -> bytes:
        return self.message if isinstance(self.message, bytes) else self.message()
