import asyncio
import logging
import time
from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterable, Callable, Mapping
from contextlib import suppress
from datetime import timedelta
from typing import Any, Protocol

from django.db import DatabaseError

from broadsheet.delivery.addresses import domain_of
from broadsheet.delivery.models import Batch, BatchQuerySet, Lane, Send
from broadsheet.delivery.models.batch import LEASE
from broadsheet.delivery.recovery import Lease, recover
from broadsheet.delivery.smtp import Answer, Envelope, Fence, Result, Sealed, Unreachable
from broadsheet.delivery.spool import Spool
from broadsheet.delivery.throttle import Throttle
from broadsheet.delivery.worker.database_thread import DatabaseThread
from broadsheet.delivery.worker.envelope_builder import EnvelopeBuilder
from broadsheet.delivery.worker.leased_batch import LeasedBatch
from broadsheet.delivery.worker.leasing import lease_next
from broadsheet.platform import clock

logger = logging.getLogger(__name__)

POLL = 0.4
"""Seconds between two looks for something to send: as long as a code to sign in waits at most."""
HEARTBEAT = 1.0
"""Seconds between two looks whether leases hold and sends go on."""
LONGEST_PAUSE = 30.0
"""Seconds before an unreachable server is tried again."""
REFUSALS_TO_HOLD = 50
"""Refusals in a row after which a send is held, before all of its readers are refused."""
SHUTDOWN_TIMEOUT = 10.0
"""Seconds for which a stopping worker waits for the database; then recovery reads the journals."""


