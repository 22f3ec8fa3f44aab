import asyncio
import logging
from collections.abc import AsyncIterable, Iterable
from concurrent.futures import Executor, ThreadPoolExecutor
from typing import Any

from broadsheet.delivery.provider.api_client import ApiClient
from broadsheet.delivery.provider.provider import Provider
from broadsheet.delivery.smtp import Answer, Envelope, Fence, Result, Sealed, Unreachable, Unsendable
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
        *(
            asyncio.ensure_future(_submit_all(ApiClient(provider), feed, fence, threads))
            for _ in range(connections)
        ),
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
            for outgoing in left:
                fence.after(outgoing.envelope.key, Answer(Result.UNSENT, words=str(failure or STOPPED)))
        if failure:
            raise failure
    finally:
        for task in everything:
            task.cancel()
        await asyncio.gather(*everything, return_exceptions=True)
        threads.shutdown(wait=False)


async def _submit_all(client: ApiClient, feed: Feed, fence: Fence, threads: Executor) -> None:
    """Raises Unreachable once the next message would fare no better."""
    loop = asyncio.get_running_loop()
    with client:
        while outgoing := await feed.next():
            envelope = outgoing.envelope
            try:
                message = _converted(client, envelope.sender, envelope.recipient, envelope.built())
            except Unsendable as error:
                fence.after(envelope.key, error.answer)
                continue
            try:
                fence.before_dot(envelope.key)
            except Sealed:
                continue
            answer, is_unavailable = await loop.run_in_executor(threads, client.submit, message)
            fence.after(envelope.key, answer)
            if is_unavailable:
                raise Unreachable(answer.words)


def _converted(client: ApiClient, sender: str, recipient: str, content: bytes) -> Any:
    """Raises Unsendable where the message can't be taken apart: it alone is refused, and the rest goes on."""
    try:
        return client.message(sender, recipient, content)
    except Unsendable:
        raise
    except Exception as error:
        logger.exception("A message can’t be put into the form of a provider")
        raise Unsendable(554, "5.6.0", f"The message can’t be read: {error}") from error


def _failure(task: asyncio.Future[Any]) -> BaseException | None:
    return None if task.cancelled() else task.exception()
