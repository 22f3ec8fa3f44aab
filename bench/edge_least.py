"""The least that a server in Python does: uvloop, the front’s parser, and the same bytes for everything.

``python -m bench.edge_least PORT FILE``, where the file holds a whole answer, head and body.
"""

import asyncio
import sys
from pathlib import Path

import httptools
import uvloop


class Least(asyncio.Protocol):
    answer = b""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        self.transport = transport
        self.names: list[bytes] = []
        self.values: list[bytes] = []
        self.parser = httptools.HttpRequestParser(self)

    def data_received(self, data: bytes) -> None:
        self.parser.feed_data(data)

    def on_message_begin(self) -> None:
        self.names.clear()
        self.values.clear()

    def on_header(self, name: bytes, value: bytes) -> None:
        self.names.append(name)
        self.values.append(value)

    def on_headers_complete(self) -> None:
        self.transport.write(self.answer)


async def serve(port: int, answer: bytes) -> None:
    Least.answer = answer
    server = await asyncio.get_running_loop().create_server(Least, "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(serve(int(sys.argv[1]), Path(sys.argv[2]).read_bytes()))
