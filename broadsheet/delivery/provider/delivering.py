import asyncio
import logging
from collections.abc import AsyncIterable, Iterable
from concurrent.futures import Executor, ThreadPoolExecutor
from email.errors import MessageError
from typing import Any

from broadsheet.delivery.provider.api_client import ApiClient
from broadsheet.delivery.provider.provider import Provider
from broadsheet.delivery.smtp import Envelope, Fence, Sealed, Unreachable, Unsendable
from broadsheet.delivery.smtp.feed import Feed
from broadsheet.delivery.smtp.senders import run_senders

logger = logging.getLogger(__name__)

PARSER_ERRORS = (AttributeError, LookupError, MessageError, TypeError, ValueError)
"""What the standard library's parsers of messages raise, each of them, when one is malformed enough."""


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
    clients = [ApiClient(provider) for _ in range(connections)]
    senders = [_submit_all(client, feed, fence, threads) for client in clients]
    try:
        await run_senders(senders, feed, fence, stop=stop)
    finally:
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
    except PARSER_ERRORS as error:
        logger.exception("A message can’t be put into the form of a provider")
        raise Unsendable(554, "5.6.0", f"The message can’t be read: {error}") from error
