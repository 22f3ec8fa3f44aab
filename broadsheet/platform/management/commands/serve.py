import socket
import sys
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from broadsheet.platform.supervisor import Child, Supervisor

CLI = (sys.executable, "-m", "broadsheet.cli")
PROCESSES = ("letterbox", "web", "worker", "post", "scheduler")


class Command(BaseCommand):
    requires_system_checks = ()  # each child runs them
    help = "Runs the magazine: web server, task worker, post and scheduler. Ctrl+C or SIGTERM stops them all."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on (%(default)s)")
        parser.add_argument("--only", choices=PROCESSES, help="run one of them")
        parser.add_argument("--reload", action="store_true", help="for development: follow the code")
        parser.add_argument("--check", action="store_true", help="only say whether the port is free")

    def handle(self, *args: Any, host: str, only: str | None, **options: Any) -> None:
        if only in {None, "web"}:
            claim(host, settings.PORT)
        if only in {None, "letterbox"} and settings.LETTERBOX_PORT:
            claim("127.0.0.1", settings.LETTERBOX_PORT)
        if options["check"]:
            return
        commands = {
            "web": web(host, reload=options["reload"]),
            "worker": [*CLI, "db_worker", "--queue-name", "*", reload_flag(options["reload"])],
            "post": [*CLI, "post"],
            "letterbox": [*CLI, "letterbox"],
            "scheduler": [*CLI, "sweep", "--every-minute"],
        }
        names = [only] if only else [name for name in PROCESSES if has_work(name)]
        if "web" in names:
            self.stdout.write(f"{', '.join(names)}: {settings.PUBLIC_URL} on {host}:{settings.PORT}")
        Supervisor([Child(name, commands[name]) for name in names]).run()


def has_work(process: str) -> bool:
    match process:
        case "post":
            # Without a way to send, messages are kept.
            return bool(settings.SMTP or settings.MAIL_PROVIDER)
        case "letterbox":
            return settings.LETTERBOX_PORT is not None
    return True


def claim(host: str, port: int) -> None:
    """Refuses an address that the web server could not listen on, before anything is started."""
    if port > 65_535:
        raise CommandError(f"PORT={port} is no port: it must be between 1 and 65535.")
    try:
        family, kind, proto, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, proto) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        raise CommandError(
            f"Cannot listen on {host}:{port}: {error.strerror}. Set PORT or --host to a free address."
        ) from error


def web(host: str, *, reload: bool) -> list[str]:
    if reload:
        return [*CLI, "runserver", f"{host}:{settings.PORT}"]
    return [
        *(sys.executable, "-m", "granian", "broadsheet.web:application"),
        *("--interface", "wsgi", "--no-ws", "--log-level", "error"),
        *("--host", host, "--port", str(settings.PORT)),
        *("--workers", str(settings.WEB_WORKERS), "--blocking-threads", str(settings.WEB_THREADS)),
        *("--respawn-failed-workers", "--workers-kill-timeout", "10"),
    ]


def reload_flag(reload: bool) -> str:
    return "--reload" if reload else "--no-reload"
