"""The way to Django: HTTP over a Unix socket that nobody else can reach."""

import asyncio
import json
import logging
import time
from collections.abc import AsyncIterable, Mapping, Sequence
from typing import Any

import httpcore

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
AWAY = (httpcore.ConnectError, httpcore.ConnectTimeout)
BROKEN = (httpcore.NetworkError, httpcore.ProtocolError, httpcore.TimeoutException)

type Headers = Sequence[tuple[bytes, bytes]]


class UnavailableError(Exception):
    """Django is not there, or has no answer."""


class NotKeptError(Exception):
    """What was asked for is not the same for all: each visitor is to ask Django."""


class UnsendableError(Exception):
    """What the visitor sent is no well-formed request."""


class Upstream:
    def __init__(self, socket: str) -> None:
        self._pool = httpcore.AsyncConnectionPool(
            uds=socket, max_connections=CONNECTIONS, max_keepalive_connections=16, keepalive_expiry=10.0
        )

    async def close(self) -> None:
        await self._pool.aclose()

    async def send(
        self, method: bytes, target: bytes, headers: Headers, body: AsyncIterable[bytes] | bytes = b""
    ) -> httpcore.Response:
        """An answer whose body is read by its `stream`, and which must be closed. Raises UnavailableError.

        While nobody listens it is tried again: nothing has been sent. What was sent is never sent twice, but
        for a question that changes nothing and came to a connection that Django had closed.
        """
        url = httpcore.URL(scheme=b"http", host=b"django", port=None, target=target)
        timeout = {"connect": SECONDS_TO_CONNECT, "read": SECONDS_TO_ANSWER, "write": 60.0, "pool": 30.0}
        request = httpcore.Request(
            method, url, headers=headers, content=body, extensions={"timeout": timeout}
        )
        end = time.monotonic() + SECONDS_TO_RESTART
        tries = 2 if method in {b"GET", b"HEAD"} and body == b"" else 1
        while True:
            try:
                return await self._pool.handle_async_request(request)
            except AWAY as error:
                if time.monotonic() > end:
                    raise UnavailableError(str(error)) from error
                await asyncio.sleep(RETRY_EVERY)
            except httpcore.LocalProtocolError as error:
                raise UnsendableError from error
            except BROKEN as error:
                tries -= 1
                if not tries:
                    raise UnavailableError(str(error)) from error

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
            content = b"".join([part async for part in answer.aiter_stream()])
        except BROKEN as error:
            raise UnavailableError(str(error)) from error
        finally:
            await answer.aclose()
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
