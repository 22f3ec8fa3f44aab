"""The addresses that `serve` listens on, and sentences where it can't."""

import socket

BACKLOG = 1024


class Refused(Exception):
    """An address can't be listened on; the words say why."""


def listen(host: str, port: int, purpose: str = "") -> socket.socket:
    """Raises Refused."""
    if port > 65_535:
        raise Refused(f"Cannot listen on {host}:{port}{purpose}: the last port is 65535. Set PORT lower.")
    try:
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        return socket.create_server(address[:2], family=family, backlog=BACKLOG)
    except OSError as error:
        # create_server says the address twice.
        reason = (error.strerror or str(error)).partition(" (while")[0]
        raise Refused(
            f"Cannot listen on {host}:{port}{purpose}: {reason}. Set PORT or --host to a free address."
        ) from error


def check(host: str, port: int, purpose: str = "") -> None:
    """Raises Refused where that address could not be listened on."""
    listen(host, port, purpose).close()


def listen_at(path: str) -> socket.socket:
    """A Unix socket for processes of this user."""
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(path)
    listening.listen(BACKLOG)
    return listening
