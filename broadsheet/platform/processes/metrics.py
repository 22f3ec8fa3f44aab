"""Numbers for Prometheus, at METRICS_ADDRESS to whoever has METRICS_TOKEN.

Each process counts into files of its own in a folder that `serve` makes for all of them
(PROMETHEUS_MULTIPROC_DIR); one more process reads them when it is asked, and asks the database for what is
there to count.
"""

import hmac
import logging
import signal
import socket
from collections.abc import Callable, Iterable, Iterator
from wsgiref.simple_server import WSGIRequestHandler, make_server
from wsgiref.types import StartResponse, WSGIEnvironment

from django.db import DatabaseError, InterfaceError, connection
from prometheus_client import CollectorRegistry, Counter, Histogram, make_wsgi_app
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import ThreadingWSGIServer
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

logger = logging.getLogger(__name__)

METHODS = {"GET", "HEAD", "POST", "OPTIONS"}

requests = Counter("broadsheet_requests", "Requests that Django answered", ["method", "status"])
seconds = Histogram(
    "broadsheet_request_seconds",
    "How long Django took for an answer",
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
front_answers = Counter(
    "broadsheet_front_answers",
    "What fronts answered: hit, miss (a page that was made first), 304, forwarded to Django, refused. By the"
    " verdict on an article; else page, or the status",
    ["result", "kind"],
)

type Count = Callable[[], float]
_gauges: dict[str, tuple[str, Count]] = {}


def register(name: str, says: str, count: Count) -> None:
    """To be called when the room is ready: a number that is asked of the database at each scrape."""
    _gauges[f"broadsheet_{name}"] = says, count


class Database(Collector):
    def collect(self) -> Iterator[GaugeMetricFamily]:
        up = GaugeMetricFamily("broadsheet_database_up", "Whether the database answers", value=1)
        try:
            for name, (says, count) in _gauges.items():
                yield GaugeMetricFamily(name, says, value=count())
        except (DatabaseError, InterfaceError):
            up = GaugeMetricFamily("broadsheet_database_up", "Whether the database answers", value=0)
        finally:
            connection.close()
        yield up


class Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *arguments: object) -> None:
        pass


def application(token: str) -> Callable[[WSGIEnvironment, StartResponse], Iterable[bytes]]:
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    registry.register(Database())
    tell = make_wsgi_app(registry)
    wanted = f"Bearer {token}".encode()

    def answer(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        given = environ.get("HTTP_AUTHORIZATION", "").encode(errors="replace")
        if not hmac.compare_digest(given, wanted):
            start("401 Unauthorized", [("WWW-Authenticate", "Bearer"), ("Content-Type", "text/plain")])
            return [b"METRICS_TOKEN is missing\n"]
        return tell(environ, start)

    return answer


class Server(ThreadingWSGIServer):
    def server_bind(self) -> None:
        # New processes begin before the old ones end.
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        super().server_bind()


class Server6(Server):
    address_family = socket.AF_INET6


def serve(address: tuple[str, int], token: str) -> None:
    """Until SIGTERM or SIGINT."""
    host, port = address
    kind = Server6 if ":" in host else Server
    with make_server(host, port, application(token), kind, Quiet) as server:
        for signum in (signal.SIGTERM, signal.SIGINT):
            signal.signal(signum, _end)
        server.serve_forever()


def _end(signum: int, frame: object) -> None:
    raise SystemExit(0)
