"""The demo's mail server: it takes every message, as a real one would, and lays it down to be read."""

import asyncio
import threading
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session
from django.conf import settings

from broadsheet.delivery.mailbox import write_message

RECIPIENT = "X-Recipient"
"""Whom the envelope names: the message itself may say another, or nobody."""
LOOK = 0.25
"""Seconds between two looks whether a thread is to stop."""


class LetterBox:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        for recipient in envelope.rcpt_tos:
            header = f"{RECIPIENT}: {recipient}\r\n".encode()
            write_message(self._folder, header + (envelope.original_content or b""))
        return "250 2.0.0 Laid down"


def work(stopping: threading.Event) -> None:
    """Takes messages until `stopping`, in a thread beside others."""

    async def run() -> None:
        server = await open_server()
        async with server:
            while not stopping.is_set():
                await asyncio.sleep(LOOK)

    asyncio.run(run())


async def open_server() -> asyncio.Server:
    loop = asyncio.get_running_loop()
    box = LetterBox(settings.MAILBOX_DIR)
    return await loop.create_server(
        lambda: SMTP(box, hostname="localhost", enable_SMTPUTF8=True, loop=loop),
        "127.0.0.1",
        settings.LETTERBOX_PORT,
        reuse_port=True,  # new processes begin before the old ones end
    )
