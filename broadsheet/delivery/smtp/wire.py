import asyncio
import ssl
from collections import deque
from typing import cast

from broadsheet.delivery.smtp.replies import Garbled, Reader, Reply


class Lost(Exception):
    """The connection is gone, silent or talks nonsense: nothing more is to be had from it."""


class Wire(asyncio.Protocol):
    """One connection, as bytes that go out and replies that come in."""

    def __init__(self) -> None:
        self.lost: Lost | None = None
        self.replies: deque[Reply] = deque()
        self._reader = Reader()
        self._loop = asyncio.get_running_loop()
        self._reply_came: asyncio.Future[None] | None = None
        self._is_full = False
        self._drained: asyncio.Future[None] | None = None
        self._transport: asyncio.Transport | None = None

    # Called by asyncio

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._attach(cast(asyncio.Transport, transport))

    def data_received(self, data: bytes) -> None:
        try:
            for reply in self._reader.read(data):
                self.replies.append(reply)
        except Garbled as error:
            self.abort(f"The server’s answer was no SMTP: {error}")
        if self.replies:
            _wake(self._reply_came)

    def connection_lost(self, exc: Exception | None) -> None:
        self._lose(Lost(f"The connection was lost: {exc}" if exc else "The server closed the connection."))

    def pause_writing(self) -> None:
        self._is_full = True

    def resume_writing(self) -> None:
        self._is_full = False
        _wake(self._drained)

    # Called by us

    def send(self, data: bytes) -> None:
        """Raises Lost."""
        if self.lost or not self._transport:
            raise self.lost or Lost("The connection was never made.")
        self._transport.write(data)

    async def drain(self, seconds: float) -> None:
        """Until all that was sent is out of our hands; raises Lost, also where nothing moves for so long."""
        while self._is_full and not self.lost:
            left = self._unsent()
            self._drained = self._loop.create_future()
            alarm = self._loop.call_later(seconds, _wake, self._drained)
            try:
                await self._drained
            finally:
                alarm.cancel()
                self._drained = None
            if self._is_full and self._unsent() == left:
                self._lose(Lost(f"The server took nothing for {seconds:g} seconds."))
        if self.lost:
            raise self.lost

    async def reply(self, seconds: float) -> Reply:
        """The next one; raises Lost, also where none comes in time."""
        if not self.replies and not self.lost:
            self._reply_came = self._loop.create_future()
            alarm = self._loop.call_later(seconds, _wake, self._reply_came)
            try:
                await self._reply_came
            finally:
                alarm.cancel()
                self._reply_came = None
        if self.replies:
            return self.replies.popleft()
        raise self.lost or self.abort(f"The server said nothing for {seconds:g} seconds.")

    async def secure(self, trust: ssl.SSLContext, host: str, seconds: float) -> None:
        """Turns to TLS; raises Lost where the server said too much before it, OSError where it fails."""
        if self.replies or not self._reader.is_between_replies or not self._transport:
            # What somebody put in before the encryption would be taken for the server's word after it.
            raise self.abort("The server spoke out of turn before TLS.")
        transport = await self._loop.start_tls(
            self._transport, self, trust, server_hostname=host, ssl_handshake_timeout=seconds
        )
        if transport is None:
            raise Lost("The connection was lost before TLS.")
        self._attach(transport)

    def close(self) -> None:
        """What was sent still goes out."""
        if self._transport:
            self._transport.close()

    def abort(self, words: str = "The connection was dropped.") -> Lost:
        """At once. Whoever waits gets what is returned: Lost, with `words` unless it was lost before."""
        lost = self._lose(Lost(words))
        if self._transport:
            self._transport.abort()
        return lost

    def _attach(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        # Nothing of a message is to wait in our own memory when its dot is written. Not 0: asyncio’s TLS
        # would take an empty buffer for a full one.
        transport.set_write_buffer_limits(high=1, low=0)

    def _unsent(self) -> int:
        return self._transport.get_write_buffer_size() if self._transport else 0

    def _lose(self, lost: Lost) -> Lost:
        self.lost = self.lost or lost
        _wake(self._reply_came)
        _wake(self._drained)
        return self.lost


def _wake(waiting: asyncio.Future[None] | None) -> None:
    if waiting and not waiting.done():
        waiting.set_result(None)
