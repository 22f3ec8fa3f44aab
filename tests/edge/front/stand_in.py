"""What stands behind a front in its tests, an HTTP server on a Unix socket; and the front, a process.

It answers as Django does by `edge.rendering`, with pages of its own; what is forwarded it tells back as JSON.
"""

import json
import os
import signal
import socket
import socketserver
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any
from uuid import UUID

from broadsheet.edge.store.page import Facts, StoredPage, compressed, digest_of
from broadsheet.platform.generations import ALL, Generation
from broadsheet.platform.http.rendition import Rendition
from harness.ports import free_port

KEY = "a key for cookies that protect nothing"
REEF = UUID(int=7)
ARTICLE, FREE, LIST = "/world/reef/", "/good-news/swifts/", "/world/"
BODY = b"<p>" + b"All of it is public. " * 400 + b"</p>"
SCHEMA = (
    "CREATE TABLE platform_invalidation"
    " (id INTEGER PRIMARY KEY AUTOINCREMENT, tag TEXT, at TEXT, at_once INTEGER)"
)


class StandIn:
    """`pages`: by path, what there is besides; `rendered`: how often each rendition was asked for."""

    def __init__(self, folder: Path, **rules: Any) -> None:
        self.socket = str(Path(tempfile.mkdtemp(prefix="front-")) / "s")
        self.database = folder / "database.sqlite3"
        with closing(sqlite3.connect(self.database, autocommit=True)) as database:
            database.execute(SCHEMA)
        self.rules = {
            "public_url": "http://magazine.example",
            "https": False,
            "hosts": ["magazine.example", ".below.example"],
            "keys": [KEY],
            "session_cookie": "broadsheet_session",
            "trusted_proxies": [],
            "editions": {"en-us": "", "en-gb": "uk"},
            "routes": [
                ["^account/", False, "never"],
                ["^read/", True, "never"],
                [r"^topics/[\w-]+/\Z", True, "paged"],
                [r"^((?:[\w\-]+/)*)$", True, "kept"],
            ],
            "zone": "America/New_York",
            "span": "month",
            "days": 30,
            "allowances": {"en-us": [1, 5], "en-gb": [1, 5]},
            "institutions": ["192.0.2.0/24"],
            "crawlers": ["Googlebot"],
            "old_queries": ["p", "page_id"],
            "experiments": False,
            "spool": "",
            "front_megabytes": 4,
            "database": {"vendor": "sqlite", "file": str(self.database)},
        } | rules
        self.rendered: Counter[tuple[str, str]] = Counter()
        self.forwarded: list[dict[str, Any]] = []
        self.counted: list[Any] = []
        self.answered: Counter[str] = Counter()
        self.access: dict[str, str] = {ARTICLE: "metered", FREE: "free"}
        self.length = len(BODY)
        self.version = 1
        self.may_render = threading.Event()
        self.may_render.set()
        self.is_away = False
        self.asked_in_vain = 0
        self._lock = threading.Lock()
        stand_in = self

        class Handler(_Handler):
            here = stand_in

        self._server = _Server(self.socket, Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def invalidate(self, *tags: str, at_once: bool = False) -> None:
        with closing(sqlite3.connect(self.database, autocommit=True)) as database:
            now = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")  # noqa: TID251 (as SQLite has it)
            database.executemany(
                "INSERT INTO platform_invalidation (tag, at, at_once) VALUES (?, ?, ?)",
                [(tag, now, at_once) for tag in tags],
            )

    def _generation(self, tag: str) -> Generation:
        with sqlite3.connect(self.database) as database:
            rows = database.execute(
                "SELECT id, at_once FROM platform_invalidation WHERE tag = ?", (tag,)
            ).fetchall()
        database.close()
        return Generation(sum(pk for pk, _ in rows), sum(pk for pk, at_once in rows if at_once))

    def page(self, path: str, rendition: Rendition) -> StoredPage | None:
        bare = path.partition("?")[0]
        if "private" in bare:
            return None
        with self._lock:
            self.rendered[path, str(rendition)] += 1
            made = {tag: self._generation(tag) for tag in (ALL, bare)}
            version = self.version
        assert self.may_render.wait(20)
        mark = f"<!-- {rendition} {version} {'WITHHELD' if rendition.is_full else ''} -->".encode()
        content = BODY[: self.length] + mark + path.encode()
        by_gzip, by_brotli = compressed(content, with_brotli=True)
        access = self.access.get(bare)
        return StoredPage(
            path=path,
            rendition=rendition,
            status=404 if "missing" in bare else 200,
            headers=[("Content-Type", "text/html; charset=utf-8"), ("X-Content-Type-Options", "nosniff")],
            cache_control="public, max-age=0, s-maxage=60",
            gzip=by_gzip,
            brotli=by_brotli,
            length=len(content),
            digest=digest_of(content),
            verdict={"metered": "meter", "free": "free"}.get(access or "", ""),
            made=made,
            made_at=datetime.now(UTC),  # noqa: TID251 (the front is another process)
            fresh_for=60.0,
            facts=Facts(REEF, access, "en-us") if access else None,
        )


class _Server(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True
    request_queue_size = 256


class _Handler(BaseHTTPRequestHandler):
    here: StandIn
    protocol_version = "HTTP/1.1"

    def address_string(self) -> str:
        return ""

    def log_message(self, *args: object) -> None:
        pass

    def _answer(self, status: int, body: bytes, kind: str = "application/json") -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding") == "chunked":
            parts = []
            while size := int(self.rfile.readline(), 16):
                parts.append(self.rfile.read(size))
                self.rfile.readline()
            self.rfile.readline()
            return b"".join(parts)
        return self.rfile.read(int(self.headers.get("Content-Length", 0)))

    def do_GET(self) -> None:
        body, here = self._body(), self.here
        if len(body) < int(self.headers.get("Content-Length", 0)):
            return  # whoever sent it has left
        if here.is_away:
            here.asked_in_vain += 1
            self._answer(503, b"away")
            return
        asked = self.headers.get("Broadsheet-Asked")
        if asked == "rules":
            self._answer(200, json.dumps(here.rules).encode())
        elif asked == "tally":
            told = json.loads(body)
            here.counted += told["opens"]
            here.answered.update(told["answered"])
            self._answer(204, b"")
        elif asked:
            page = here.page(self.path, Rendition.named(asked))
            if page is None:
                self._answer(302, b"")
            else:
                self._answer(200, page.packed(), "application/x-broadsheet-page")
        else:
            told = {
                "method": self.command,
                "path": self.path,
                "headers": [[name.lower(), value] for name, value in self.headers.items()],
                "length": len(body),
                "body": body[:200].decode("latin-1"),
            }
            here.forwarded.append(told)
            self._answer(200, json.dumps(told).encode())

    do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = do_HEAD = do_GET


class FrontProcess:
    def __init__(self, stand_in: StandIn) -> None:
        self.port = free_port()
        ready, ready_end = os.pipe()
        self.process = subprocess.Popen(
            [
                *(sys.executable, "-m", "broadsheet.edge.front", "--django", stand_in.socket),
                *("--port", str(self.port), "--ready-fd", str(ready_end)),
            ],
            pass_fds=[ready_end],
        )
        os.close(ready_end)
        with os.fdopen(ready, "rb") as line:
            assert line.read() == b"ready\n"

    def connect(self) -> socket.socket:
        connection = socket.create_connection(("127.0.0.1", self.port), timeout=20)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return connection

    def say(self, raw: bytes, *, ends: bool = False) -> bytes:
        """All that comes back on one connection, until the front closes it."""
        with self.connect() as connection:
            # Who is refused in the middle may be cut off while they still send; what was answered counts.
            with suppress(ConnectionResetError, BrokenPipeError):
                connection.sendall(raw)
                if ends:
                    connection.shutdown(socket.SHUT_WR)
            return everything(connection)

    def get(self, path: str, cookie: str = "", method: str = "GET", **headers: str) -> "Answer":
        written = {
            "Host": "magazine.example",
            "Connection": "close",
            **({"Cookie": cookie} if cookie else {}),
        }
        written |= {name.replace("_", "-"): value for name, value in headers.items()}
        lines = "".join(f"{name}: {value}\r\n" for name, value in written.items())
        return Answer(self.say(f"{method} {path} HTTP/1.1\r\n{lines}\r\n".encode()))

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(40)


def everything(connection: socket.socket) -> bytes:
    parts = []
    try:
        while part := connection.recv(1 << 16):
            parts.append(part)
    except ConnectionResetError:
        pass
    return b"".join(parts)


class Answer:
    def __init__(self, raw: bytes) -> None:
        head, _, self.body = raw.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        self.status = int(first.split()[1]) if first else 0
        self.headers = {line.partition(": ")[0]: line.partition(": ")[2] for line in lines}


@contextmanager
def front_before(stand_in: StandIn) -> Iterator[FrontProcess]:
    process = FrontProcess(stand_in)
    try:
        yield process
    finally:
        if process.process.poll() is None:
            process.process.kill()
        process.process.wait()
        stand_in.stop()


def until(condition: Any, seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it does not come about"
        time.sleep(0.02)
