"""A provider's API on this machine. It answers as it is told to, and keeps what it was handed."""

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import Any
from urllib.parse import parse_qs

HANG_UP = 0
"""In place of a status: the request is read, and the connection closed."""
TOOK = {"MessageID": "0a1b", "ErrorCode": 0, "Message": "OK"}
TOOK |= {"id": "<0a1b@meridian.example>", "message": "Queued. Thank you.", "messageId": "0a1b"}
"""What several of them say, together."""


class Api:
    def __init__(self, server: ThreadingHTTPServer) -> None:
        self.url = f"http://127.0.0.1:{server.server_port}/v3/"
        self.taken: list[dict[str, Any]] = []
        """What was handed over: its fields, in the provider's own words, and ``_headers``."""
        self.answers: list[tuple[int, dict[str, Any]]] = []
        """Given in order; when there are none left, everything is taken."""
        self._lock = Lock()

    def answer(self, asked: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        with self._lock:
            status, said = self.answers.pop(0) if self.answers else (200, TOOK)
            if said is TOOK:
                said = {"To": asked.get("To", ""), **TOOK}
            if status == 200:
                self.taken.append(asked)
        return status, said


@contextmanager
def served() -> Iterator[Api]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            content = self.rfile.read(int(self.headers["Content-Length"]))
            asked = fields(self.headers["Content-Type"], content)
            asked |= {"_headers": dict(self.headers.items())}
            status, said = api.answer(asked)
            if status == HANG_UP:
                self.connection.shutdown(socket.SHUT_RDWR)
                self.close_connection = True
                return
            answer = json.dumps(said).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    api = Api(server)
    Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield api
    server.shutdown()
    server.server_close()


def fields(kind: str, content: bytes) -> dict[str, Any]:
    if kind.startswith("application/json"):
        return dict(json.loads(content))
    if kind.startswith("multipart/"):
        form = message_from_bytes(f"Content-Type: {kind}\n\n".encode() + content, policy=policy.default)
        parts = [(part.get_param("name", header="content-disposition"), part) for part in form.iter_parts()]
        return {str(name): part.get_content() for name, part in parts}
    return {name: values[-1] for name, values in parse_qs(content.decode()).items()}
