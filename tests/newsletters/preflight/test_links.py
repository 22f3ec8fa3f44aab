import threading
from collections.abc import Iterator
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import pytest
from django.conf import settings

from broadsheet.newsletters.letter.rendering import Rendered
from broadsheet.newsletters.preflight.finding import Finding, Severity
from broadsheet.newsletters.preflight.links import check_links, leads_somewhere
from broadsheet.platform.http.fetching import FetchError
from broadsheet.platform.http.probing import open_publicly, status_of
from tests.magazine import Magazine


class Elsewhere(BaseHTTPRequestHandler):
    """A site whose paths say how it answers."""

    def do_HEAD(self) -> None:
        self._answer(405 if self.path == "/get-only" else None)

    def do_GET(self) -> None:
        self._answer(None)

    def _answer(self, status: int | None) -> None:
        statuses = {"/gone": 410, "/moved": 302, "/round": 302, "/private": 302, "/broken": 500}
        status = status or statuses.get(self.path, 200)
        self.send_response(status)
        targets = {"/moved": "/here", "/round": "/round", "/private": "http://10.0.0.1/"}
        if self.path in targets:
            self.send_header("Location", targets[self.path])
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[int]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Elsewhere)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()


def found(port: int, *addresses: str) -> list[Finding]:
    def open_to(scheme: str, host: str, given: int | None) -> HTTPConnection:
        if host == "gazette.example":
            return HTTPConnection("127.0.0.1", port, timeout=20)
        return open_publicly(scheme, host, given)

    html = "".join(
        f'<div class="story"><h2><a href="{address}">A story</a></h2></div>' for address in addresses
    )
    findings = check_links(Rendered("", html, ""), open_to)
    return [finding for finding in findings if finding.severity != Severity.NOTE]


@pytest.mark.parametrize("path", ["/here", "/moved", "/get-only"])
def test_links_that_lead_somewhere_are_no_finding(elsewhere: int, path: str) -> None:
    assert found(elsewhere, f"https://gazette.example{path}") == []


def test_a_dead_link_is_a_fault_in_its_story(elsewhere: int) -> None:
    (finding,) = found(elsewhere, "https://gazette.example/gone")
    assert (finding.severity, finding.place) == (Severity.FAULT, "A story")
    assert "410" in finding.message


@pytest.mark.parametrize("path", ["/broken", "/round"])
def test_a_link_that_nobody_can_be_sure_of_is_a_warning(elsewhere: int, path: str) -> None:
    (finding,) = found(elsewhere, f"https://gazette.example{path}")
    assert finding.severity == Severity.WARNING


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1/",
        "http://10.0.0.1/",
        "http://169.254.169.254/latest/meta-data/",
        "http://127.0.0.1:8000/",
        "https://gazette.example/private",
    ],
)
def test_nothing_within_our_network_is_asked(elsewhere: int, address: str) -> None:
    (finding,) = found(elsewhere, address)
    assert finding.severity == Severity.WARNING
    assert "not public" in finding.message or "port" in finding.message


@pytest.mark.parametrize("address", ["ftp://a.example/", "https://user@a.example/", "https:///x"])
def test_what_is_no_page_is_not_asked(address: str) -> None:
    with pytest.raises(FetchError):
        status_of(address, "HEAD", open_publicly, "Broadsheet preflight")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/", True),
        ("/world/harbour/", True),
        ("/uk/world/harbour/", True),
        ("/world/nowhere/", False),
        ("/newsletters/briefing/", True),
        ("/search/", True),
    ],
)
def test_our_own_pages_are_looked_up(magazine: Magazine, path: str, expected: bool) -> None:
    assert urlsplit(f"{settings.PUBLIC_URL}{path}").path == path
    assert leads_somewhere(path) is expected


@pytest.mark.django_db
def test_a_page_of_ours_that_is_gone_is_a_fault(magazine: Magazine, elsewhere: int) -> None:
    magazine.article("harbour").unpublish()
    (finding,) = found(elsewhere, f"{settings.PUBLIC_URL}/world/harbour/")
    assert finding.severity == Severity.FAULT
