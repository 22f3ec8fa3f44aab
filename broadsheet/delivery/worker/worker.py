import asyncio
import logging
import time
from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterable, Callable, Mapping
from contextlib import suppress
from datetime import timedelta
from typing import Any, Protocol

from broadsheet.delivery.addresses import domain_of
from broadsheet.delivery.models import Batch, BatchQuerySet, Lane, Send
from broadsheet.delivery.models.batch import LEASE
from broadsheet.delivery.recovery import recover
from broadsheet.delivery.smtp import Answer, Envelope, Fence, Result, Sealed, Unreachable
from broadsheet.delivery.spool import Place
from broadsheet.delivery.throttle import Throttle
from broadsheet.delivery.worker.database_thread import Rows
from broadsheet.delivery.worker.envelope_builder import Maker
from broadsheet.delivery.worker.leased_batch import Held
from broadsheet.delivery.worker.taking import take
from broadsheet.platform import clock

logger = logging.getLogger(__name__)

POLL = 0.4
"""Seconds between two looks for something to send: as long as a code to sign in waits at most."""
BEAT = 1.0
"""Seconds between two looks whether leases hold and sends go on."""
LONGEST_PAUSE = 30.0
"""Seconds before an unreachable server is tried again."""
ENOUGH = 50
"""Refusals in a row after which a send is held, before all of its readers are refused."""
PARTING = 10.0
"""Seconds for which a stopping worker waits for the database; then recovery reads the journals."""


class Carry(Protocol):
    """Brings messages to whoever takes them, as `smtp.deliver` does once it has its relay."""

    async def __call__(
        self,
        envelopes: AsyncIterable[Envelope],
        fence: Fence,
        *,
        connections: int,
        stop: asyncio.Event,
    ) -> None:
        """Raises Unreachable."""


