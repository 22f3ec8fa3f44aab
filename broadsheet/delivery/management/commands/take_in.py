import os
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import InterfaceError, OperationalError

from broadsheet.delivery.arriving import NotNow, handler_of
from broadsheet.delivery.intake import NotAReport, read
from broadsheet.delivery.message import Forged
from broadsheet.delivery.models import Bounce


class Command(BaseCommand):
    requires_system_checks = ()  # a mail server runs it for each message
    help = (
        "Takes in one message from standard input: what came back, why and from where, a complaint, or what"
        " somebody wrote to the contact address. For a mail server’s pipe."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--to", default="", metavar="ADDRESS", help="whom the mail server has it for")

    def handle(self, *args: Any, to: str, **options: Any) -> None:
        """Ends with status 0 for what is no report as well: a mail server would return it to its sender."""
        raw = sys.stdin.buffer.read()
        try:
            self.stdout.write(self._taken_in(raw, to))
        except NotNow as error:
            raise CommandError(f"Not now: {error}", returncode=os.EX_TEMPFAIL) from error
        except NotAReport as error:
            self.stdout.write(f"Passed over: {error}")
        except Forged as error:
            self.stdout.write(f"Refused: {error}")
        except (OperationalError, InterfaceError) as error:
            raise CommandError(f"The database is away: {error}", returncode=os.EX_TEMPFAIL) from error

    def _taken_in(self, raw: bytes, to: str) -> str:
        """Raises NotAReport, Forged, NotNow."""
        if take_in := handler_of(to):
            return take_in(raw, to)
        bounce = Bounce.objects.take_in(read(raw, to))
        return f"Taken in: {bounce}" if bounce else "Taken in: nothing was returned."
