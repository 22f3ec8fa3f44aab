"""A browser in front of the demo's magazine, served as an operator serves it: `broadsheet serve`.

Each worker seeds the magazine once, into its test database; the served processes and the tests share it, so
that a test may look at rows and change them for good. What a journey needs untouched it makes itself.
"""

import itertools
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.cache import cache
from django.core.management import call_command
from django.test import override_settings
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Error,
    Locator,
    Page,
    Response,
    expect,
    sync_playwright,
)
from pytest_django import DjangoDbBlocker
from wagtail.rich_text import RichText

from broadsheet import settings as product
from broadsheet.demo.people import PASSWORD
from broadsheet.editorial.models import Article
from broadsheet.editorial.opening import plain_text
from broadsheet.paywall.access import ruling
from broadsheet.platform.models import LimitWindow
from harness.ports import free_port
from tests.database import address_of_test_database
from tests.journeys import chromium
from tests.post import LetterBox

DESKTOP = {"width": 1440, "height": 900}
PHONE = {"width": 360, "height": 740}
NARROWEST = {"width": 320, "height": 640}
WCAG: dict[str, object] = {
    "type": "tag",
    "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
}
COLOURS: dict[str, object] = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
OURS_AT_DESK = {
    "include": [["#main"]],
    "exclude": [["h2[role=alert]"], [".messages"], [".Draftail-Editor"], ["iframe"]],
}
"""Around it stands Wagtail's frame, and in it Wagtail's editor and what it says for a moment, which fades in.
In the frame of a letter runs no script, and so not axe either."""
SECONDS_TO_START = 120


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker("journey")


@pytest.fixture(scope="session")
def django_db_setup(migrated_database: None, django_db_blocker: DjangoDbBlocker) -> None:
    """The demo's magazine, in place of the small one that other tests have."""
    # What is served does not know the hashes that are good enough for other tests.
    with django_db_blocker.unblock(), override_settings(PASSWORD_HASHERS=product.PASSWORD_HASHERS):
        call_command("seed", verbosity=0)


@pytest.fixture
def rows(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Lets the journey use models, on the rows that the served magazine uses."""
    with django_db_blocker.unblock():
        yield


def forget_limits() -> None:
    """All journeys come from one address, which may not do so much in a while."""
    cache.clear()
    LimitWindow.objects.all().delete()


@dataclass(frozen=True)
class Served:
    address: str
    """``http://localhost:8123``, without a slash behind it."""

    @property
    def port(self) -> int:
        return int(self.address.rpartition(":")[2])


@contextmanager
def serving(folder: Path, smtp: str, **more: str) -> Iterator[Served]:
    """Serves the seeded magazine; `more` are further settings."""
    port = free_port()
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "broadsheet.settings",
        "BROADSHEET_MODE": "demo",
        "PORT": str(port),
        "DATABASE_URL": address_of_test_database(),
        "SMTP_URL": smtp,
        "TRUSTED_PROXIES": "127.0.0.1 ::1",
        **more,
    }
    log = folder / "log"
    collect = [sys.executable, "-m", "broadsheet.cli", "collectstatic", "--no-input", "--verbosity", "0"]
    subprocess.run(collect, env=environment, check=True)
    with log.open("wb") as output:
        command = [sys.executable, "-m", "broadsheet.cli", "serve"]
        server = subprocess.Popen(command, env=environment, stdout=output, stderr=output)
        try:
            _await_answer(port, server, log)
            yield Served(f"http://localhost:{port}")
        finally:
            server.terminate()
            server.wait(30)


@pytest.fixture(scope="session")
def served(
    django_db_setup: None, _smtp_server: LetterBox, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("served"), _smtp_server.url) as served:
        yield served