class Worker:
    """Sends what is due in some lanes, or of one send alone, over connections of its own."""

    def __init__(
        self,
        carry: Carry,
        maker: Maker,
        place: Place,
        holder: str,
        *lanes: Lane,
        send: int | None = None,
        connections: int = 10,
        lasts: timedelta = LEASE,
        per_minute: Mapping[str, int] | None = None,
    ) -> None:
        self._carry, self._maker, self._place, self._holder = carry, maker, place, holder
        self._lanes, self._send = lanes, send
        self._connections, self._lasts = connections, lasts
        self._throttle = Throttle(per_minute or {})
        self._rows = Rows()
        self._held: dict[int, Held] = {}
        """Each recipient that is with the client → their batch."""
        self._open: list[Held] = []
        self._settling: set[asyncio.Task[Any]] = set()
        self._stop = asyncio.Event()
        self._refused: Counter[int] = Counter()
        """Send → how many were refused in a row."""
        self._back_at = clock.now()
        self._pause = 0.0
        """Seconds until the mail server is tried again; longer each time, until it takes a message."""
        self._parting_at = 0.0

    async def run(self, stop: asyncio.Event, until: Callable[[], bool] | None = None) -> None:
        """Until `stop` is set, or until nothing is due and `until`, which may ask the database, is true."""
        self._stop = stop
        try:
            async with asyncio.TaskGroup() as self._tasks:
                heart = self._tasks.create_task(self._beat())
                await self._send_until(until)
                heart.cancel()
        finally:
            await self._rows.close()

    async def _send_until(self, until: Callable[[], bool] | None) -> None:
        fed = asyncio.Event()
        while not (self._stop.is_set() or fed.is_set()):
            envelopes = self._envelopes(until, fed)
            try:
                await self._carry(envelopes, self, connections=self._connections, stop=self._stop)
                self._pause = 0.0
            except Unreachable as error:
                self._pause = min(LONGEST_PAUSE, self._pause * 2 or 1.0)
                logger.warning("The mail server can’t be had, again in %g s: %s", self._pause, error)
                self._back_at = clock.now() + timedelta(seconds=self._pause)
            finally:
                await envelopes.aclose()
            await self._let_go()
            if self._pause:
                await self._rest(self._pause)

    # What the client asks for, and what it tells.

    async def _envelopes(
        self, until: Callable[[], bool] | None, fed: asyncio.Event
    ) -> AsyncGenerator[Envelope]:
        ahead = self._tasks.create_task(self._take())
        try:
            while not self._stop.is_set():
                # Shielded: what is being leased is ours, even where nobody waits for it any more.
                held = await asyncio.shield(ahead)
                if held is None:
                    if until is not None and await self._rows.insist(self._goes_on, until):
                        fed.set()
                        return
                    await self._rest(POLL)
                ahead = self._tasks.create_task(self._take())
                if held is None:
                    continue
                for recipient in held:
                    self._held[recipient.pk] = held
                    yield self._maker.envelope(held.batch, recipient, held.frozen)
                self._settle_if_over(held)
        finally:
            await asyncio.wait([ahead])

    def before_dot(self, key: int) -> None:
        held = self._held[key]
        try:
            held.before_dot(key)
        except Sealed:
            del self._held[key]
            self._settle_if_over(held)
            raise

    def after(self, key: int, answer: Answer) -> None:
        held = self._held.pop(key)
        recipient = held.after(key, answer)
        if answer.result is Result.SUBMITTED:
            self._pause = 0.0
        if held.batch.send.lane != Lane.LETTERS:
            self._count_refusals(held.batch.send, answer)
            self._heed(domain_of(recipient.address), answer)
        self._settle_if_over(held)

    def _count_refusals(self, send: Send, answer: Answer) -> None:
        if answer.result is not Result.REFUSED:
            self._refused[send.pk] = 0
            return
        self._refused[send.pk] += 1
        if self._refused[send.pk] >= ENOUGH:
            self._refused[send.pk] = 0  # a person may let it go on before the server is mended
            # It is not them whom the server refuses, but us or the message.
            words = f"The server refused {ENOUGH} messages in a row: {answer}"
            logger.error("Send %s is held. %s", send.pk, words)
            holding = self._rows.insist(self._has_patience, lambda: send.hold(words=words))
            self._settling.add(task := self._tasks.create_task(holding))
            task.add_done_callback(self._settling.discard)

    def _heed(self, domain: str, answer: Answer) -> None:
        """What an answer says of the domain that it came for, beside what it says of the recipient."""
        if answer.result is Result.SUBMITTED:
            self._throttle.accepted(domain)
        elif answer.code == 421 or answer.enhanced.startswith("4.7."):
            self._throttle.slow_down(domain)

    # Batches come and go.

    def _due(self) -> BatchQuerySet:
        due = Batch.objects.due(*self._lanes)
        return due if self._send is None else due.filter(send=self._send)

    async def _take(self) -> Held | None:
        try:
            held = await self._rows.insist(lambda: False, self._fetch)
        except OSError as error:
            logger.error("No journal can be made, so nothing is sent: %s", error)
            await self._rest(LONGEST_PAUSE)
            return None
        if held:
            self._open.append(held)
        return held

    def _fetch(self) -> Held | None:
        held = take(self._due, self._place, self._holder, self._throttle, self._lasts)
        if held:
            held.frozen = self._maker.fetch(held.batch)
        return held

    def _settle_if_over(self, held: Held) -> None:
        if held.is_over and held in self._open:
            self._open.remove(held)
            settling = self._tasks.create_task(self._settle(held))
            self._settling.add(settling)
            settling.add_done_callback(self._settling.discard)

    async def _settle(self, held: Held) -> None:
        def settled() -> bool:
            if held.batch.settle(held.outcomes, self._back_at):
                held.suppress_gone()
                Send.objects.filter(pk=held.batch.send_id).finish()
            return True

        # Where the database stays away the journal is left to be recovered.
        if await self._rows.insist(self._has_patience, settled):
            held.journal.discard()

    def _goes_on(self) -> bool:
        return not self._stop.is_set()

    def _has_patience(self) -> bool:
        if not self._stop.is_set():
            return True
        self._parting_at = self._parting_at or time.monotonic() + PARTING
        return time.monotonic() < self._parting_at

    async def _let_go(self) -> None:
        """Settles all that is open. The client has answered for whatever it took."""
        for held in list(self._open):
            held.let_go()
            self._settle_if_over(held)
        self._held.clear()
        while self._settling:
            await asyncio.wait(self._settling)

    # What happens by the clock.

    async def _beat(self) -> None:
        every = min(BEAT, self._lasts.total_seconds() / 4)
        while True:
            for held in await self._rows.insist(self._goes_on, self._look) or ():
                held.end_feeding()
                self._settle_if_over(held)
            await asyncio.sleep(every)

    def _look(self) -> list[Held]:
        """Renews the leases, recovers those of the dead; the batches of ours that are not to go on."""
        held = {each.batch.pk: each for each in list(self._open)}
        ours = Batch.objects.held_by(self._holder).filter(pk__in=held)
        ours.renew(self._lasts)
        going_on = ours.filter(send__state=Send.State.SENDING).values_list("pk", "epoch")
        alive = {pk for pk, epoch in going_on if held[pk].batch.epoch == epoch}
        try:
            recover(self._place)
        except OSError as error:
            logger.error("The journals can’t be read: %s", error)
        Batch.objects.lay_down()
        Send.objects.finish()
        return [each for pk, each in held.items() if pk not in alive]

    async def _rest(self, seconds: float) -> None:
        """For so many `seconds`, or until it is to stop."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._stop.wait(), seconds)
