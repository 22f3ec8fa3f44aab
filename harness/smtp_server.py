"""An SMTP server that does what a test tells it and remembers what it took: the ledger of truth.

In a test: ``with SmtpServer(Script((Rule("rcpt", says("550 5.1.1 Nobody"), to="bob"),))) as server``. As a
process of its own, which outlives whoever sends: ``with serving(ledger, script) as port``; `read(ledger)`
then, or in the middle.
"""

import argparse
import asyncio
import json
import socket
import ssl
import subprocess
import sys
import time
from base64 import b64decode, b64encode
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event, Thread
from typing import Self

from harness.ports import free_port
from harness.smtp_conversation import Conversation, Over, Taken
from harness.smtp_script import Script

EVERYTHING = ("PIPELINING", "SIZE 100000000", "8BITMIME", "SMTPUTF8", "ENHANCEDSTATUSCODES")


class SmtpServer:
    """Listens on loopback, in a thread of its own, from `__enter__` to `__exit__`."""

    def __init__(
        self,
        script: Script | None = None,
        extensions: Sequence[str] = EVERYTHING,
        *,
        port: int = 0,
        trust: ssl.SSLContext | None = None,
        is_implicit: bool = False,
        users: dict[str, str] | None = None,
        mechanisms: str = "PLAIN LOGIN",
        ledger: Path | None = None,
        keeps: bool = True,
    ) -> None:
        """With `trust` it offers STARTTLS, or speaks TLS from the first byte where `is_implicit`.

        Each message taken is a line of `ledger` before its dot is answered; of its content only if it `keeps`
        that.
        """
        self.script = script or Script()
        self.extensions = extensions
        self.port = port or free_port()
        self.trust, self.is_implicit = trust, is_implicit
        self.users, self.mechanisms = users or {}, mechanisms
        self.taken: list[Taken] = []
        self.heard: list[str] = []
        """Each command, as it came."""
        self.hasty: list[str] = []
        """Those that came before the answer to the one before."""
        self.connections = 0
        self.most_at_once = 0
        self.open: set[asyncio.Task[None]] = set()
        self.keeps = keeps
        self._ledger = ledger.open("a", encoding="ascii") if ledger else None
        self._has_begun = Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._end: asyncio.Event | None = None
        self._thread = Thread(target=lambda: asyncio.run(self.serve()), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._has_begun.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        assert self._loop
        assert self._end
        self._loop.call_soon_threadsafe(self._end.set)
        self._thread.join(10)

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}?tls=no"

    def to(self, recipient: str) -> list[Taken]:
        return [taken for taken in self.taken if taken.recipient == recipient]

    async def serve(self) -> None:
        self._loop, self._end = asyncio.get_running_loop(), asyncio.Event()
        context = self.trust if self.is_implicit else None
        server = await asyncio.start_server(self._meet, "127.0.0.1", self.port, ssl=context, backlog=100)
        self._has_begun.set()
        await self._end.wait()
        server.close()
        for task in self.open:
            task.cancel()
        await asyncio.gather(*self.open, return_exceptions=True)
        if self._ledger:
            self._ledger.close()

    def take(self, taken: Taken) -> None:
        if self._ledger:
            row = {"sender": taken.sender, "recipient": taken.recipient, "connection": taken.connection}
            self._ledger.write(json.dumps(row | {"content": b64encode(taken.content).decode()}) + "\n")
            self._ledger.flush()
        else:
            self.taken.append(taken)

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self.open.add(task)
        self.connections += 1
        self.most_at_once = max(self.most_at_once, len(self.open))
        try:
            await Conversation(self, self.connections, reader, writer).hold()
        except (Over, OSError):
            pass  # that is how they end
        finally:
            self.open.discard(task)
            writer.close()


def read(ledger: Path) -> list[Taken]:
    """What a server, of whichever process, has taken so far."""
    with suppress(FileNotFoundError), ledger.open(encoding="ascii") as lines:
        rows = [json.loads(line) for line in lines if line.endswith("\n")]
        return [Taken(**row | {"content": b64decode(row["content"])}) for row in rows]
    return []


@contextmanager
def serving(ledger: Path, script: Script | None = None, *, keeps: bool = False) -> Iterator[int]:
    """A server in a process of its own; its port."""
    port = free_port()
    command = [sys.executable, "-m", "harness.smtp_server", str(port), str(ledger)]
    command += [(script or Script()).written(), *(["--keep"] if keeps else [])]
    process = subprocess.Popen(command)
    try:
        _await(port)
        yield port
    finally:
        process.terminate()
        process.wait(10)


def _await(port: int) -> None:
    end = time.monotonic() + 20
    while time.monotonic() < end:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    raise TimeoutError("the SMTP server did not begin")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("port", type=int)
    parser.add_argument("ledger", type=Path)
    parser.add_argument("script", type=Script.of)
    parser.add_argument("--keep", action="store_true")
    given = parser.parse_args()
    server = SmtpServer(given.script, port=given.port, ledger=given.ledger, keeps=given.keep)
    asyncio.run(server.serve())


if __name__ == "__main__":
    main()
