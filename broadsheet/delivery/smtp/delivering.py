import asyncio
from collections.abc import AsyncIterable, Iterable

from broadsheet.delivery.smtp.channel import Channel
from broadsheet.delivery.smtp.envelope import Envelope
from broadsheet.delivery.smtp.feed import Feed
from broadsheet.delivery.smtp.fence import Fence
from broadsheet.delivery.smtp.relay import Relay
from broadsheet.delivery.smtp.senders import run_senders


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

    def halt() -> None:
        for channel in channels:
            channel.halt()

    await run_senders([channel.run() for channel in channels], feed, fence, halt=halt, stop=stop)
