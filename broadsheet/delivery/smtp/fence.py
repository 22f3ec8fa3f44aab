from typing import Protocol

from broadsheet.delivery.smtp.answer import Answer


class Sealed(Exception):
    """The message belongs to somebody else by now. It must not be sent from here."""


class Fence(Protocol):
    """Stands before each final dot, which nobody can take back."""

    def before_dot(self, key: int) -> None:
        """Called when the server has all of the message but the dot; raises Sealed to keep it from going out.

        After Sealed the connection is dropped, and no answer is reported for this message.
        """

    def after(self, key: int, answer: Answer) -> None:
        """Called once for each message that was taken, whether or not its dot was sent."""