class Transport(Protocol):
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
        transport: Transport,
        builder: EnvelopeBuilder,
        spool: Spool,
        holder: str,
        *lanes: Lane,
        send: int | None = None,
        connections: int = 10,
        lasts: timedelta = LEASE,
        per_minute: Mapping[str, int] | None = None,
    ) -> None:
        self._transport, self._builder, self._spool, self._holder = transport, builder, spool, holder
        self._lanes, self._send = lanes, send
        self._connections, self._lasts = connections, lasts
        self._throttle = Throttle(per_minute or {})
        self._database = DatabaseThread()
        self._batch_of: dict[int, LeasedBatch] = {}
        """Each recipient that is with the client → their batch."""
        self._open: list[LeasedBatch] = []
        self._unserved: set[Lease] = set()
        """Leases in which the database went away, before their batch could be served."""
        self._settling: set[asyncio.Task[Any]] = set()
        self._stop = asyncio.Event()
        self._refused: Counter[int] = Counter()
        """Send → how many were refused in a row."""
        self._back_at = clock.now()
        self._pause = 0.0
        """Seconds until the mail server is tried again; longer each time, until it takes a message."""
        self._gives_up_at = 0.0

    async def run(self, stop: asyncio.Event, until: Callable[[], bool] | None = None) -> None:
        """Until `stop` is set, or until nothing is due and `until`, which may ask the database, is true."""
        self._stop = stop
        try:
            async with asyncio.TaskGroup() as self._tasks:
                heartbeat = self._tasks.create_task(self._heartbeat())
                await self._send_until(until)
                heartbeat.cancel()
        finally:
            await self._database.close()

    async def _send_until(self, until: Callable[[], bool] | None) -> None:
        fed = asyncio.Event()
        while not (self._stop.is_set() or fed.is_set()):
            envelopes = self._envelopes(until, fed)
            try:
                await self._transport(envelopes, self, connections=self._connections, stop=self._stop)
                self._pause = 0.0
            except Unreachable as error:
                self._pause = min(LONGEST_PAUSE, self._pause * 2 or 1.0)
                logger.warning("The mail server can’t be had, again in %g s: %s", self._pause, error)
                self._back_at = clock.now() + timedelta(seconds=self._pause)
            finally:
                await envelopes.aclose()
            await self._settle_open()
            if self._pause:
                await self._pause_for(self._pause)

    # What the client asks for, and what it tells.

    async def _envelopes(
        self, until: Callable[[], bool] | None, fed: asyncio.Event
    ) -> AsyncGenerator[Envelope]:
        ahead = self._tasks.create_task(self._lease_next())
        try:
            while not self._stop.is_set():
                # Shielded: what is being leased is ours, even where nobody waits for it any more.
                leased = await asyncio.shield(ahead)
                if leased is None:
                    if until is not None and await self._database.retry(self._is_running, until):
                        fed.set()
                        return
                    await self._pause_for(POLL)
                ahead = self._tasks.create_task(self._lease_next())
                if leased is None:
                    continue
                for recipient in leased:
                    self._batch_of[recipient.pk] = leased
                    yield self._builder.envelope(leased.batch, recipient, leased.frozen)
                self._settle_if_over(leased)
        finally:
            await asyncio.wait([ahead])

    def before_dot(self, key: int) -> None:
        leased = self._batch_of[key]
        try:
            leased.before_dot(key)
        except Sealed:
            del self._batch_of[key]
            self._settle_if_over(leased)
            raise

    def after(self, key: int, answer: Answer) -> None:
        leased = self._batch_of.pop(key)
        recipient = leased.after(key, answer)
        if answer.result is Result.SUBMITTED:
            self._pause = 0.0
        if leased.batch.send.lane != Lane.LETTERS:
            self._count_refusals(leased.batch.send, answer)
            self._adjust_throttle(domain_of(recipient.address), answer)
        self._settle_if_over(leased)

    def _count_refusals(self, send: Send, answer: Answer) -> None:
        if answer.result is not Result.REFUSED:
            self._refused[send.pk] = 0
            return
        self._refused[send.pk] += 1
        if self._refused[send.pk] >= REFUSALS_TO_HOLD:
            self._refused[send.pk] = 0  # a person may let it go on before the server is mended
            # It is not them whom the server refuses, but us or the message.
            words = f"The server refused {REFUSALS_TO_HOLD} messages in a row: {answer}"
            logger.error("Send %s is held. %s", send.pk, words)
            holding = self._database.retry(self._may_wait, lambda: send.hold(words=words))
            self._settling.add(task := self._tasks.create_task(holding))
            task.add_done_callback(self._settling.discard)

    def _adjust_throttle(self, domain: str, answer: Answer) -> None:
        """What an answer says of the domain that it came for, beside what it says of the recipient."""
        if answer.result is Result.SUBMITTED:
            self._throttle.accepted(domain)
        elif answer.code == 421 or answer.enhanced.startswith("4.7."):
            self._throttle.slow_down(domain)

    # Batches come and go.

    def _due(self) -> BatchQuerySet:
        due = Batch.objects.due(*self._lanes)
        return due if self._send is None else due.filter(send=self._send)

    async def _lease_next(self) -> LeasedBatch | None:
        try:
            leased = await self._database.retry(lambda: False, self._fetch)
        except OSError as error:
            logger.error("No journal can be made, so nothing is sent: %s", error)
            await self._pause_for(LONGEST_PAUSE)
            return None
        if leased:
            self._open.append(leased)
        return leased

    def _fetch(self) -> LeasedBatch | None:
        leased = lease_next(self._due, self._spool, self._holder, self._throttle, self._lasts, self._unserved)
        if leased:
            try:
                leased.frozen = self._builder.fetch(leased.batch)
            except DatabaseError:
                leased.journal.close()
                raise
            self._unserved.discard((leased.batch.pk, leased.batch.epoch, self._holder))
        return leased

    def _settle_if_over(self, leased: LeasedBatch) -> None:
        if leased.is_over and leased in self._open:
            self._open.remove(leased)
            settling = self._tasks.create_task(self._settle(leased))
            self._settling.add(settling)
            settling.add_done_callback(self._settling.discard)

    async def _settle(self, leased: LeasedBatch) -> None:
        def settled() -> bool:
            if leased.batch.settle(leased.outcomes, self._back_at):
                leased.suppress_gone()
                Send.objects.filter(pk=leased.batch.send_id).finish()
            return True

        # Where the database stays away the journal is left to be recovered.
        if await self._database.retry(self._may_wait, settled):
            leased.journal.discard()

    def _is_running(self) -> bool:
        return not self._stop.is_set()

    def _may_wait(self) -> bool:
        if not self._stop.is_set():
            return True
        self._gives_up_at = self._gives_up_at or time.monotonic() + SHUTDOWN_TIMEOUT
        return time.monotonic() < self._gives_up_at

    async def _settle_open(self) -> None:
        """Settles all that is open. The client has answered for whatever it took."""
        for leased in list(self._open):
            leased.release()
            self._settle_if_over(leased)
        self._batch_of.clear()
        while self._settling:
            await asyncio.wait(self._settling)

    # What happens by the clock.

    async def _heartbeat(self) -> None:
        every = min(HEARTBEAT, self._lasts.total_seconds() / 4)
        while True:
            lost = await self._database.retry(self._is_running, self._renew_and_recover)
            for leased in lost or ():
                leased.end_feeding()
                self._settle_if_over(leased)
            await asyncio.sleep(every)

    def _renew_and_recover(self) -> list[LeasedBatch]:
        """Renews the leases, recovers those of the dead; the batches of ours that are not to go on."""
        leased = {each.batch.pk: each for each in list(self._open)}
        ours = Batch.objects.leased_by(self._holder).filter(pk__in=leased)
        ours.renew(self._lasts)
        going_on = ours.filter(send__state=Send.State.SENDING).values_list("pk", "epoch")
        alive = {pk for pk, epoch in going_on if leased[pk].batch.epoch == epoch}
        try:
            recover(self._spool, self._unserved)
            self._unserved.clear()
        except OSError as error:
            logger.error("The journals can’t be read: %s", error)
        Batch.objects.skip_stopped()
        Send.objects.finish()
        return [each for pk, each in leased.items() if pk not in alive]

    async def _pause_for(self, seconds: float) -> None:
        """For so many `seconds`, or until it is to stop."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._stop.wait(), seconds)
