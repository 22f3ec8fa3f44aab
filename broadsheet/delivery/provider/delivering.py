import asyncio
import logging
from collections.abc import AsyncIterable, Iterable
from concurrent.futures import Executor, ThreadPoolExecutor
from typing import Any

from broadsheet.delivery.provider.api_client import Counter
from broadsheet.delivery.provider.provider import Provider
from broadsheet.delivery.smtp import Answer, Envelope, Fence, Kind, Sealed, Unfit, Unreachable
from broadsheet.delivery.smtp.answer import STOPPED
from broadsheet.delivery.smtp.feed import Feed

logger = logging.getLogger(__name__)


async def deliver(
    provider: Provider,
    envelopes: Iterable[Envelope] | AsyncIterable[Envelope],
    fence: Fence,
    *,
    connections: int = 10,
    stop: asyncio.Event | None = None,
) -> None:
    """As `delivery.smtp.deliver`, but each message is handed to a provider's API.

    What stands for the final dot is the request: once it may have reached the provider, only its answer tells
    whether the message goes. Raises Unreachable where the provider is away, turns us off or asks for
    patience.
    """
    feed = Feed(envelopes, room=2 * connections)
    threads = ThreadPoolExecutor(connections, thread_name_prefix="provider")
    filling = asyncio.ensure_future(feed.fill())
    working: set[asyncio.Future[Any]] = {
        filling,
        *(asyncio.ensure_future(_carry(Counter(provider), feed, fence, threads)) for _ in range(connections)),
    }
    stopping = asyncio.ensure_future((stop or asyncio.Event()).wait())
    everything = [*working, stopping]
    failure: BaseException | None = None
    try:
        while working and not failure and not stopping.done():
            done, _ = await asyncio.wait([*working, stopping], return_when=asyncio.FIRST_COMPLETED)
            working -= done
            failure = next(filter(None, map(_failure, done)), None)
        filling.cancel()
        left = feed.close()
        # Whoever has handed a message over waits for its answer, and finds nothing more to take.
        while working:
            done, working = await asyncio.wait(working)
            late = [found for found in map(_failure, done) if found and not isinstance(found, Unreachable)]
            failure = next(iter(late), failure)
        if not failure or isinstance(failure, Unreachable):
            for letter in left:
                fence.after(letter.envelope.key, Answer(Kind.UNSENT, words=str(failure or STOPPED)))
        if failure:
            raise failure
    finally:
        for task in everything:
            task.cancel()
        await asyncio.gather(*everything, return_exceptions=True)
        threads.shutdown(wait=False)


async def _carry(counter: Counter, feed: Feed, fence: Fence, threads: Executor) -> None:
    """Raises Unreachable once the next message would fare no better."""
    loop = asyncio.get_running_loop()
    with counter:
        while letter := await feed.next():
            envelope = letter.envelope
            try:
                message = _in_parts(counter, envelope.sender, envelope.recipient, envelope.built())
            except Unfit as unfit:
                fence.after(envelope.key, unfit.answer)
                continue
            try:
                fence.before_dot(envelope.key)
            except Sealed:
                continue
            answer, is_closed = await loop.run_in_executor(threads, counter.hand_over, message)
            fence.after(envelope.key, answer)
            if is_closed:
                raise Unreachable(answer.words)


def _in_parts(counter: Counter, sender: str, recipient: str, content: bytes) -> Any:
    """Raises Unfit where the message can't be taken apart: it alone is refused, and the rest goes on."""
    try:
        return counter.message(sender, recipient, content)
    except Unfit:
        raise
    except Exception as error:
        logger.exception("A message can’t be put into the form of a provider")
        raise Unfit(554, "5.6.0", f"The message can’t be read: {error}") from error


def _failure(task: asyncio.Future[Any]) -> BaseException | None:
    return None if task.cancelled() else task.exception()
