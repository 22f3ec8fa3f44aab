import asyncio
from enum import Enum, auto

from broadsheet.delivery.smtp.answer import STOPPED, Answer, Kind
from broadsheet.delivery.smtp.connection import Connection
from broadsheet.delivery.smtp.exchange import Exchange
from broadsheet.delivery.smtp.feed import Feed
from broadsheet.delivery.smtp.fence import Fence
from broadsheet.delivery.smtp.outgoing import Letter
from broadsheet.delivery.smtp.relay import Relay, Unreachable

FIRST_REST, LONGEST_REST = 1.0, 30.0
"""Seconds before a connection is tried again, where others are had."""


class State(Enum):
    IDLE = auto()
    OPENING = auto()
    OPEN = auto()
    RESTING = auto()


class Lane:
    """Has one connection at a time, opened again as often as it takes."""

    def __init__(self, relay: Relay, feed: Feed, fence: Fence, lanes: list["Lane"]) -> None:
        self._relay = relay
        self._feed = feed
        self._fence = fence
        self._lanes = lanes
        self._state = State.IDLE
        self._is_halted = False
        self._opening: asyncio.Task[Connection] | None = None
        self._exchange: Exchange | None = None

    async def run(self) -> None:
        """Raises Unreachable where neither this nor any other lane has a connection."""
        rest = FIRST_REST
        while letter := await self._feed.next():
            connection = await self._opened(letter)
            if not connection:
                self._state = State.RESTING
                await self._feed.finishes(rest)
                rest = min(2 * rest, LONGEST_REST)
                continue
            rest = FIRST_REST
            self._state = State.OPEN
            self._exchange = Exchange(connection, self._feed, self._fence)
            await self._exchange.carry(letter)
            self._exchange = None
            self._state = State.IDLE

    def halt(self) -> None:
        """No dot any more; a letter past its dot is waited for."""
        self._is_halted = True
        if self._opening:
            self._opening.cancel()
        if self._exchange:
            self._exchange.halt()

    async def _opened(self, letter: Letter) -> Connection | None:
        """A connection for `letter`; None where it is left to those who have one."""
        self._state = State.OPENING
        self._opening = asyncio.ensure_future(Connection.open(self._relay))
        try:
            return await self._opening
        except asyncio.CancelledError:
            if not self._is_halted:
                raise
            self._fence.after(letter.envelope.key, Answer(Kind.UNSENT, words=STOPPED))
            return None
        except Unreachable as error:
            if not self._is_halted and self._others_have_hope:
                self._feed.give_back(letter)
                return None
            self._fence.after(letter.envelope.key, Answer(Kind.UNSENT, words=str(error)))
            raise
        finally:
            self._opening = None

    @property
    def _others_have_hope(self) -> bool:
        return any(lane._state in {State.OPENING, State.OPEN} for lane in self._lanes if lane is not self)
