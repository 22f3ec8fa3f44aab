import asyncio
import ssl
from collections import deque
from typing import cast

from broadsheet.delivery.smtp.replies import MalformedReply, Reply, ReplyParser


class ConnectionLost(Exception):
    """The connection is gone, silent or talks nonsense: nothing more is to be had from it."""


class Wire(asyncio.Protocol):
    """One connection, as bytes that go out and replies that come in."""

    def __init__(self) -> None:
        self.lost: ConnectionLost | None = None
        self.replies: deque[Reply] = deque()
        self._parser = ReplyParser()
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
            for reply in self._parser.read(data):
                self.replies.append(reply)
        except MalformedReply as error:
            self.abort(f"The server’s answer was no SMTP: {error}")
        if self.replies:
            _wake(self._reply_came)

    def connection_lost(self, exc: Exception | None) -> None:
        words = f"The connection was lost: {exc}" if exc else "The server closed the connection."
        self._lose(ConnectionLost(words))

    def pause_writing(self) -> None:
        self._is_full = True

    def resume_writing(self) -> None:
        self._is_full = False
        _wake(self._drained)

    # Called by us

    def send(self, data: bytes) -> None:
        """Raises ConnectionLost."""
        if self.lost or not self._transport:
            raise self.lost or ConnectionLost("The connection was never made.")
        self._transport.write(data)

    async def drain(self, seconds: float) -> None:
        """Until all that was sent is out of our hands.

        Raises ConnectionLost, also where nothing moves for so long.
        """
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
                self._lose(ConnectionLost(f"The server took nothing for {seconds:g} seconds."))
        if self.lost:
            raise self.lost

    async def reply(self, seconds: float) -> Reply:
        """The next one; raises ConnectionLost, also where none comes in time."""
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
        """Turns to TLS; raises ConnectionLost where the server spoke out of turn, OSError where it fails."""
        if self.replies or not self._parser.is_between_replies or not self._transport:
            # What somebody put in before the encryption would be taken for the server's word after it.
            raise self.abort("The server spoke out of turn before TLS.")
        transport = await self._loop.start_tls(
            self._transport, self, trust, server_hostname=host, ssl_handshake_timeout=seconds
        )
        if transport is None:
            raise ConnectionLost("The connection was lost before TLS.")
        self._attach(transport)

    def close(self) -> None:
        """What was sent still goes out."""
        if self._transport:
            self._transport.close()

    def abort(self, words: str = "The connection was dropped.") -> ConnectionLost:
        """At once. Whoever waits gets the error that is returned, with `words` unless it was lost before."""
        lost = self._lose(ConnectionLost(words))
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

    def _lose(self, lost: ConnectionLost) -> ConnectionLost:
        self.lost = self.lost or lost
        _wake(self._reply_came)
        _wake(self._drained)
        return self.lost


def _wake(waiting: asyncio.Future[None] | None) -> None:
    if waiting and not waiting.done():
        waiting.set_result(None)
