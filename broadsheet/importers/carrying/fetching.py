"""Files of the old site: out of the given ones, else over the network, from public addresses alone."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPConnection, HTTPException, HTTPResponse
from socket import SHUT_RDWR, gaierror, socket
from threading import Event, Timer
from time import monotonic
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from broadsheet.importers.bodies.addresses import host_of, unsized
from broadsheet.importers.files import Files, reading
from broadsheet.platform.http.fetching import CHUNK, REDIRECTS, FetchError
from broadsheet.platform.http.probing import open_publicly

SECONDS = 60.0
"""For one file."""
MOST_REDIRECTS = 5
ENOUGH_FAILURES = 5
"""In a row: then a host counts as gone, and is not waited for again and again."""

type Open = Callable[[str, str, int | None], HTTPConnection]


class TooSlow(OSError):
    def __str__(self) -> str:
        return _("it was not complete after %d s") % SECONDS


class Fetching:
    def __init__(self, files: Files, open_to: Open = open_publicly) -> None:
        self.files, self.open_to = files, open_to
        self._failures: Counter[str] = Counter()

    def file_at(self, address: str) -> bytes:
        """Raises FetchError. A picture of WordPress comes in its full size, if that is there."""
        for one in dict.fromkeys((unsized(address), address)):
            if (entry := self.files.at_address(one)) and entry.size <= settings.WAGTAILIMAGES_MAX_UPLOAD_SIZE:
                with reading(entry) as file:
                    return file.read()
        original = unsized(address)
        if original != address:
            try:
                return self._fetched(original)
            except FetchError:
                pass
        return self._fetched(address)

    def _fetched(self, address: str) -> bytes:
        host = host_of(address)
        if not host:
            raise FetchError(_("it is not among the files, and its site is not known"))
        if self._failures[host] >= ENOUGH_FAILURES:
            raise FetchError(_("%s does not answer") % host)
        try:
            found = _file(address, self.open_to)
        except gaierror as error:
            self._failures[host] += 1
            raise FetchError(_("there is no %s any more") % host) from error
        except (OSError, HTTPException, ValueError) as error:
            self._failures[host] += 1
            raise FetchError(str(error) or type(error).__name__) from error
        self._failures[host] = 0
        return found


def _file(address: str, open_to: Open) -> bytes:
    end = monotonic() + SECONDS
    for _hop in range(1 + MOST_REDIRECTS):
        parts = urlsplit(address)
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username:
            raise FetchError(_("it is no address of a file"))
        connection = open_to(parts.scheme, parts.hostname, parts.port)
        try:
            connection.connect()
            with _cut_off_at(end, connection.sock):
                answer = _answer(connection, parts)
        finally:
            connection.close()
        if isinstance(answer, bytes):
            return answer
        address = urljoin(address, answer)
    raise FetchError(_("it redirects without end"))


def _answer(connection: HTTPConnection, parts: SplitResult) -> bytes | str:
    """The file, or where it is instead."""
    path = parts._replace(scheme="", netloc="", fragment="").geturl() or "/"
    headers = {"User-Agent": f"Broadsheet (+{settings.PUBLIC_URL})", "Accept-Encoding": "identity"}
    connection.request("GET", quote(path, safe="/?=&%:@!$'()*+,;~#[]"), headers=headers)
    with connection.getresponse() as response:
        if response.status in REDIRECTS and (location := response.headers.get("Location", "")):
            return str(location)
        if response.status != 200:
            raise FetchError(_("it answered %d") % response.status)
        return _whole(response)


def _whole(response: HTTPResponse) -> bytes:
    body = bytearray()
    while chunk := response.read1(CHUNK):
        body += chunk
        if len(body) > settings.WAGTAILIMAGES_MAX_UPLOAD_SIZE:
            raise FetchError(
                _("it is larger than %d MB") % (settings.WAGTAILIMAGES_MAX_UPLOAD_SIZE // 1024**2)
            )
    if response.length:
        raise FetchError(_("it broke off"))
    return bytes(body)


@contextmanager
def _cut_off_at(end: float, open_socket: socket) -> Iterator[None]:
    """A server that sends byte by byte, of the head or of the file, is not listened to for ever."""
    is_over = Event()

    def cut() -> None:
        is_over.set()
        with suppress(OSError):
            socket.shutdown(open_socket, SHUT_RDWR)

    timer = Timer(max(0.0, end - monotonic()), cut)
    timer.start()
    try:
        yield
    except (OSError, HTTPException) as error:
        if not is_over.is_set():
            raise
        raise TooSlow from error
    finally:
        timer.cancel()
    if is_over.is_set():
        raise TooSlow
