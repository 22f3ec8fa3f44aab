"""A real SMTP server on this machine, for tests of what a reader's letter box gets."""

import time
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from threading import Condition

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from pytest_django import Settings

from harness.ports import free_port


class LetterBox:
    """What the server accepted, in order."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.messages: list[EmailMessage] = []
        self._arrival = Condition()

    @property
    def url(self) -> str:
        """For ``SMTP_URL``."""
        return f"smtp://127.0.0.1:{self.port}?tls=no"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        message = message_from_bytes(envelope.original_content or b"", policy=policy.default)
        with self._arrival:
            self.messages.append(message)
            self._arrival.notify_all()
        return "250 Accepted"

    def to(self, address: str) -> list[EmailMessage]:
        return [message for message in self.messages if address in str(message["To"])]

    def await_message(self, address: str, count: int = 1, seconds: float = 10) -> EmailMessage:
        """The newest message to `address`, once there are `count` of them."""
        end = time.monotonic() + seconds
        with self._arrival:
            while len(self.to(address)) < count:
                left = end - time.monotonic()
                if left <= 0:
                    raise TimeoutError(f"no message to {address} after {seconds} s")
                self._arrival.wait(left)
        return self.to(address)[-1]


@pytest.fixture(scope="session")
def _smtp_server() -> Iterator[LetterBox]:
    box = LetterBox(free_port())
    controller = Controller(box, hostname="127.0.0.1", port=box.port)
    controller.start()
    yield box
    controller.stop()


@pytest.fixture
def smtp(_smtp_server: LetterBox) -> LetterBox:
    """An empty letter box; the server stays the same for the whole run."""
    _smtp_server.messages.clear()
    return _smtp_server


@pytest.fixture
def mail_by_smtp(smtp: LetterBox, settings: Settings) -> LetterBox:
    """Mail of this process leaves through the letter box's server."""
    settings.MAILERS = {
        "default": {
            "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "OPTIONS": {"host": "127.0.0.1", "port": smtp.port, "timeout": 10},
        }
    }
    return smtp
