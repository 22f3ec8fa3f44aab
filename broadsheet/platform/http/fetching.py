"""Fetches a small public file over HTTPS, and refuses whatever else an address may turn into."""

import socket
import ssl
from collections.abc import Callable
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from time import monotonic
from urllib.parse import urljoin, urlsplit

from django.conf import settings

from broadsheet.platform.http.proxy import address_in

SECONDS = 10.0
LARGEST = 5 * 1024 * 1024
MOST_REDIRECTS = 3
REDIRECTS = {301, 302, 303, 307, 308}
CHUNK = 64 * 1024

type Opener = Callable[[str], HTTPConnection]
"""Makes the connection to a host. Tests give one that leads to this machine."""


class FetchError(Exception):
    """Says in a few words why there is no file: “it answered 404”."""


class PublicConnection(HTTPSConnection):
    """TLS to an address that was looked up once and found public: it can't be swapped in between."""

    def __init__(self, host: str) -> None:
        self._tls = ssl.create_default_context()
        super().__init__(host, timeout=SECONDS, context=self._tls)

    def connect(self) -> None:
        plain = socket.create_connection((public_address(self.host, self.port), self.port), SECONDS)
        try:
            self.sock = self._tls.wrap_socket(plain, server_hostname=self.host)
        except OSError:
            plain.close()
            raise


def public_address(host: str, port: int) -> str:
    """An address of `host`. Raises FetchError if any of them isn't public."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    for *_, (written, *_) in found:
        address = address_in(str(written))
        if address is None or not address.is_global or address.is_multicast:
            raise FetchError(f"{host} has the address {written}, which is not public")
    return str(found[0][4][0])


def fetch(address: str, open_to: Opener = PublicConnection) -> bytes:
    """The file at an https address: at most 5 MB, redirected within its host at most. Raises FetchError."""
    for _ in range(1 + MOST_REDIRECTS):
        answer = _ask(address, open_to)
        if isinstance(answer, bytes):
            return answer
        address = answer
    raise FetchError("it redirects without end")


def _ask(address: str, open_to: Opener) -> bytes | str:
    """The file, or the address on the same host that it is at instead."""
    parts = urlsplit(address)
    if parts.scheme != "https" or not parts.hostname or parts.port:
        raise FetchError("it is no https address")
    connection = open_to(parts.hostname)
    try:
        headers = {"User-Agent": f"Broadsheet (+{settings.PUBLIC_URL})", "Accept-Encoding": "identity"}
        connection.request("GET", parts._replace(scheme="", netloc="", fragment="").geturl(), headers=headers)
        response = connection.getresponse()
        if response.status in REDIRECTS:
            target = urljoin(address, response.headers.get("Location", ""))
            if urlsplit(target)[:2] != parts[:2]:
                raise FetchError("it redirects to another host")
            return target
        if response.status != 200:
            raise FetchError(f"it answered {response.status}")
        return _body(response)
    except (OSError, HTTPException, ValueError) as error:  # ValueError: of a Location that is no address
        raise FetchError(str(error) or type(error).__name__) from error
    finally:
        connection.close()


def _body(response: HTTPResponse) -> bytes:
    body, end = b"", monotonic() + SECONDS
    while chunk := response.read1(CHUNK):
        body += chunk
        if len(body) > LARGEST:
            raise FetchError("it is larger than 5 MB")
        if monotonic() > end:
            raise FetchError(f"it was not complete after {SECONDS:g} s")
    if response.length:
        raise FetchError("it broke off")
    return body
