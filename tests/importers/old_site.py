"""The old site, on this machine: an HTTP server behind every host that is asked for."""

import threading
from collections import Counter
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO

from PIL import Image


def png(colour: str = "#225588", size: tuple[int, int] = (64, 40)) -> bytes:
    file = BytesIO()
    Image.new("RGB", size, colour).save(file, "PNG")
    return file.getvalue()


class OldSite:
    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.asked: Counter[str] = Counter()
        self._server: ThreadingHTTPServer | None = None

    def put(self, path: str, data: bytes) -> None:
        self.files[path] = data

    def open(self, scheme: str, host: str, port: int | None) -> HTTPConnection:
        if self._server is None:
            self._server = self._start()
        return HTTPConnection("127.0.0.1", self._server.server_port, timeout=10)

    def close(self) -> None:
        if self._server:
            self._server.shutdown()
            self._server.server_close()

    def _start(self) -> ThreadingHTTPServer:
        site = self

        class Answer(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                path = self.path.partition("?")[0]
                site.asked[path] += 1
                data = site.files.get(path)
                self.send_response(200 if data is not None else 404)
                self.send_header("Content-Length", str(len(data or b"")))
                self.end_headers()
                self.wfile.write(data or b"")

            def log_message(self, *args: object) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return server
