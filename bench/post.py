"""Messages of about 90 KB to one server, beside postfix's `smtp-source`, which sends one that it has ready.

Both send to postfix's `smtp-sink`, over as many connections: on this machine, and 20 ms away through a proxy.
“The wire” is our client by itself with each reader's message joined, “all of it” is `broadsheet post` with
its rows, its journal and its worker. The daemon of postfix is not needed and not started.
"""

import asyncio
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from datetime import UTC, datetime
from email.message import EmailMessage
from functools import partial
from pathlib import Path
from typing import NamedTuple

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from bench.table import show
from broadsheet.delivery.message import Listing, Segments, Signer, message_id, return_path
from broadsheet.delivery.smtp import Answer, Envelope, Relay, Result, deliver
from broadsheet.platform.processes.progress import step
from harness import engines
from harness.ports import free_port

CONNECTIONS = 10
MESSAGES = 10_000
MESSAGES_FAR = 2_000
ROUNDS = 2
ROUND_TRIP = 0.02
DOMAIN = "magazine.example"
TOKENS = ("name", "leave")
FROZEN_AT = datetime(2026, 11, 24, 6, tzinfo=UTC)

# Run by the product's own Python, on the database that is measured. Prints the seconds from the worker's
# beginning to the last row.
SEND = """
from functools import partial
from pathlib import Path
from broadsheet.delivery import message_files, post_room, smtp
from broadsheet.delivery.models import Lane, Send
from broadsheet.platform import clock

send = message_files.freeze(Path("{folder}/message.eml"), Path("{folder}/list.csv"))
begun = clock.now()
post_room.run(
    partial(smtp.deliver, smtp.Relay.at("{url}")),
    Lane.FILES,
    send=send.pk,
    until=lambda: not Send.objects.get(pk=send.pk).is_on_its_way,
)
counts = send.counts()
if counts != {{"submitted": {count}}}:
    raise SystemExit(f"not everyone was sent a message: {{counts}}")
print((send.recipients.latest("answered_at").answered_at - begun).total_seconds())
"""


def briefing() -> EmailMessage:
    message = EmailMessage()
    message["From"] = f"The Meridian <letters@{DOMAIN}>"
    message["Subject"] = "Tuesday’s briefing for {{name}}"
    Listing(f"briefing.{DOMAIN}", "The Briefing", "{{leave}}", "bench:briefing:issue:meridian").mark(message)
    paragraph = "<p>The council of Port Ansel voted on Monday to keep its ferries – for another year.</p>\n"
    message.set_content("Dear {{name}},\n\nthe news is in the other part.\n\n{{leave}}\n")
    html = f"<p>Dear {{{{name}}}},</p>\n{paragraph * 880}<a href='{{{{leave}}}}'>Leave</a>\n"
    message.add_alternative(html, subtype="html")
    return message


def tokens(number: int) -> dict[str, str]:
    return {"name": f"Reader {number}", "leave": f"https://{DOMAIN}/leave/{number}-{'t' * 60}"}


def address(number: int) -> str:
    return f"reader-{number}@mailboxes-{number % 50}.example"


class Row(NamedTuple):
    what: str
    rate: Callable[[], float]
    of_source: float = 0
    a_second: float = 0

    def goal(self, rate: float, ratio: float) -> str:
        if self.of_source:
            return f"{self.of_source} {'✓' if ratio >= self.of_source else '✗'}"
        if self.a_second:
            return f"{self.a_second:.0f}/s {'✓' if rate >= self.a_second else '✗'}"
        return ""


class Tally:
    """Lets everything go and counts it."""

    def __init__(self) -> None:
        self.submitted = 0

    def before_dot(self, key: int) -> None:
        pass

    def after(self, key: int, answer: Answer) -> None:
        if answer.result is not Result.SUBMITTED:
            raise RuntimeError(f"message {key} was answered: {answer}")
        self.submitted += 1


def envelopes(segments: Segments, count: int, signer: Signer | None) -> Iterator[Envelope]:
    secret = b"bench"

    def made(number: int) -> bytes:
        identity = message_id(secret, "bench", str(number), DOMAIN)
        message = segments.join(address(number), identity, tokens(number))
        return signer.signed(message, is_plain=segments.is_plain) if signer else message

    for number in range(count):
        sender = return_path(secret, number, DOMAIN)
        yield Envelope(number, sender, address(number), partial(made, number), segments.is_plain)


def wire(port: int, count: int, signer: Signer | None) -> float:
    """Messages a second."""
    segments = Segments.compile(briefing(), TOKENS, FROZEN_AT)
    relay, tally = Relay.at(f"smtp://127.0.0.1:{port}?tls=no"), Tally()
    begun = time.perf_counter()
    asyncio.run(deliver(relay, envelopes(segments, count, signer), tally, connections=CONNECTIONS))
    seconds = time.perf_counter() - begun
    if tally.submitted != count:
        raise RuntimeError(f"{tally.submitted} of {count} messages were taken")
    return count / seconds


def source(port: int, count: int, size: int) -> float:
    command = [_find("smtp-source"), "-d", "-s", str(CONNECTIONS), "-m", str(count), "-l", str(size)]
    command += ["-f", f"letters@{DOMAIN}", "-t", "reader@mailboxes.example", f"127.0.0.1:{port}"]
    begun = time.perf_counter()
    subprocess.run(command, check=True)
    return count / (time.perf_counter() - begun)


