import atexit
import logging
import os
import shutil
import socket
import sys
import tempfile
from argparse import ArgumentParser
from threading import Thread
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from broadsheet.platform.processes import readiness
from broadsheet.platform.processes.supervisor import Child, Supervisor

logger = logging.getLogger(__name__)

CLI = (sys.executable, "-m", "broadsheet.cli")
PROCESSES = ("letterbox", "web", "front", "worker", "post", "scheduler")


class Command(BaseCommand):
    requires_system_checks = (readiness.TAG,)  # each child runs the others
    help = "Runs the magazine: web server, task worker, post and scheduler. Ctrl+C or SIGTERM stops them all."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on (%(default)s)")
        only = [name for name in PROCESSES if name != "front"]
        parser.add_argument("--only", choices=only, help="run one of them; the web server with its fronts")
        parser.add_argument(
            "--no-front", action="store_true", help="let Django take the connections itself, as --reload does"
        )
        parser.add_argument("--reload", action="store_true", help="for development: follow the code")
        parser.add_argument("--check", action="store_true", help="only say whether the port is free")

    def handle(self, *args: Any, host: str, only: str | None, **options: Any) -> None:
        if only in {None, "web"}:
            claim(host, settings.PORT)
        if only in {None, "letterbox"} and settings.LETTERBOX_PORT:
            claim("127.0.0.1", settings.LETTERBOX_PORT, " for the demo’s mail, 25 above PORT")
        if options["check"]:
            return
        with_front = not (options["no_front"] or options["reload"])
        django = share_pages() if with_front and only in {None, "web"} else ""
        commands = {
            "web": web(host, django, reload=options["reload"]),
            "front": front(host, django),
            "worker": [*CLI, "db_worker", "--queue-name", "*", reload_flag(options["reload"])],
            "post": [*CLI, "post"],
            "letterbox": [*CLI, "letterbox"],
            "scheduler": [*CLI, "sweep", "--every-minute"],
        }
        names = [only] if only else [name for name in PROCESSES if has_work(name)]
        names = [name for name in names if name != "front"]
        if django:
            names.insert(names.index("web") + 1, "front")
        where = f" on {host}:{settings.PORT} for {settings.PUBLIC_URL}" if "web" in names else ""
        self.say(f"Serving{where}: {', '.join(names)}. Ctrl+C stops.")
        # Beside it: the magazine starts even where a server is away that it can do without for a while.
        Thread(target=self.say_what_is_missing, daemon=True).start()
        Supervisor([Child(name, commands[name]) for name in names]).run()
        self.say("Stopped.")

    def say(self, sentence: str) -> None:
        self.stdout.write(sentence)
        self.stdout.flush()

    def say_what_is_missing(self) -> None:
        for found in readiness.findings():
            logger.warning("%s", found.msg)


def has_work(process: str) -> bool:
    match process:
        case "post":
            # Without a way to send, messages are kept.
            return bool(settings.SMTP or settings.MAIL_PROVIDER)
        case "letterbox":
            return settings.LETTERBOX_PORT is not None
    return True


def claim(host: str, port: int, purpose: str = "") -> None:
    """Refuses an address that could not be listened on, before anything is started."""
    if port > 65_535:
        raise CommandError(
            f"Cannot listen on {host}:{port}{purpose}: the last port is 65535. Set PORT lower."
        )
    try:
        family, kind, proto, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, proto) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        raise CommandError(
            f"Cannot listen on {host}:{port}{purpose}: {error.strerror}. "
            "Set PORT or --host to a free address."
        ) from error


def share_pages() -> str:
    """The socket of Django's processes, in a folder that nobody else can enter.

    The children inherit where they share pages with the fronts. That begins anew with each start, so that
    nothing of an older database or an older version comes back.
    """
    folder = settings.VAR / "edge"
    folder.mkdir(mode=0o700, exist_ok=True)
    for old in folder.glob("pages-*"):
        old.unlink(missing_ok=True)
    os.environ["BROADSHEET_SPOOL"] = str(folder / f"pages-{os.getpid()}.sqlite3")
    # Not in VAR: a socket's whole path has at most 107 characters.
    sockets = tempfile.mkdtemp(prefix="broadsheet-")
    atexit.register(shutil.rmtree, sockets, ignore_errors=True)
    return f"{sockets}/django"


def front(host: str, django: str) -> list[str]:
    return [
        *(sys.executable, "-m", "broadsheet.edge.front", "--django", django),
        *("--host", host, "--port", str(settings.PORT), "--log-level", settings.LOG_LEVEL),
    ]


def web(host: str, django: str, *, reload: bool) -> list[str]:
    if reload:
        return [*CLI, "runserver", f"{host}:{settings.PORT}"]
    where = ("--uds", django) if django else ("--host", host, "--port", str(settings.PORT))
    return [
        *(sys.executable, "-m", "granian", "broadsheet.web:application"),
        *("--interface", "wsgi", "--no-ws", "--log-level", "error"),
        *where,
        *("--workers", str(settings.WEB_WORKERS), "--blocking-threads", str(settings.WEB_THREADS)),
        *("--respawn-failed-workers", "--workers-kill-timeout", "10"),
    ]


def reload_flag(reload: bool) -> str:
    return "--reload" if reload else "--no-reload"
