from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from broadsheet.demo.magazine import Magazine
from broadsheet.demo.people import PASSWORD, READER, STAFF, SUBSCRIBER
from broadsheet.platform import clock
from broadsheet.platform.processes.progress import step


class Command(BaseCommand):
    help = "Makes The Meridian, the demo's magazine, and says whom to sign in as. Safe to repeat."

    def handle(self, *args: Any, **options: Any) -> None:
        if Magazine.exists():
            self.stdout.write("There is a magazine already: nothing to make.")
        else:
            self._make()
        if options["verbosity"]:
            self._introduce()

    def _make(self) -> None:
        magazine = Magazine(clock.now())
        with step("The Meridian", len(magazine.steps()), "steps") as advance:
            magazine.build(lambda _step: advance(1))
        self.stdout.write(f"Made {len(magazine.articles)} articles in two editions.")

    def _introduce(self) -> None:
        people = [(email, role) for email, _first, _last, role in STAFF]
        people += [(READER[0], "a registered reader"), (SUBSCRIBER[0], "a subscriber")]
        self.stdout.write(f"\nThe desk is at {settings.PUBLIC_URL}/desk/. Everyone's password is {PASSWORD}.")
        for email, role in people:
            self.stdout.write(f"  {email:32} {role}")
        self.stdout.write(f"What to try: {settings.PUBLIC_URL}/demo/")
