import asyncio
from collections.abc import AsyncIterable, Iterable
from typing import Any

from broadsheet.delivery.smtp.answer import STOPPED, Answer, Result
from broadsheet.delivery.smtp.channel import Channel
from broadsheet.delivery.smtp.envelope import Envelope
from broadsheet.delivery.smtp.feed import Feed
from broadsheet.delivery.smtp.fence import Fence
from broadsheet.delivery.smtp.relay import Relay, Unreachable


async def deliver(
    relay: Relay,
    envelopes: Iterable[Envelope] | AsyncIterable[Envelope],
    fence: Fence,
    *,
    connections: int = 10,
    stop: asyncio.Event | None = None,
) -> None:
    """Sends `envelopes` to `relay`, each once, over up to so many connections, until all are answered.

    They are taken as they can be sent, with a few in advance, so `envelopes` may be endless and may wait.
    Each that was taken is answered once by `fence.after`, unless it was sealed. A message whose connection
    was lost before its dot is tried again on another; DEFERRED says that it was given up.

    Once `stop` is set no message gets its dot any more; those past it are waited for.

    Raises Unreachable once no connection can be had; whatever was taken by then is UNSENT. What the fence,
    the iterator or an envelope's function raises, but for Sealed, is raised here, after those past their
    dot were waited for. Cancelled, it waits for nobody.
    """
    feed = Feed(envelopes, room=2 * connections)
    channels: list[Channel] = []
    channels += [Channel(relay, feed, fence, channels) for _ in range(connections)]
    filling = asyncio.ensure_future(feed.fill())
    working = {filling, *(asyncio.ensure_future(channel.run()) for channel in channels)}
    stopping = asyncio.ensure_future((stop or asyncio.Event()).wait())
    everything = [*working, stopping]
    failure: BaseException | None = None
    try:
        while working and not failure and not stopping.done():
            done, _ = await asyncio.wait([*working, stopping], return_when=asyncio.FIRST_COMPLETED)
            working -= done
            failure = next(filter(None, map(_failure, done)), None)
        if working:
            filling.cancel()
            left = feed.close()
            for channel in channels:
                channel.halt()
            done, _ = await asyncio.wait(working)
            for outgoing in left:
                fence.after(outgoing.envelope.key, Answer(Result.UNSENT, words=str(failure or STOPPED)))
            late = [found for found in map(_failure, done) if found and not isinstance(found, Unreachable)]
            failure = failure or next(iter(late), None)
        if failure:
            raise failure
    finally:
        for task in everything:
            task.cancel()
        await asyncio.gather(*everything, return_exceptions=True)


def _failure(task: asyncio.Future[Any]) -> BaseException | None:
    return None if task.cancelled() else task.exception()
