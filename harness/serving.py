"""`broadsheet serve` as an operator runs it, on a database of its own."""

import os
import signal
import subprocess
import sys
import time
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode

from harness.ports import free_port

SECONDS_TO_START = 90


class Serving:
    def __init__(self, folder: Path, database: str, *options: str, **environment: str) -> None:
        self.port = free_port()
        self.log = folder / "log"
        self.command = [sys.executable, "-m", "broadsheet.cli", "serve", *options]
        self.files: list[int] = []
        self.environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "broadsheet.settings",
            "BROADSHEET_MODE": "development",
            "DATABASE_URL": database,
            "VAR_DIR": str(folder),
            "PORT": str(self.port),
            **environment,
        }

    def launch(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                env=self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
                pass_fds=self.files,
            )

    def start(self) -> None:
        self.launch()
        end = time.monotonic() + SECONDS_TO_START
        while True:
            try:
                self.ask("/robots.txt")
                return
            except OSError:
                if time.monotonic() > end or self.process.poll() is not None:
                    self.stop()
                    raise RuntimeError(self.log.read_text()) from None
                time.sleep(0.2)

    def ask(self, path: str, form: dict[str, str] | None = None) -> tuple[int, str]:
        """The status and the page; with `form` it is posted from our own page."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=60)
        headers = {"Host": f"localhost:{self.port}", "Sec-Fetch-Site": "same-origin"}
        try:
            if form is None:
                connection.request("GET", path, headers=headers)
            else:
                headers["Content-Type"] = "application/x-www-form-urlencoded"
                connection.request("POST", path, urlencode(form), headers)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()

    def family(self) -> set[int]:
        """The ids of this process and of all that came of it."""
        found, new = set(), {self.process.pid} if self.process.poll() is None else set()
        while new:
            found |= new
            new = {child for pid in new for child in self.children(pid)}
        return found

    def children(self, of: int) -> set[int]:
        return {pid for pid, parent in parents().items() if parent == of}

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(60)


def parents() -> dict[int, int]:
    """Process → its parent, of all that are alive; a zombie is not."""
    found = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, parent = stat.read_text().rpartition(")")[2].split()[:2]
        except OSError:
            continue  # it ended meanwhile
        if state != "Z":
            found[int(stat.parent.name)] = int(parent)
    return found
