"""What every way to send has in common: several senders that empty one feed, until all is answered."""

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from typing import Any

from broadsheet.delivery.smtp.answer import STOPPED, Answer, Result
from broadsheet.delivery.smtp.feed import Feed
from broadsheet.delivery.smtp.fence import Fence
from broadsheet.delivery.smtp.relay import Unreachable


async def run_senders(
    senders: Iterable[Coroutine[Any, Any, None]],
    feed: Feed,
    fence: Fence,
    *,
    halt: Callable[[], None] = lambda: None,
    stop: asyncio.Event | None = None,
) -> None:
    """Until `feed` is empty and all senders have ended, one of them fails, or `stop` is set.

    In the last two cases nothing more is taken from the feed, `halt` is called, and the senders are waited
    for; what is left is answered as UNSENT. Raises what a sender or the feed raised: an error of any other
    kind rather than Unreachable, for it would not pass by itself. Cancelled, it waits for nobody.
    """
    filling = asyncio.ensure_future(feed.fill())
    working: set[asyncio.Future[Any]] = {filling, *map(asyncio.ensure_future, senders)}
    stopping = asyncio.ensure_future((stop or asyncio.Event()).wait())
    everything = [*working, stopping]
    failure: BaseException | None = None
    try:
        while working and not failure and not stopping.done():
            done, _ = await asyncio.wait([*working, stopping], return_when=asyncio.FIRST_COMPLETED)
            working -= done
            failure = _gravest(done)
        filling.cancel()
        left = feed.close()
        halt()
        if working:
            # Whoever has sent a message waits for its answer, and finds nothing more to take.
            done, _ = await asyncio.wait(working)
            late = _gravest(done)
            is_worse = late and not isinstance(late, Unreachable)
            if is_worse and (failure is None or isinstance(failure, Unreachable)):
                failure = late
        for outgoing in left:
            fence.after(outgoing.envelope.key, Answer(Result.UNSENT, words=str(failure or STOPPED)))
        if failure:
            raise failure
    finally:
        for task in everything:
            task.cancel()
        await asyncio.gather(*everything, return_exceptions=True)


def _gravest(done: Iterable[asyncio.Future[Any]]) -> BaseException | None:
    errors = [error for task in done if not task.cancelled() and (error := task.exception())]
    return min(errors, key=lambda error: isinstance(error, Unreachable), default=None)
