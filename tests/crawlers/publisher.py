"""A real web server on this machine that stands for every crawler's operator."""

import json
import socket
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from broadsheet.crawlers.known import KNOWN

type Answer = tuple[int, dict[str, str], bytes]

EVERY_LIST = list(dict.fromkeys(address for crawler in KNOWN.values() for address in crawler.ranges))


class Loopback(HTTPConnection):
    """Believes that it speaks with `host`."""

    def __init__(self, host: str, port: int) -> None:
        super().__init__(host, timeout=5)
        self.real_port = port

    def connect(self) -> None:
        self.sock = socket.create_connection(("127.0.0.1", self.real_port), self.timeout)


class Publisher:
    def __init__(self) -> None:
        self.answers: dict[str, Answer] = {}
        self.asked: list[str] = []
        publisher = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                address = f"https://{self.headers['Host']}{self.path}"
                publisher.asked.append(address)
                status, headers, body = publisher.answers.get(address, (404, {}, b""))
                self.send_response(status)
                for name, value in {"Content-Length": str(len(body)), **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def open_to(self, host: str) -> HTTPConnection:
        return Loopback(host, self._server.server_port)

    def says(self, address: str, body: object, status: int = 200, **headers: str) -> None:
        written = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.answers[address] = (status, headers, written)

    def publishes(self, address: str, *networks: str) -> None:
        prefixes = [{"ipv6Prefix" if ":" in network else "ipv4Prefix": network} for network in networks]
        self.says(address, {"creationTime": "2026-11-23T00:00:00", "prefixes": prefixes})

    def publishes_all(self) -> None:
        for n, address in enumerate(EVERY_LIST):
            self.publishes(address, f"66.{n}.0.0/24")

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
