from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Brings database, static files and search index up to this version. Safe to repeat."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write("Database …")
        call_command("migrate", interactive=False, verbosity=0)
        call_command("createcachetable", verbosity=0)
        if not settings.DEBUG:
            self.stdout.write("Static files …")
            call_command("collectstatic", interactive=False, verbosity=0)
        self.stdout.write("Search index …")
        call_command("update_index", verbosity=0)