def _await_answer(port: int, server: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < end and server.poll() is None:
        try:
            with closing(HTTPConnection("127.0.0.1", port, timeout=30)) as asking:
                asking.request("GET", "/robots.txt")
                asking.getresponse().read()
                return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError(f"the magazine was not served:\n{log.read_text()}")


@dataclass(frozen=True)
class Piece:
    """An article of the demo, with a stretch of words that stands only in its withheld part."""

    path: str
    headline: str
    withheld: str


def last_words(article: Article) -> str:
    texts = [block.value for block in article.parts.rest if block.block_type == "text"]
    paragraph = texts[-1].source.rpartition("<p")[2].partition(">")[2]
    return " ".join(plain_text(RichText(paragraph)).split()[:7])


@pytest.fixture
def pieces(rows: None) -> list[Piece]:
    """Metered articles of the American edition, long ones first."""
    here = Article.objects.live().filter(locale__language_code="en-us", access="")
    metered = [a for a in here if ruling(a).access == "metered" and a.kind not in {"briefing", "live"}]
    metered.sort(key=lambda article: -len(article.body))
    return [Piece(article.get_url(), article.title, last_words(article)) for article in metered]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    program = chromium.find()
    if not program:
        pytest.skip("chromium is not installed (the variable CHROMIUM can name it)")
    with sync_playwright() as playwright:
        # Playwright runs an event loop in this thread, where Django would refuse the database.
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
        expect.set_options(timeout=30_000)
        browser = playwright.chromium.launch(executable_path=program, args=list(chromium.FLAGS))
        yield browser
        browser.close()


class Complaints(list[str]):
    """What a browser says against the pages: breaches of policy, uncaught errors, parts that aren't there."""

    PARTS = frozenset({"stylesheet", "script", "image", "font", "media"})

    def listen(self, page: Page) -> None:
        page.on("console", self._hear)
        page.on("pageerror", self._catch)
        page.on("response", self._check)

    def _hear(self, message: ConsoleMessage) -> None:
        # Of what can't be got it says only that; a page that isn't there may be what a journey looks for.
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            self.append(message.text)

    def _catch(self, error: Error) -> None:
        self.append(f"uncaught: {error}")

    def _check(self, response: Response) -> None:
        if response.status >= 400 and response.request.resource_type in self.PARTS:
            self.append(f"{response.status} {response.url}")


windows = itertools.count()


@pytest.fixture
def open_window(browser: Browser, served: Served) -> Iterator[Callable[..., Page]]:
    """Opens a window of a browser without cookies: `open_window(viewport=PHONE, color_scheme="dark")`.

    Each is at an address of its own: together they ask for more mail than one address may.

    The journey fails if the browser has complained about any page on the way.
    """
    contexts: list[BrowserContext] = []
    complaints = Complaints()

    def open_window(**options: object) -> Page:
        number = next(windows)
        defaults: dict[str, object] = {
            "base_url": served.address,
            "viewport": DESKTOP,
            "reduced_motion": "reduce",
            "locale": "en-US",
            "extra_http_headers": {"X-Forwarded-For": f"10.0.{number // 250}.{number % 250 + 1}"},
        }
        context = browser.new_context(**(defaults | options))  # type: ignore[arg-type]
        context.set_default_timeout(30_000)
        context.on("page", complaints.listen)
        contexts.append(context)
        return context.new_page()

    yield open_window
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def desktop(open_window: Callable[..., Page]) -> Page:
    return open_window()


@pytest.fixture
def phone(open_window: Callable[..., Page]) -> Page:
    return open_window(viewport=PHONE, has_touch=True, is_mobile=True)


@pytest.fixture(params=["desktop", "phone"])
def page(request: pytest.FixtureRequest) -> Page:
    """The journey is made twice: on a desk at 1440 pixels and on a phone at 360."""
    found: Page = request.getfixturevalue(request.param)
    return found


def sign_in(page: Page, email: str) -> None:
    """On the page where readers and staff do, with the password that all of the demo's people have."""
    page.goto("/account/sign-in/")
    page.get_by_text("Use a password").click()
    form = page.locator("details", has_text="Use a password")
    form.get_by_label("E-mail address").fill(email)
    form.get_by_label("Password").fill(PASSWORD)
    form.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Your account")).to_be_visible()


def go_where(page: Page, address: str, shown: Callable[[], Locator]) -> Locator:
    """Opens `address` until it shows what was just published: within a second, as a front promises."""
    for _ in range(20):
        page.goto(address)
        if shown().count():
            break
        page.wait_for_timeout(200)
    expect(shown().first).to_be_visible()
    return shown().first


@pytest.fixture
def no_script(open_window: Callable[..., Page]) -> Page:
    return open_window(java_script_enabled=False)


def look_for_breaches(page: Page, rules: dict[str, object] = WCAG, within: object = None) -> None:
    """Fails with every breach of WCAG 2.2 AA that axe-core finds; `COLOURS` is a part.

    `within`, a selector or axe's own context, looks at that part of the page alone.
    """
    # A link that was clicked has led to the page, of which little may be there yet.
    page.wait_for_load_state()
    found = Axe().run(page, within, options={"runOnly": rules, "resultTypes": ["violations"]})
    assert found.violations_count == 0, f"{page.url}\n{found.generate_report()}"


def look_at_desk(page: Page) -> None:
    """Fails with what axe finds in the part that is ours."""
    expect(page.locator("#main")).to_be_attached()
    look_for_breaches(page, within=OURS_AT_DESK)


@pytest.fixture
def axe() -> Callable[..., None]:
    return look_for_breaches