def everything(port: int, count: int, database: str, folder: Path, key: bytes = b"") -> float:
    with tempfile.TemporaryDirectory(dir=folder) as name:
        within = Path(name)
        message = briefing()
        # Else the second run on one database would find the first one's send, and nothing left to do.
        message["X-Run"] = name
        (within / "message.eml").write_bytes(message.as_bytes())
        lines = [",".join([address(number), *tokens(number).values()]) for number in range(count)]
        (within / "list.csv").write_text(
            "\n".join([",".join(["address", *TOKENS]), *lines]), encoding="utf-8"
        )
        signing = {"DKIM_DOMAIN": DOMAIN, "DKIM_SELECTOR": "bench", "DKIM_KEY": key.decode()} if key else {}
        environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "broadsheet.settings",
            "DATABASE_URL": database or f"sqlite:///{within}/bench.sqlite3",
            "VAR_DIR": name,
            "LOG_LEVEL": "WARNING",
            "POST_CONNECTIONS": str(CONNECTIONS),
            **signing,
        }
        cli = [sys.executable, "-m", "broadsheet.cli"]
        subprocess.run([*cli, "migrate", "--verbosity", "0"], env=environment, check=True)
        command = SEND.format(folder=name, url=f"smtp://127.0.0.1:{port}?tls=no", count=count)
        answer = subprocess.run(
            [*cli, "shell", "--no-imports", "--command", command],
            env=environment,
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        )
        return count / float(answer.stdout.splitlines()[-1])


@contextmanager
def listening(command: list[str], port: int) -> Iterator[int]:
    """A server that listens on `port` as soon as it can; its port."""
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        end = time.monotonic() + 20
        while True:
            with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
            if time.monotonic() > end:
                raise RuntimeError(f"{command[0]} does not listen")
            time.sleep(0.05)
        yield port
    finally:
        server.terminate()
        server.wait(10)


def sink() -> AbstractContextManager[int]:
    port = free_port()
    # As root it wants to be told whom to become.
    user = ["-u", "nobody"] if os.geteuid() == 0 else []
    return listening([_find("smtp-sink"), *user, f"127.0.0.1:{port}", "1000"], port)


def far_from(port: int) -> AbstractContextManager[int]:
    proxy = free_port()
    command = [sys.executable, "-m", "bench.delay", str(proxy), str(port), str(ROUND_TRIP / 2)]
    return listening(command, proxy)


def databases(folder: Path, stack: ExitStack) -> dict[str, str]:
    """Engine → address of its database; empty for SQLite, which has one for each run."""
    found = {"SQLite": ""}
    if all(engines.find(program) for program in ("initdb", "postgres")):
        place = folder / "postgresql"
        place.mkdir()
        found["PostgreSQL"] = stack.enter_context(engines.postgresql(place))
    return found


def run() -> None:
    if missing := [program for program in ("smtp-source", "smtp-sink") if not _find(program)]:
        raise SystemExit(f"{' and '.join(missing)} not found; on Debian and Ubuntu they come with postfix")
    key = rsa.generate_private_key(65537, 2048)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    signer = Signer.of(DOMAIN, "bench", pem)
    segments = Segments.compile(briefing(), TOKENS, FROZEN_AT)
    size = len(next(envelopes(segments, 1, None)).built())
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        folder.chmod(0o755)
        ways = databases(folder, stack)
        near = stack.enter_context(sink())
        rows = [
            Row("the wire", partial(wire, near, MESSAGES, None)),
            Row("the wire, signed", partial(wire, near, MESSAGES, signer)),
        ]
        for engine, database in ways.items():
            whole = partial(everything, near, MESSAGES, database, folder)
            rows.append(Row(f"all of it, {engine}", whole, of_source=0.6))
            rows.append(Row(f"all of it, {engine}, signed", partial(whole, pem), of_source=0.3))
        _measure(f"{size:,} bytes, here", partial(source, near, MESSAGES, size), rows)
        far = stack.enter_context(far_from(near))
        rows = [
            Row("the wire", partial(wire, far, MESSAGES_FAR, None), a_second=400),
            Row("the wire, signed", partial(wire, far, MESSAGES_FAR, signer), a_second=400),
        ]
        for engine, database in ways.items():
            whole = partial(everything, far, MESSAGES_FAR, database, folder, pem)
            rows.append(Row(f"all of it, {engine}, signed", whole, a_second=400))
        title = f"{size:,} bytes, {ROUND_TRIP * 1000:.0f} ms there and back"
        _measure(title, partial(source, far, MESSAGES_FAR, size), rows)


def _measure(title: str, reference: Callable[[], float], rows: list[Row]) -> None:
    """By turns, so that what else the machine does meets all alike; of each the best is shown."""
    best = dict.fromkeys(["", *(row.what for row in rows)], 0.0)
    with step(title, ROUNDS * (len(rows) + 1), "runs", to=sys.stderr) as advance:
        for _ in range(ROUNDS):
            best[""] = max(best[""], reference())
            advance(1)
            for row in rows:
                best[row.what] = max(best[row.what], row.rate())
                advance(1)
    shown = [("smtp-source, unsigned", best[""], 1.0, "")]
    for row in rows:
        rate, ratio = best[row.what], best[row.what] / best[""]
        shown.append((row.what, rate, ratio, row.goal(rate, ratio)))
    show(f"{title}, {CONNECTIONS} connections, best of {ROUNDS}", "smtp-source", shown)


def _find(program: str) -> str:
    # Debian hides them where only root looks.
    return shutil.which(program) or shutil.which(program, path="/usr/sbin:/usr/libexec/postfix") or ""
