import asyncio
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterable, Iterable
from contextlib import suppress

from broadsheet.delivery.smtp.envelope import Envelope
from broadsheet.delivery.smtp.outgoing import Outgoing


class Feed:
    """Hands out messages to all connections, a few of them taken from the caller in advance."""

    def __init__(self, envelopes: Iterable[Envelope] | AsyncIterable[Envelope], room: int) -> None:
        self._envelopes = envelopes
        self._room = room
        self._ready: deque[Outgoing] = deque()
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._has_room = asyncio.Event()
        self._is_over = False
        self._is_closed = False
        self._finished = asyncio.Event()

    async def fill(self) -> None:
        try:
            if isinstance(self._envelopes, AsyncIterable):
                async for envelope in self._envelopes:
                    await self._put(envelope)
            else:
                for envelope in self._envelopes:
                    await self._put(envelope)
        finally:
            if isinstance(self._envelopes, AsyncGenerator):
                await self._envelopes.aclose()
            self._is_over = True
            self._wake_if_finished()

    def next_ready(self) -> Outgoing | None:
        if not self._ready or self._is_closed:
            return None
        outgoing = self._ready.popleft()
        # Not at each message: waking the one who fills takes longer than handing out.
        if len(self._ready) * 2 <= self._room:
            self._has_room.set()
            if self._is_over:
                self._wake_if_finished()
        return outgoing

    async def next(self, seconds: float | None = None) -> Outgoing | None:
        """The next one, as soon as there is one; None when there will be none. Raises TimeoutError."""
        async with asyncio.timeout(seconds):
            while True:
                if outgoing := self.next_ready():
                    return outgoing
                if self._is_closed or self._is_over:
                    return None
                waiting = asyncio.get_running_loop().create_future()
                self._waiting.append(waiting)
                await waiting

    async def wait_finished(self, seconds: float) -> None:
        """Until no message will come any more, but for one that is given back; at most so long."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._finished.wait(), seconds)

    def give_back(self, outgoing: Outgoing) -> None:
        self._ready.appendleft(outgoing)
        self._wake_one()

    def close(self) -> list[Outgoing]:
        """Nothing is handed out any more; what is left."""
        self._is_closed = True
        left = list(self._ready)
        self._ready.clear()
        self._wake_if_finished()
        return left

    async def _put(self, envelope: Envelope) -> None:
        self._ready.append(Outgoing(envelope))
        self._wake_one()
        if len(self._ready) >= self._room:
            self._has_room.clear()
            await self._has_room.wait()

    def _wake_one(self) -> None:
        while self._waiting:
            waiting = self._waiting.popleft()
            if not waiting.done():  # whoever timed out waits no more
                waiting.set_result(None)
                return

    def _wake_if_finished(self) -> None:
        if self._is_closed or not self._ready:
            self._finished.set()
            while self._waiting:
                self._wake_one()
