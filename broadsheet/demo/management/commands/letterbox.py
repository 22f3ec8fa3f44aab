import asyncio
import signal
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from broadsheet.demo.letterbox import open_server


class Command(BaseCommand):
    requires_system_checks = ()
    help = "The demo's mail server, on this machine alone: whatever it is sent is to be read at /demo/mail/."

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.LETTERBOX_PORT is None:
            raise CommandError("Messages go elsewhere: this is for the demo without SMTP_URL.")
        try:
            asyncio.run(listen())
        except OSError as error:
            raise CommandError(
                f"Cannot listen on 127.0.0.1:{settings.LETTERBOX_PORT}: {error.strerror}"
            ) from error


async def listen() -> None:
    """Until SIGTERM or SIGINT."""
    stop = asyncio.Event()
    for signum in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(signum, stop.set)
    async with await open_server():
        await stop.wait()
