import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from copy import deepcopy
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import stripe

from broadsheet.platform import clock
from tests.stripe_double import calls, pages, parameters
from tests.stripe_double.books import Books
from tests.stripe_double.faults import Fault

SECRET = "whsec_of_the_double"
KEY = "sk_test_of_the_double"
KEYS_KEPT = timedelta(hours=24)
"""After which Stripe has forgotten an idempotency key."""


class StripeDouble:
    """`books` are what it knows; `faults` what goes wrong with its next requests."""

    def __init__(self) -> None:
        self.books = Books()
        self.asked: list[str] = []
        """The requests, as ``POST /v1/refunds``."""
        self.tell: str = ""
        """Where each event goes at once; empty: they wait to be delivered by the test."""
        self.undone = 0
        """How many transactions the test itself has begun, to undo them."""
        self.lock = threading.RLock()
        self._faults: list[tuple[str, str]] = []
        self._kept: dict[str, tuple[str, datetime, int, Any]] = {}
        self._told = 0
        handler = type("Handler", (_Handler,), {"double": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        self.address = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    @contextmanager
    def at(self, moment: datetime) -> Iterator[None]:
        """Both clocks, ours and its own, stand at `moment`."""
        before, self.books.now = self.books.now, lambda: moment
        try:
            with clock.stopped_at(moment):
                yield
        finally:
            self.books.now = before

    def snapshot(self) -> Any:
        books = self.books
        return deepcopy((books.rows, books.behaviour, books.events, self._kept, self._told))

    def restore(self, snapshot: Any) -> None:
        books = self.books
        books.rows, books.behaviour, books.events, self._kept, self._told = snapshot

    def control(self, what: str) -> Any:
        """For a process that can't reach this one's memory."""
        match what:
            case "clear":
                self.restore(({}, {}, [], {}, 0))
            case "snapshot":
                self._kept_for_later = self.snapshot()
            case "restore":
                self.restore(deepcopy(self._kept_for_later))
            case "succeeded":
                return sum(row["status"] == "succeeded" for row in self.books.all("payment_intent"))
            case "signed":
                return [(event["id"], *self.body_and_header(event)) for event in self.books.events]
        return None

    # --- What goes wrong -------------------------------------------------------------------------

    def fail(self, how: str, path: str = "POST ", times: int = 1) -> None:
        """The next requests whose method and path begin with `path`: a status, or `lost`, or `deaf`.

        `lost`: it does the work, and the answer is lost. `deaf`: it hears nothing.
        """
        self._faults += [(path, how)] * times

    def fault_of(self, asked: str) -> str:
        for number, (path, how) in enumerate(self._faults):
            if asked.startswith(path):
                del self._faults[number]
                return how
        return ""

    # --- Answers ---------------------------------------------------------------------------------

    def answer(self, method: str, path: str, raw: str, headers: Any) -> tuple[int, Any]:
        asked = f"{method} {path}"
        self.asked.append(asked)
        if headers.get("Authorization") != f"Bearer {KEY}":
            return 401, {"error": {"type": "invalid_request_error", "message": "Invalid API Key"}}
        call = next((call for call in calls.CALLS if call.fits(method, path)), None)
        if call is None:
            return 404, {"error": {"type": "invalid_request_error", "message": f"no {asked}"}}
        key = headers.get("Idempotency-Key") if method == "POST" else None
        kept = self._kept.get(key or "")
        if kept and self.books.now() - kept[1] < KEYS_KEPT:
            if kept[0] != f"{asked} {raw}":
                return 400, {"error": {"type": "idempotency_error", "message": "other parameters"}}
            return kept[2], kept[3]
        try:
            given = parameters.read(raw)
            parameters.check(given, call.params)
            status, answer = 200, deepcopy(call(self.books, path, given, self.address))
        except Fault as fault:
            status, answer = fault.status, {"error": fault.error}
        if key and status != 400:
            self._kept[key] = (f"{asked} {raw}", self.books.now(), status, answer)
        return status, answer

    # --- Events ----------------------------------------------------------------------------------

    def body_and_header(self, event: Any, age: int = 0) -> tuple[str, str]:
        body = json.dumps(event)
        # The library looks at the clock of the machine.
        at = int(time.time()) - age
        header = stripe.WebhookSignature.generate_signature_header(body, SECRET, at)
        return body, header

    def take_events(self) -> list[Any]:
        """Those that nobody has been told of."""
        new = self.books.events[self._told :]
        self._told = len(self.books.events)
        return new

    def tell_new(self) -> None:
        if self.tell:
            for event in self.take_events():
                body, header = self.body_and_header(event)
                headers = {"Stripe-Signature": header, "Content-Type": "application/json"}
                with suppress(OSError):
                    urlopen(Request(self.tell, body.encode(), headers), timeout=30).read()  # noqa: S310 (ours)


class _Handler(BaseHTTPRequestHandler):
    double: StripeDouble
    protocol_version = "HTTP/1.1"

    def log_message(self, *args: object) -> None:
        """pytest shows what is asked when a test looks at it."""

    def do_GET(self) -> None:
        self._serve("GET")

    def do_POST(self) -> None:
        self._serve("POST")

    def do_DELETE(self) -> None:
        self._serve("DELETE")

    def _serve(self, method: str) -> None:
        parts = urlsplit(self.path)
        length = int(self.headers.get("Content-Length") or 0)
        raw = self.rfile.read(length).decode() or parts.query
        double = self.double
        if parts.path.startswith("/control/"):
            with double.lock:
                answer = json.dumps(double.control(parts.path.removeprefix("/control/")))
            self._send(200, answer.encode(), "application/json")
            return
        if not parts.path.startswith("/v1/"):
            with double.lock:
                status, page, to = pages.answer(double.books, method, parts.path, raw)
            double.tell_new()
            self._send(status, page.encode(), "text/html; charset=utf-8", to)
            return
        with double.lock:
            fault = double.fault_of(f"{method} {parts.path}")
            if fault == "deaf":
                self.close_connection = True
                return
            if fault.isdecimal():
                kind = "invalid_request_error" if fault == "429" else "api_error"
                status, answer = int(fault), {"error": {"type": kind, "message": "later"}}
            else:
                status, answer = double.answer(method, parts.path, raw, self.headers)
        double.tell_new()
        if fault == "lost":
            self.close_connection = True
            return
        self._send(status, json.dumps(answer).encode(), "application/json")

    def _send(self, status: int, body: bytes, kind: str, to: str = "") -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Request-Id", "req_double")
        if to:
            self.send_header("Location", to)
        self.end_headers()
        self.wfile.write(body)
