import os
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import InterfaceError, OperationalError

from broadsheet.delivery.arriving import NotNow, taken_in
from broadsheet.delivery.intake import NotAReport
from broadsheet.delivery.message import Forged


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
            self.stdout.write(taken_in(raw, to))
        except NotNow as error:
            raise CommandError(f"Not now: {error}", returncode=os.EX_TEMPFAIL) from error
        except NotAReport as error:
            self.stdout.write(f"Passed over: {error}")
        except Forged as error:
            self.stdout.write(f"Refused: {error}")
        except (OperationalError, InterfaceError) as error:
            raise CommandError(f"The database is away: {error}", returncode=os.EX_TEMPFAIL) from error
