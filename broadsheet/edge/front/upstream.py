"""The way to Django: HTTP over a Unix socket that nobody else can reach."""

import asyncio
import json
import logging
import time
from collections.abc import AsyncIterable, AsyncIterator, Callable, Mapping
from typing import Any

from broadsheet.edge.front.connection import BrokenError, Connection, Headers, head_of
from broadsheet.edge.store.page import StoredPage
from broadsheet.platform.http.rendition import Rendition

log = logging.getLogger(__name__)

ASKED = b"broadsheet-asked"
PACKED = b"application/x-broadsheet-page"
CONNECTIONS = 64
SECONDS_TO_CONNECT = 5.0
SECONDS_TO_ANSWER = 120.0
"""Without a byte: an export for the desk can take its time."""
SECONDS_TO_RESTART = 15.0
"""For which a Django that isn't there is waited for: it starts again."""
RETRY_EVERY = 0.1
SECONDS_FOR_PLACE = 30.0
"""Among the connections."""
SECONDS_IDLE = 10.0
"""After which a connection is not used again."""
MOST_IDLE = 16
BROKEN = (BrokenError, TimeoutError)


class UnavailableError(Exception):
    """Django is not there, or has no answer."""


class NotKeptError(Exception):
    """What was asked for is not the same for all: each visitor is to ask Django."""


class Answer:
    """To be closed, whatever of it was read."""

    def __init__(self, connection: Connection, done: Callable[[Connection], None]) -> None:
        self.status, self.headers = connection.status, connection.headers
        self._connection: Connection | None = connection
        self._done = done

    def parts(self) -> AsyncIterator[bytes]:
        """Of the body, as they come; raises errors of `BROKEN`."""
        assert self._connection  # noqa: S101 (it is not closed)
        return self._connection.body(SECONDS_TO_ANSWER)

    def close(self) -> None:
        connection, self._connection = self._connection, None
        if connection:
            self._done(connection)


class Upstream:
    def __init__(self, socket: str) -> None:
        self._socket = socket
        self._free: list[Connection] = []
        self._places = asyncio.Semaphore(CONNECTIONS)

    def close(self) -> None:
        for connection in self._free:
            connection.close()
        self._free.clear()

    async def _connect(self) -> Connection:
        now = time.monotonic()
        while self._free:
            connection = self._free.pop()
            if connection.is_reusable and now - connection.idle_since < SECONDS_IDLE:
                return connection
            connection.close()
        async with asyncio.timeout(SECONDS_TO_CONNECT):
            loop = asyncio.get_running_loop()
            return (await loop.create_unix_connection(Connection, self._socket))[1]

    def _done(self, connection: Connection) -> None:
        """With one question and its answer."""
        self._places.release()
        if connection.is_reusable and len(self._free) < MOST_IDLE:
            connection.idle_since = time.monotonic()
            self._free.append(connection)
        else:
            connection.close()

    async def send(
        self, method: bytes, target: bytes, headers: Headers, body: AsyncIterable[bytes] | bytes = b""
    ) -> Answer:
        """An answer whose body is read by its `parts`, and which must be closed. Raises UnavailableError.

        While nobody listens it is tried again: nothing has been sent. What was sent is never sent twice, but
        for a question that changes nothing and came to a connection that Django had closed.
        """
        head = head_of(method, target, headers)
        chunked = (b"transfer-encoding", b"chunked") in headers
        end = time.monotonic() + SECONDS_TO_RESTART
        tries = 2 if method in {b"GET", b"HEAD"} and body == b"" else 1
        while True:
            await self._have_place()
            try:
                connection = await self._connect()
            except (OSError, TimeoutError) as error:
                self._places.release()
                if time.monotonic() > end:
                    raise UnavailableError(str(error)) from error
                await asyncio.sleep(RETRY_EVERY)
                continue
            except BaseException:
                self._places.release()
                raise
            try:
                await connection.send(method, head, body, chunked=chunked)
                await connection.answered(SECONDS_TO_ANSWER)
            except BaseException as error:
                connection.close()
                self._places.release()
                if not isinstance(error, BROKEN):
                    raise
                tries -= 1
                if not tries:
                    raise UnavailableError(str(error)) from error
            else:
                return Answer(connection, self._done)

    async def _have_place(self) -> None:
        if not self._places.locked():
            await self._places.acquire()
            return
        try:
            async with asyncio.timeout(SECONDS_FOR_PLACE):
                await self._places.acquire()
        except TimeoutError as error:
            raise UnavailableError("too many wait for Django") from error

    async def ask(
        self, what: str, target: bytes, headers: Headers, body: bytes = b""
    ) -> tuple[int, bytes, bytes]:
        """The status, the type and the whole body of an answer to a question of the front's own."""
        method = b"POST" if body else b"GET"
        own = [*headers, (ASKED, what.encode())]
        if body:
            own.append((b"content-length", str(len(body)).encode()))
        answer = await self.send(method, target, own, body)
        try:
            content = b"".join([part async for part in answer.parts()])
        except BROKEN as error:
            raise UnavailableError(str(error)) from error
        finally:
            answer.close()
        kind = next((value for name, value in answer.headers if name.lower() == b"content-type"), b"")
        return answer.status, kind, content

    async def rules(self) -> dict[str, Any]:
        status, _, content = await self.ask("rules", b"/", [(b"host", b"localhost")])
        if status != 200:
            is_said = status == 503
            raise UnavailableError(content.decode() if is_said else f"the rules were answered with {status}")
        found: dict[str, Any] = json.loads(content)
        return found

    async def count(self, opens: list[Any], answered: Mapping[str, int]) -> None:
        """Adds what `Tallies.take` gave to the counts, and what was answered to the metrics."""
        told = json.dumps({"opens": opens, "answered": answered}).encode()
        status, _, _ = await self.ask("tally", b"/", [(b"host", b"localhost")], told)
        if status != 204:
            raise UnavailableError(f"the counts were answered with {status}")

    async def page(self, target: str, rendition: Rendition, headers: Headers) -> StoredPage:
        """The rendition, made anew; raises UnavailableError or NotKeptError."""
        status, kind, content = await self.ask(str(rendition), target.encode(), headers)
        if kind == PACKED:
            return StoredPage.unpacked(content)
        if status >= 500:
            raise UnavailableError(f"{target} was answered with {status}")
        raise NotKeptError(target)
