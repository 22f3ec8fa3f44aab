"""A send to many, by `broadsheet post` as an operator runs it, which is killed; and what the ledgers say."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from broadsheet.delivery.models import Recipient, Send
from harness import smtp_server

MESSAGE = """\
From: The Meridian <letters@meridian.example>
Subject: Tuesday’s briefing for {{name}}
Content-Type: text/plain; charset=utf-8

Good morning, {{name}}.
"""


@dataclass(frozen=True)
class Verdict:
    """What the mail server took, beside what the rows say."""

    twice: list[str]
    missed: list[str]
    """Who has no message, though the rows say so, or say nothing."""
    unknown: int
    submitted: int


class Sending:
    def __init__(self, folder: Path, database: str, recipients: int) -> None:
        self.folder = folder
        self.ledger = folder / "ledger"
        self.addresses = [f"reader-{number}@reader.example" for number in range(recipients)]
        (folder / "message.eml").write_text(MESSAGE, encoding="utf-8")
        lines = [f"{address},Reader {number}" for number, address in enumerate(self.addresses)]
        (folder / "list.csv").write_text("\n".join(["address,name", *lines]))
        self.environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "broadsheet.settings",
            "BROADSHEET_MODE": "development",
            "DATABASE_URL": database,
            "VAR_DIR": str(folder),
            "LOG_LEVEL": "ERROR",
        }

    def begin(self, port: int) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "broadsheet.cli", "post"]
        command += ["--file", str(self.folder / "message.eml"), "--to-list", str(self.folder / "list.csv")]
        command += ["--smtp", f"smtp://127.0.0.1:{port}?tls=no"]
        with (self.folder / "log").open("ab") as log:
            return subprocess.Popen(command, env=self.environment, stdout=log, stderr=log)

    def kill_when(self, port: int, is_time: Callable[[], bool], seconds: float = 60) -> bool:
        """Begins, and kills when `is_time`; False where it had ended by itself before."""
        process = self.begin(port)
        end = time.monotonic() + seconds
        while process.poll() is None and not is_time():
            if time.monotonic() > end:
                process.kill()
                raise TimeoutError((self.folder / "log").read_text())
            time.sleep(0.002)
        process.send_signal(signal.SIGKILL)
        return process.wait() == -signal.SIGKILL

    def finish(self, port: int, seconds: float = 300) -> None:
        process = self.begin(port)
        if process.wait(seconds):
            raise RuntimeError((self.folder / "log").read_text())

    def taken(self) -> int:
        """How many bytes the server's ledger has."""
        return self.ledger.stat().st_size if self.ledger.exists() else 0

    def verdict(self) -> Verdict:
        """To be asked when the send is done. The rows must be those of its database."""
        send = Send.objects.get(source="file")
        arrived = Counter(taken.recipient for taken in smtp_server.read(self.ledger))
        states = dict(send.recipients.values_list("address", "state"))
        assert states.keys() == set(self.addresses)
        has_not = {address for address in self.addresses if not arrived[address]}
        unknown = {address for address, state in states.items() if state == Recipient.State.UNKNOWN}
        return Verdict(
            twice=[address for address, count in arrived.items() if count > 1],
            missed=sorted(has_not - unknown),
            unknown=len(unknown),
            submitted=sum(state == Recipient.State.SUBMITTED for state in states.values()),
        )
