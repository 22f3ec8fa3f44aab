import getpass
import sys
from argparse import ArgumentParser
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from rich.console import Console

from broadsheet.delivery import from_file, post_room, smtp
from broadsheet.delivery.message import BadKey
from broadsheet.delivery.models import Lane, Recipient, Send
from broadsheet.delivery.progress import Progress
from broadsheet.delivery.provider.delivering import deliver as hand_over
from broadsheet.delivery.worker.worker import Carry

TURNS = {"hold": "is held", "resume": "goes on", "stop": "is stopped"}


class Command(BaseCommand):
    help = (
        "Sends the letters and issues that are due, until it is stopped. It may be killed at any moment: "
        "nobody gets a message twice."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        turns = parser.add_mutually_exclusive_group()
        turns.add_argument("--hold", type=int, metavar="SEND", help="let this send wait")
        turns.add_argument("--resume", type=int, metavar="SEND", help="let it go on")
        turns.add_argument(
            "--stop", type=int, metavar="SEND", help="end it: whom it has not reached is skipped"
        )
        turns.add_argument("--file", type=Path, metavar="MESSAGE.EML", help="send this message, and then end")
        parser.add_argument(
            "--to-list",
            type=Path,
            metavar="LIST.CSV",
            help="to these addresses: a column “address”, others for {{tokens}}",
        )
        parser.add_argument("--smtp", metavar="URL", help="by this server and by no other")

    def handle(self, *args: Any, **options: Any) -> None:
        for turn, said in TURNS.items():
            if options[turn] is not None:
                self._turn(options[turn], turn, said)
                return
        carry = _carry(options["smtp"])
        try:
            if options["file"] or options["to_list"]:
                self._send_file(carry, options["file"], options["to_list"])
            else:
                watch = Progress(Console()) if sys.stdout.isatty() else None
                post_room.run(carry, Lane.LETTERS, Lane.ISSUES, watch=watch)
        except BadKey as error:
            raise CommandError(f"DKIM_KEY: {error}") from error

    def _turn(self, pk: int, turn: str, said: str) -> None:
        send = _send(pk)
        if not getattr(send, turn)(by=getpass.getuser()):
            raise CommandError(f"Send {pk} is {send.get_state_display()}.")
        self.stdout.write(f"Send {pk} {said}: {send}")

    def _send_file(self, carry: Carry, message: Path | None, addresses: Path | None) -> None:
        if not (message and addresses):
            raise CommandError("--file and --to-list belong together.")
        try:
            send = from_file.freeze(message, addresses)
        except (from_file.Unusable, OSError, UnicodeDecodeError) as error:
            raise CommandError(str(error)) from error
        if send.state == Send.State.HELD:
            raise CommandError(f"Send {send.pk} is held. To go on: broadsheet post --resume {send.pk}")
        watch = Progress(Console(), send.pk) if sys.stdout.isatty() else None
        post_room.run(
            carry, Lane.FILES, send=send.pk, until=lambda: not _send(send.pk).is_on_its_way, watch=watch
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


def _carry(url: str | None) -> Carry:
    if url is not None:
        try:
            return partial(smtp.deliver, smtp.Relay.at(url, settings.PUBLIC.hostname or "localhost"))
        except ValueError as error:
            raise CommandError(f"--smtp: {error}") from error
    if settings.MAIL_PROVIDER:
        return partial(hand_over, settings.MAIL_PROVIDER)
    if settings.SMTP:
        return partial(smtp.deliver, settings.SMTP)
    raise CommandError("SMTP_URL is not set, so that messages are kept: see docs/settings.md")
