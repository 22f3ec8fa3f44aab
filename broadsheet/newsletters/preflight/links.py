"""Whether the links of a letter lead anywhere: our own are looked up here, the others asked."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection, HTTPException
from socket import create_connection
from urllib.parse import urljoin, urlsplit

from bs4 import BeautifulSoup
from django.conf import settings
from django.urls import Resolver404, resolve
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Page

from broadsheet.crawlers.fetching import REDIRECTS, FetchError, PublicConnection, public_address
from broadsheet.editorial.models import Edition
from broadsheet.newsletters.letter.rendering import Rendered
from broadsheet.newsletters.preflight.finding import Finding, fault, note, warning
from broadsheet.newsletters.preflight.markup import place_of
from broadsheet.platform.http.editions import edition_of_path

SECONDS = 5.0
MOST_REDIRECTS = 5
AT_ONCE = 8
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
    connection = PublicConnection(host) if scheme == "https" else PlainConnection(host, timeout=SECONDS)
    connection.timeout = SECONDS
    return connection


def check_links(rendered: Rendered, open_to: Open = open_publicly) -> Iterator[Finding]:
    links = _links(rendered.html)
    ours = {address: place for address, place in links.items() if is_ours(address)}
    others = {address: place for address, place in links.items() if address not in ours}
    for address, place in ours.items():
        if not leads_somewhere(urlsplit(address).path):
            yield fault("Links", f"{address} is no page of ours.", place)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = pool.map(lambda address: _answer(address, open_to), others)
        for (address, place), answer in zip(others.items(), answers, strict=True):
            if answer in ABSENT:
                yield fault("Links", f"{address} is not there: it answers {answer}.", place)
            elif isinstance(answer, str):
                yield warning("Links", f"{address} can’t be reached: {answer}.", place)
            elif answer >= 400:
                yield warning("Links", f"{address} answers {answer}. Open it yourself to be sure.", place)
    yield note("Links", f"{len(ours)} to us and {len(others)} to elsewhere were tried.")


def _links(html: str) -> dict[str, str]:
    """Address → where it stands first. Those with a token are each reader's own, and tried with one."""
    found: dict[str, str] = {}
    for link in BeautifulSoup(html, "html.parser").find_all("a", href=True):
        address = str(link["href"])
        if address.startswith(("http://", "https://")) and "{{" not in address:
            found.setdefault(address, place_of(link))
    return found


def is_ours(address: str) -> bool:
    return address == settings.PUBLIC_URL or address.startswith(f"{settings.PUBLIC_URL}/")


def leads_somewhere(path: str) -> bool:
    """Whether a page of ours stands at `path`, or a redirect."""
    try:
        match = resolve(path or "/")
    except Resolver404:
        return False
    if match.url_name != "wagtail_serve":
        return True
    if Redirect.objects.filter(old_path=Redirect.normalise_path(path)).exists():
        return True
    edition = Edition.objects.live().filter(locale__language_code=edition_of_path(path)).first()
    if edition is None:
        return False
    below = path.removeprefix(edition.prefix).lstrip("/")
    return Page.objects.live().filter(url_path=f"{edition.url_path}{below}").exists()


def _answer(address: str, open_to: Open) -> int | str:
    """The status, or why there is none."""
    try:
        status = status_of(address, "HEAD", open_to)
        return status_of(address, "GET", open_to) if status in REFUSES_HEAD else status
    except (FetchError, OSError, HTTPException, ValueError) as error:
        return str(error) or type(error).__name__


def status_of(address: str, method: str, open_to: Open) -> int:
    """After redirects, each of whose hosts must be public too. Nothing of the page is read."""
    for _ in range(1 + MOST_REDIRECTS):
        parts = urlsplit(address)
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username:
            raise FetchError("it is no address of a page")
        connection = open_to(parts.scheme, parts.hostname, parts.port)
        try:
            path = parts._replace(scheme="", netloc="", fragment="").geturl() or "/"
            connection.request(
                method, path, headers={"User-Agent": f"Broadsheet preflight (+{settings.PUBLIC_URL})"}
            )
            response = connection.getresponse()
            location = response.headers.get("Location", "")
        finally:
            connection.close()
        if response.status not in REDIRECTS or not location:
            return response.status
        address = urljoin(address, location)
    raise FetchError("it redirects without end")
