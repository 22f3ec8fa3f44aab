import asyncio
from collections.abc import AsyncIterable, Iterable

from broadsheet.delivery.smtp.envelope import Envelope
from broadsheet.delivery.smtp.fence import Fence
from broadsheet.delivery.smtp.relay import Relay


async def deliver(
    relay: Relay,
    envelopes: Iterable[Envelope] | AsyncIterable[Envelope],
    fence: Fence,
    *,
    connections: int = 10,
    stop: asyncio.Event | None = None,
) -> None:
    """Sends `envelopes` to `relay`, each once, over up to so many connections; returns when they are all answered.

    Envelopes are taken as they can be sent, with a few in advance, so `envelopes` may be endless and may wait.
    Each that was taken is answered once by `fence.after`, unless it was sealed. A message whose connection was
    lost before its dot is tried again on another; UNSENT says that it was given up.

    Once `stop` is set no message gets its dot any more; those past it are waited for.

    Raises Unreachable once no connection can be had; whatever was taken by then is UNSENT. What the fence or
    the iterator raises, but for Sealed, is raised here, after those past their dot were waited for.
    """
    raise NotImplementedError
