"""Pictures of an old site are fetched from public addresses alone, and within limits, by the real fetcher."""

import socket
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
from pytest_django import Settings

from broadsheet.editorial.models import Picture
from broadsheet.importers.carrying import fetching
from broadsheet.importers.carrying.fetching import ENOUGH_FAILURES, Fetching
from broadsheet.importers.files import Files
from broadsheet.importers.models import Imported
from broadsheet.platform.http import probing
from broadsheet.platform.http.fetching import FetchError
from broadsheet.platform.http.probing import open_publicly
from tests.importers.conftest import Bring
from tests.importers.old_site import OldSite
from tests.importers.wxr import item, written

NOT_PUBLIC = (
    "127.0.0.1",
    "169.254.169.254",  # where clouds tell a machine its secrets
    "10.0.0.7",
    "192.168.1.1",
    "172.16.0.1",
    "100.64.0.1",
    "0.0.0.0",  # noqa: S104 (nothing listens)
    "[::1]",
    "[fd00:ec2::254]",
    "[::ffff:127.0.0.1]",
    "2130706433",
    "0x7f000001",
    "localhost",
)


class Evil(BaseHTTPRequestHandler):
    over = Event()

    def do_GET(self) -> None:
        getattr(self, f"_{self.path.strip('/').partition('/')[0]}")()

    def _to(self) -> None:
        self.send_response(302)
        self.send_header("Location", self.path.removeprefix("/to/"))
        self.end_headers()

    def _round(self) -> None:
        self.send_response(302)
        self.send_header("Location", "/round/")
        self.end_headers()

    def _huge(self) -> None:
        self.send_response(200)
        self.end_headers()
        while True:
            self.wfile.write(b"\0" * 65536)

    def _slow(self) -> None:
        self.send_response(200)
        self.end_headers()
        while not self.over.wait(0.02):
            self.wfile.write(b"\0")
            self.wfile.flush()

    def _drip(self) -> None:
        """A head that never ends."""
        self.wfile.write(b"HTTP/1.1 200 OK\r\n")
        for number in count():
            self.wfile.write(b"X: %d\r\n" % (number % 10) if number < 50 else b"x")
            self.wfile.flush()
            if self.over.wait(0.02):
                return

    def _short(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "1000")
        self.end_headers()
        self.wfile.write(b"half")

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def evil() -> Iterator[Callable[[str, str, int | None], HTTPConnection]]:
    """Opens evil.example on this machine, and all others as the product does."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *args: Any) -> None:
            pass  # who asked has gone

    Evil.over.clear()
    server = Server(("127.0.0.1", 0), Evil)
    Thread(target=server.serve_forever, daemon=True).start()

    def opened(scheme: str, host: str, port: int | None) -> HTTPConnection:
        if host == "evil.example":
            return HTTPConnection("127.0.0.1", server.server_port, timeout=10)
        return open_publicly(scheme, host, port)

    yield opened
    Evil.over.set()
    server.shutdown()
    server.server_close()


def refused(address: str, open_to: Any = open_publicly) -> str:
    with Files.at([]) as files, pytest.raises(FetchError) as found:
        Fetching(files, open_to).file_at(address)
    return str(found.value)


@pytest.mark.parametrize("host", NOT_PUBLIC)
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_addresses_of_this_network_are_not_asked(host: str, scheme: str) -> None:
    assert "is not public" in refused(f"{scheme}://{host}/latest/meta-data/")


@pytest.mark.parametrize("host", ["127.0.0.1", "169.254.169.254", "[::1]"])
def test_nor_where_a_public_one_redirects_to_them(evil: Any, host: str) -> None:
    assert "is not public" in refused(f"http://evil.example/to/http://{host}/", evil)


@pytest.mark.parametrize(
    "address",
    ["file:///etc/passwd", "ftp://evil.example/a.jpg", "gopher://evil.example/", "data:image/png;base64,AAAA",
     "http://user@evil.example/a.jpg", "http://[/a.jpg", "//", "a.jpg"],
)  # fmt: skip
def test_nothing_but_plain_addresses_of_the_web(address: str, evil: Any) -> None:
    assert refused(address, evil)
    if address.startswith(("file", "ftp", "gopher")):
        assert refused(f"http://evil.example/to/{address}", evil) == "it is no address of a file"


@pytest.mark.parametrize("port", [22, 6379, 8000])
def test_no_other_ports(port: int) -> None:
    assert refused(f"http://old.example:{port}/") == "it has a port of its own"


def test_a_name_that_is_looked_up_anew_each_time_leads_where_it_was_found_public(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """DNS rebinding: the second answer would be this machine. There is no second question."""
    answers, asked = iter(["93.184.215.14", "127.0.0.1"]), list[str]()

    def looked_up(host: str, port: int, **_kind: Any) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (next(answers), port))]

    def connected(address: tuple[str, int], *_rest: Any) -> None:
        asked.append(address[0])
        raise ConnectionRefusedError("refused")

    monkeypatch.setattr(socket, "getaddrinfo", looked_up)
    monkeypatch.setattr(probing, "create_connection", connected)
    assert refused("http://rebinding.example/a.jpg") == "refused"
    assert asked == ["93.184.215.14"]


def test_a_name_with_one_address_that_is_not_public_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    both = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (a, 80)) for a in ("93.184.215.14", "127.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_kind: both)
    assert "is not public" in refused("http://both.example/a.jpg")


def test_a_file_without_end_is_given_up_at_the_limit(evil: Any, settings: Settings) -> None:
    settings.WAGTAILIMAGES_MAX_UPLOAD_SIZE = 1024**2
    assert refused("http://evil.example/huge/", evil) == "it is larger than 1 MB"


@pytest.mark.parametrize("path", ["slow", "drip"])
def test_who_answers_byte_by_byte_is_given_up(evil: Any, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "SECONDS", 0.5)
    assert "it was not complete after" in refused(f"http://evil.example/{path}/", evil)


def test_redirects_without_end_and_files_that_break_off(evil: Any) -> None:
    assert refused("http://evil.example/round/", evil) == "it redirects without end"
    assert refused("http://evil.example/short/", evil) == "it broke off"


def test_a_host_that_does_not_answer_is_not_asked_for_ever() -> None:
    tries = list[str]()

    def opened(scheme: str, host: str, port: int | None) -> HTTPConnection:
        tries.append(host)
        raise ConnectionRefusedError("refused")

    with Files.at([]) as files:
        fetching = Fetching(files, opened)
        for number in range(ENOUGH_FAILURES + 3):
            with pytest.raises(FetchError):
                fetching.file_at(f"http://gone.example/{number}.jpg")
    assert len(tries) == ENOUGH_FAILURES


def test_what_is_no_picture_is_listed_as_gone(bring: Bring, old_site: OldSite, tmp_path: Path) -> None:
    old_site.put("/page.jpg", b"<!doctype html><title>Log in</title>")
    old_site.put("/drawing.svg", b'<svg xmlns="http://www.w3.org/2000/svg"><script>x()</script></svg>')
    content = '<img src="/page.jpg"><img src="/drawing.svg"><img src="file:///etc/passwd"><p>Text</p>'
    bring("wordpress", written(tmp_path, item(1, content)))
    rows = Imported.objects.filter(kind="picture").order_by("pk")
    assert [(row.state, row.words) for row in rows] == [("gone", "It is no picture that we can show.")] * 2
    assert not Picture.objects.filter(title__in=["page", "drawing", "passwd"]).exists()
