"""One connection to Django: HTTP/1.1 over a Unix socket, one request after the other, parsed by httptools.

A general client took a millisecond for each request, a third of what a post costs altogether.
"""

from __future__ import annotations

import asyncio
import re
from collections import deque
from collections.abc import AsyncIterable, AsyncIterator, Sequence

import httptools

SECONDS_TO_TAKE = 60.0
"""In which Django must take more of what is sent."""
MOST_WAITING = 256 * 1024
"""Bytes of an answer that wait for whoever takes them, before Django is asked for no more."""
NAME = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
TARGET = re.compile(rb"[\x21-\x7e]+")
CONTROL = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")
"""What no value of a header may hold: all but the tab."""
WITHOUT_BODY = frozenset({204, 304})

type Headers = Sequence[tuple[bytes, bytes]]


class BrokenError(Exception):
    """The connection ended, or what came by it is no answer."""


class UnsendableError(Exception):
    """What is to be sent is no well-formed request."""


def head_of(method: bytes, target: bytes, headers: Headers) -> bytes:
    """The first line and the headers, in bytes; raises UnsendableError."""
    if not TARGET.fullmatch(target):
        raise UnsendableError
    lines = [method + b" " + target + b" HTTP/1.1"]
    for name, value in headers:
        if not NAME.fullmatch(name) or CONTROL.search(value):
            raise UnsendableError
        lines.append(name + b": " + value)
    return b"\r\n".join(lines) + b"\r\n\r\n"


class Connection(asyncio.Protocol):
    """What is awaited here is awaited by one task at a time."""

    def __init__(self) -> None:
        self.transport: asyncio.Transport
        self.is_open = False
        self.idle_since = 0.0
        self._parser = httptools.HttpResponseParser(self)
        self._waiter: asyncio.Future[None] | None = None
        self._drained = asyncio.Event()
        self._parts: deque[bytes] = deque()
        self._size = 0
        self._is_reading_paused = False
        self._begin(b"")

    def _begin(self, method: bytes) -> None:
        self._method = method
        self.status = 0
        """Zero until the headers of an answer are here."""
        self.headers: list[tuple[bytes, bytes]] = []
        self.is_complete = False
        self._is_sent = self._is_kept = self._ends_with_connection = False

    @property
    def is_reusable(self) -> bool:
        """For the next request."""
        return self.is_open and self._is_kept and self._is_sent and not self._parts

    # --- The socket ----------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        self.transport = transport
        self.is_open = True
        self._drained.set()

    def connection_lost(self, error: Exception | None) -> None:
        self.is_open = False
        self._drained.set()
        self._wake()

    def eof_received(self) -> None:
        # The transport closes itself now, and says that the connection is lost.
        self._is_kept = False
        if self.status and self._ends_with_connection:
            self.is_complete = True

    def pause_writing(self) -> None:
        self._drained.clear()

    def resume_writing(self) -> None:
        self._drained.set()

    def data_received(self, data: bytes) -> None:
        if self.is_complete or not self._method:
            self.close()  # nobody asked for this
            return
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade):
            self.close()
            return
        if self._size > MOST_WAITING and not self._is_reading_paused:
            self._is_reading_paused = True
            self.transport.pause_reading()
        self._wake()

    def close(self) -> None:
        if self.is_open:
            self.is_open = False
            self.transport.abort()
        self._wake()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    # --- The parser ----------------------------------------------------------------------------------

    def on_message_begin(self) -> None:
        if self.is_complete:
            raise BrokenError("one question was answered twice")
        self.headers = []

    def on_header(self, name: bytes, value: bytes) -> None:
        self.headers.append((name, value))

    def on_headers_complete(self) -> None:
        status = self._parser.get_status_code()
        if status < 200:
            return  # a word meanwhile
        self.status = status
        if self._method == b"HEAD":
            # No body follows, whatever they say of one; but this parser waits for it.
            self.is_complete, self._is_kept = True, self._parser.should_keep_alive()
            self._parser = httptools.HttpResponseParser(self)
            return
        names = {name.lower() for name, _ in self.headers}
        is_bounded = b"content-length" in names or b"transfer-encoding" in names
        self._ends_with_connection = not is_bounded and status not in WITHOUT_BODY

    def on_body(self, body: bytes) -> None:
        self._parts.append(body)
        self._size += len(body)

    def on_message_complete(self) -> None:
        if self.status and not self.is_complete:
            self.is_complete, self._is_kept = True, self._parser.should_keep_alive()

    # --- A request and its answer ----------------------------------------------------------------------

    async def send(
        self, method: bytes, head: bytes, body: AsyncIterable[bytes] | bytes, *, chunked: bool
    ) -> None:
        """Sends a request; raises BrokenError, TimeoutError, and whatever `body` raises.

        An answer may come before all of the body is sent, which then goes no further.
        """
        self._begin(method)
        if isinstance(body, bytes):
            self._write(head + body)
            self._is_sent = True
            return
        self._write(head)
        async for part in body:
            if self.status:
                return
            self._write(b"%x\r\n%b\r\n" % (len(part), part) if chunked else part)
            if not self._drained.is_set():
                async with asyncio.timeout(SECONDS_TO_TAKE):
                    await self._drained.wait()
        if chunked:
            self._write(b"0\r\n\r\n")
        self._is_sent = True

    def _write(self, data: bytes) -> None:
        if self.is_open:
            self.transport.write(data)
        elif not self.status:
            raise BrokenError("the connection ended")

    async def answered(self, seconds: float) -> None:
        """Waits until status and headers are here; raises BrokenError, or TimeoutError."""
        while not self.status:
            await self._more(seconds)

    async def body(self, seconds: float) -> AsyncIterator[bytes]:
        """Parts of the answer, each within so many seconds; raises BrokenError, or TimeoutError."""
        while True:
            while self._parts:
                part = self._parts.popleft()
                self._size -= len(part)
                yield part
            if self._is_reading_paused and self.is_open:
                self._is_reading_paused = False
                self.transport.resume_reading()
            if self.is_complete:
                return
            await self._more(seconds)

    async def _more(self, seconds: float) -> None:
        if not self.is_open:
            raise BrokenError("the connection ended in the middle of the answer")
        loop = asyncio.get_running_loop()
        waiter = self._waiter = loop.create_future()
        timer = loop.call_later(seconds, _time_out, waiter)
        try:
            await waiter
        finally:
            timer.cancel()
            self._waiter = None


def _time_out(waiter: asyncio.Future[None]) -> None:
    if not waiter.done():
        waiter.set_exception(TimeoutError("Django took too long"))
