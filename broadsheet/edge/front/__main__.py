"""``python -m broadsheet.edge.front --django SOCKET``: one front. It ends on SIGTERM when all is answered."""

import argparse
import asyncio
import logging
import os
import socket
import sys

import uvicorn
import uvloop

from broadsheet import logs
from broadsheet.edge.front import limits
from broadsheet.edge.front.front import Front
from broadsheet.edge.front.protocol import FrontProtocol
from broadsheet.edge.front.rules import Rules
from broadsheet.edge.front.upstream import UnavailableError, Upstream
from broadsheet.platform.outages.repeats import OnceAMinute

log = logging.getLogger("broadsheet.front")

SECONDS_TO_FINISH = 25
BACKLOG = 2_048
SECONDS_TO_ASK_AGAIN = 0.5


def arguments(given: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m broadsheet.edge.front", description=__doc__)
    parser.add_argument("--django", required=True, metavar="SOCKET", help="the Unix socket of Django")
    parser.add_argument("--fd", type=int, help="a listening socket that was inherited")
    parser.add_argument("--host", default="127.0.0.1", help="else the address to listen on (%(default)s)")
    parser.add_argument("--port", type=int, default=8000, help="and the port (%(default)s)")
    parser.add_argument("--ready-fd", type=int, help="gets a line once this process serves")
    parser.add_argument("--log-level", default="WARNING")
    parser.add_argument("--log-format", choices=("lines", "json"), default="lines")
    return parser.parse_args(given)


def listening(options: argparse.Namespace) -> socket.socket:
    if options.fd is not None:
        return socket.socket(fileno=options.fd)
    family = socket.AF_INET6 if ":" in options.host else socket.AF_INET
    return socket.create_server((options.host, options.port), family=family, backlog=BACKLOG)


async def rules_of(upstream: Upstream) -> Rules:
    """Waits for Django, however long that takes, and says once what it waits for."""
    said = ""
    while True:
        try:
            return Rules(await upstream.rules())
        except UnavailableError as error:
            if str(error) != said:
                said = str(error)
                log.warning("Waiting for Django: %s", said)
            await asyncio.sleep(SECONDS_TO_ASK_AGAIN)


async def serve(options: argparse.Namespace) -> None:
    upstream = Upstream(options.django)
    front = Front(upstream, await rules_of(upstream))
    protocol = type("Protocol", (FrontProtocol,), {"front": front})
    config = uvicorn.Config(
        front,
        http=protocol,
        ws="none",
        lifespan="off",
        interface="asgi3",
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=True,
        proxy_headers=False,
        timeout_keep_alive=int(limits.SECONDS_IDLE),
        timeout_graceful_shutdown=SECONDS_TO_FINISH,
        backlog=BACKLOG,
    )
    server = Server(config, front, options.ready_fd)
    await server.serve(sockets=[listening(options)])
    await front.end()


class Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, front: Front, ready_fd: int | None) -> None:
        super().__init__(config)
        self._front, self._ready_fd = front, ready_fd

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        self._front.begin(self.server_state)
        await super().startup(sockets)
        if self._ready_fd is not None:
            os.write(self._ready_fd, b"ready\n")
            os.close(self._ready_fd)

    def handle_exit(self, sig: int, frame: object) -> None:
        # Not remembered: ending by SIGTERM is how this ends, with status 0.
        self.should_exit = True


def log_as(level: str, written: str) -> None:
    """As the other processes do: lines or JSON, and no fault more than once a minute."""
    handler = logging.StreamHandler()
    is_json = written == "json"
    handler.setFormatter(
        logs.Json() if is_json else logging.Formatter("{asctime} {levelname} {name}: {message}", style="{")
    )
    handler.addFilter(OnceAMinute())
    logging.basicConfig(level=level, handlers=[handler])
    logging.getLogger("uvicorn").setLevel("WARNING")


def main() -> None:
    options = arguments(sys.argv[1:])
    log_as(options.log_level, options.log_format)
    asyncio.run(serve(options), loop_factory=uvloop.new_event_loop)


if __name__ == "__main__":
    main()
