"""Whether an address answers. Only public hosts are asked, and nothing of the page is read."""

from collections.abc import Callable
from http.client import HTTPConnection, HTTPException
from socket import create_connection
from urllib.parse import urljoin, urlsplit

from django.conf import settings

from broadsheet.platform.http.fetching import REDIRECTS, FetchError, PublicConnection, public_address

SECONDS = 5.0
MOST_REDIRECTS = 5
REFUSES_HEAD = {400, 403, 404, 405, 501}
"""Answers by which many servers say only that they want a GET."""
ABSENT = {404, 410}

type Open = Callable[[str, str, int | None], HTTPConnection]
"""Scheme, host and port → a connection. Tests give one that leads to this machine."""


class PlainConnection(HTTPConnection):
    """To an address that was looked up once and found public."""

    def connect(self) -> None:
        self.sock = create_connection((public_address(self.host, self.port), self.port), SECONDS)


def open_publicly(scheme: str, host: str, port: int | None) -> HTTPConnection:
    if port not in {None, 80, 443}:
        raise FetchError("it has a port of its own")
    host = f"[{host}]" if ":" in host else host  # else the end of such an address is taken for a port
    connection = PublicConnection(host) if scheme == "https" else PlainConnection(host, timeout=SECONDS)
    connection.timeout = SECONDS
    return connection


def answer_of(address: str, open_to: Open, agent: str) -> int | str:
    """The status, or why there is none. `agent` says what for we ask: “Broadsheet preflight”."""
    try:
        status = status_of(address, "HEAD", open_to, agent)
        return status_of(address, "GET", open_to, agent) if status in REFUSES_HEAD else status
    except (FetchError, OSError, HTTPException, ValueError) as error:
        return str(error) or type(error).__name__


def status_of(address: str, method: str, open_to: Open, agent: str) -> int:
    """After redirects, each of whose hosts must be public too. Nothing of the page is read."""
    for _ in range(1 + MOST_REDIRECTS):
        parts = urlsplit(address)
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username:
            raise FetchError("it is no address of a page")
        connection = open_to(parts.scheme, parts.hostname, parts.port)
        try:
            path = parts._replace(scheme="", netloc="", fragment="").geturl() or "/"
            connection.request(method, path, headers={"User-Agent": f"{agent} (+{settings.PUBLIC_URL})"})
            response = connection.getresponse()
            location = response.headers.get("Location", "")
        finally:
            connection.close()
        if response.status not in REDIRECTS or not location:
            return response.status
        address = urljoin(address, location)
    raise FetchError("it redirects without end")
