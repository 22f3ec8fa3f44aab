import getpass
import sys
from argparse import ArgumentParser
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from rich.console import Console

from broadsheet.delivery import message_files, post_room, smtp
from broadsheet.delivery.message import BadKey
from broadsheet.delivery.models import Lane, Recipient, Send
from broadsheet.delivery.progress import Progress
from broadsheet.delivery.worker.worker import Transport

ACTIONS = {"hold": "is held", "resume": "goes on", "stop": "is stopped"}


class Command(BaseCommand):
    help = (
        "Sends the letters and issues that are due, until it is stopped. It may be killed at any moment: "
        "nobody gets a message twice."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_mutually_exclusive_group()
        actions.add_argument("--hold", type=int, metavar="SEND", help="let this send wait")
        actions.add_argument("--resume", type=int, metavar="SEND", help="let it go on")
        actions.add_argument(
            "--stop", type=int, metavar="SEND", help="end it: whom it has not reached is skipped"
        )
        actions.add_argument("--file", type=Path, metavar="MESSAGE.EML", help="send this message, then end")
        parser.add_argument(
            "--to-list",
            type=Path,
            metavar="LIST.CSV",
            help="to these addresses: a column “address”, others for {{tokens}}",
        )
        parser.add_argument("--smtp", metavar="URL", help="by this server and by no other")

    def handle(self, *args: Any, **options: Any) -> None:
        for action, said in ACTIONS.items():
            if options[action] is not None:
                self._act(options[action], action, said)
                return
        transport = _transport(options["smtp"])
        try:
            if options["file"] or options["to_list"]:
                self._send_file(transport, options["file"], options["to_list"])
            else:
                watch = Progress(Console()) if sys.stdout.isatty() else None
                post_room.run(transport, *post_room.LANES, watch=watch)
        except BadKey as error:
            raise CommandError(f"DKIM_KEY: {error}") from error

    def _act(self, pk: int, action: str, said: str) -> None:
        send = _send(pk)
        if not getattr(send, action)(by=getpass.getuser()):
            raise CommandError(f"Send {pk} is {send.get_state_display()}.")
        self.stdout.write(f"Send {pk} {said}: {send}")

    def _send_file(self, transport: Transport, message: Path | None, addresses: Path | None) -> None:
        if not (message and addresses):
            raise CommandError("--file and --to-list belong together.")
        try:
            send = message_files.freeze(message, addresses)
        except OSError as error:
            raise CommandError(f"{error.filename} can’t be read: {error.strerror}.") from error
        except (message_files.Unusable, UnicodeDecodeError) as error:
            raise CommandError(str(error)) from error
        if send.state == Send.State.HELD:
            raise CommandError(f"Send {send.pk} is held. To go on: broadsheet post --resume {send.pk}")
        watch = Progress(Console(), send.pk) if sys.stdout.isatty() else None
        post_room.run(
            transport, Lane.FILES, send=send.pk, until=lambda: not _send(send.pk).is_on_its_way, watch=watch
        )
        send.refresh_from_db()
        counts = ", ".join(
            f"{count:,} {Recipient.State(state).label}" for state, count in sorted(send.counts().items())
        )
        self.stdout.write(f"Send {send.pk}, {send.get_state_display()}: {counts}")


def _send(pk: int) -> Send:
    try:
        return Send.objects.get(pk=pk)
    except Send.DoesNotExist:
        raise CommandError(f"There is no send {pk}.") from None


def _transport(url: str | None) -> Transport:
    if url is not None:
        try:
            return partial(smtp.deliver, smtp.Relay.at(url, settings.PUBLIC.hostname or "localhost"))
        except ValueError as error:
            raise CommandError(f"--smtp: {error}") from error
    try:
        return post_room.configured_transport()
    except post_room.NoWay as error:
        raise CommandError(str(error)) from error
