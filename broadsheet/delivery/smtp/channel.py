import asyncio
from enum import Enum, auto

from broadsheet.delivery.smtp.answer import STOPPED, Answer, Result
from broadsheet.delivery.smtp.connection import Connection
from broadsheet.delivery.smtp.exchange import Exchange
from broadsheet.delivery.smtp.feed import Feed
from broadsheet.delivery.smtp.fence import Fence
from broadsheet.delivery.smtp.outgoing import Outgoing
from broadsheet.delivery.smtp.relay import Relay, Unreachable

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 30.0
"""Seconds before a connection is tried again, where others are had."""


class State(Enum):
    IDLE = auto()
    OPENING = auto()
    OPEN = auto()
    PAUSED = auto()


class Channel:
    """Has one connection at a time, opened again as often as it takes."""

    def __init__(self, relay: Relay, feed: Feed, fence: Fence, channels: list["Channel"]) -> None:
        self._relay = relay
        self._feed = feed
        self._fence = fence
        self._channels = channels
        self._state = State.IDLE
        self._is_halted = False
        self._opening: asyncio.Task[Connection] | None = None
        self._exchange: Exchange | None = None

    async def run(self) -> None:
        """Raises Unreachable where neither this nor any other channel has a connection."""
        pause = FIRST_PAUSE
        while outgoing := await self._feed.next():
            connection = await self._connect(outgoing)
            if not connection:
                self._state = State.PAUSED
                await self._feed.wait_finished(pause)
                pause = min(2 * pause, LONGEST_PAUSE)
                continue
            pause = FIRST_PAUSE
            self._state = State.OPEN
            self._exchange = Exchange(connection, self._feed, self._fence)
            await self._exchange.run(outgoing)
            self._exchange = None
            self._state = State.IDLE

    def halt(self) -> None:
        """No dot any more; a message past its dot is waited for."""
        self._is_halted = True
        if self._opening:
            self._opening.cancel()
        if self._exchange:
            self._exchange.halt()

    async def _connect(self, outgoing: Outgoing) -> Connection | None:
        """A connection for `outgoing`; None where it is left to those who have one."""
        self._state = State.OPENING
        self._opening = asyncio.ensure_future(Connection.open(self._relay))
        try:
            return await self._opening
        except asyncio.CancelledError:
            if not self._is_halted:
                raise
            self._fence.after(outgoing.envelope.key, Answer(Result.UNSENT, words=STOPPED))
            return None
        except Unreachable as error:
            if not self._is_halted and self._others_may_connect:
                self._feed.give_back(outgoing)
                return None
            self._fence.after(outgoing.envelope.key, Answer(Result.UNSENT, words=str(error)))
            raise
        finally:
            self._opening = None

    @property
    def _others_may_connect(self) -> bool:
        others = (channel for channel in self._channels if channel is not self)
        return any(other._state in {State.OPENING, State.OPEN} for other in others)
