"""The demo's mail server: it takes every message, as a real one would, and lays it down to be read."""

from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

from broadsheet.delivery.mailbox import write_message

RECIPIENT = "X-Recipient"
"""Whom the envelope names: the message itself may say another, or nobody."""


class LetterBox:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        for recipient in envelope.rcpt_tos:
            header = f"{RECIPIENT}: {recipient}\r\n".encode()
            write_message(self._folder, header + (envelope.original_content or b""))
        return "250 2.0.0 Laid down"
