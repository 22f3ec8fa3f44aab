"""A proxy on loopback that is as far away as another continent: what comes in goes out later."""

import asyncio
import sys
from collections import deque
from typing import cast

ROOM = 1 << 24
"""Bytes on their way in each direction, so that the delay is all that holds a sender back."""


class Side(asyncio.Protocol):
    """One of the two connections; what it receives goes out of the other, `seconds` later."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.other: Side | None = None
        self._transport: asyncio.Transport | None = None
        self._on_the_way: deque[bytes] = deque()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._transport.set_write_buffer_limits(high=ROOM)

    def data_received(self, data: bytes) -> None:
        self._on_the_way.append(data)
        asyncio.get_running_loop().call_later(self.seconds, self._arrive)

    def connection_lost(self, exc: Exception | None) -> None:
        # Behind what is still on its way.
        asyncio.get_running_loop().call_later(self.seconds, self._hang_up)

    def _arrive(self) -> None:
        data = self._on_the_way.popleft()
        if self.other and self.other._transport:
            self.other._transport.write(data)

    def _hang_up(self) -> None:
        if self.other and self.other._transport:
            self.other._transport.close()


async def serve(port: int, to: int, seconds: float) -> None:
    loop = asyncio.get_running_loop()

    class Near(Side):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            super().connection_made(transport)
            self._opening = loop.create_task(self._open())

        async def _open(self) -> None:
            _transport, far = await loop.create_connection(lambda: Side(seconds), "127.0.0.1", to)
            self.other, far.other = far, self

    server = await loop.create_server(lambda: Near(seconds), "127.0.0.1", port)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])))
