"""What a reader's page weighs, and which CSS it may use."""

import gzip
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.templatetags.static import static
from django.test import Client
from rjsmin import jsmin

from broadsheet.people.models import Person
from broadsheet.platform.style_sheets import merged, minified
from tests.cast import signed_in
from tests.editorial.live.made import vigil
from tests.magazine import Magazine

# The same on any database.
pytestmark = pytest.mark.sqlite

MOST_CSS = 15 * 1024
MOST_SCRIPT = 7 * 1024

PAGES = [
    "/",
    "/world/",
    "/world/harbour/",
    "/about/",
    "/search/?q=tide",
    "/archive/",
    "/account/sign-in/",
    "/no-such-page/",
    "/subscribe/",
    "/gift/",
    "/redeem/",
    "/donate/",
]

ROOMS = Path(settings.ROOT / "broadsheet")
SHEETS = sorted(ROOMS.glob("*/static/*/css/**/*.css"))
FONTS = ROOMS / "platform/static/platform/fonts"

# What no browser but one or two knows yet (web-platform-dx's Baseline), as it would stand in a style sheet.
BEYOND_BASELINE = {
    "anchor positioning": r"\b(anchor-name|position-anchor|position-try|position-area)\s*:|\banchor\(",
    "scroll-driven animation": r"\b(animation-timeline|scroll-timeline|view-timeline|animation-range)\b",
    "masonry": r"\bmasonry\b|display:\s*grid-lanes",
    "if() and functions": r"[:\s]if\(|@function\b",
    "sizing to content": r"\b(field-sizing|interpolate-size)\b|\bcalc-size\(",
    "typed attr()": r"\battr\([^)]*\b(type|px|number)\b",
    "initial-letter": r"\binitial-letter\b",
    "text-box": r"\btext-box(-trim|-edge)?\b",
    "corner-shape": r"\bcorner-shape\b",
    "carousel": r"::scroll-(button|marker)|\bscroll-marker-group\b",
    "customisable select": r"base-select|::picker\(",
    "reading-flow": r"\breading-flow\b",
    "sibling-index()": r"\bsibling-(index|count)\(",
    "a prefix": r"(?<![\w-])-(moz|ms|o)-",
}
# Used all the same: whoever lacks them sees the page as it is meant, only plainer.
GRACEFUL = {
    "text-wrap: pretty": "lines break a little worse",
    "hanging-punctuation": "a quotation mark stands inside the edge",
    "-webkit-text-size-adjust": "Safari's name for text-size-adjust",
    "::details-content": "a closed transcript is not printed",
}


class Links(HTMLParser):
    """The style sheets and scripts that a page names, and whatever stands inline."""

    def __init__(self) -> None:
        super().__init__()
        self.css: list[str] = []
        self.scripts: list[str] = []
        self.inline: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "link" and given.get("rel") == "stylesheet":
            self.css.append(given["href"] or "")
        elif tag == "script" and (src := given.get("src")):
            self.scripts.append(src)
        elif tag == "style" or (tag == "script" and given.get("type") != "application/ld+json"):
            self.inline.append(tag)
        self.inline += [name for name in given if name == "style" or name.startswith("on")]


def linked_from(html: str) -> Links:
    links = Links()
    links.feed(html)
    return links


def text_of(name: str) -> str:
    found = finders.find(name)
    assert found, f"not found: {name}"
    return Path(str(found)).read_text()


def weight(addresses: list[str]) -> int:
    """Bytes of all of `addresses` as they travel: each with what it imports, gzipped."""
    names = [address.removeprefix(settings.STATIC_URL) for address in addresses]
    texts = (jsmin(text_of(name)) if name.endswith(".js") else merged(name, text_of) for name in names)
    return sum(len(gzip.compress(text.encode())) for text in texts)


@pytest.mark.django_db
@pytest.mark.parametrize("address", PAGES)
def test_a_page_stays_light(client: Client, magazine: object, address: str) -> None:
    links = linked_from(client.get(address).text)
    assert links.css
    assert weight(links.css) <= MOST_CSS
    assert weight(links.scripts) <= MOST_SCRIPT


@pytest.mark.django_db
@pytest.mark.parametrize("address", PAGES)
def test_nothing_stands_inline_that_the_security_policy_would_block(
    client: Client, magazine: object, address: str
) -> None:
    assert linked_from(client.get(address).text).inline == []


@pytest.mark.django_db
def test_a_front_page_has_no_script_but_for_the_reader_s_choice_of_colors(
    client: Client, magazine: object
) -> None:
    assert linked_from(client.get("/").text).scripts == [static("platform/appearance.js")]


def test_the_page_of_last_resort_needs_no_database() -> None:
    from broadsheet.site.errors import server_error

    response = server_error(None)  # type: ignore[arg-type]
    assert response.status_code == 500
    assert weight(linked_from(response.text).css) <= MOST_CSS


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda path: path.relative_to(ROOMS).as_posix())
def test_a_style_sheet_keeps_to_baseline(sheet: Path) -> None:
    css = re.sub(r"/\*.*?\*/", "", sheet.read_text(), flags=re.DOTALL)
    for graceful in GRACEFUL:
        css = css.replace(graceful, "")
    used = [name for name, pattern in BEYOND_BASELINE.items() if re.search(pattern, css)]
    assert used == []


@pytest.mark.parametrize("family", ["newsreader", "public-sans"])
def test_a_font_stands_beside_its_licence(family: str) -> None:
    assert list(FONTS.glob(f"{family}*.woff2"))
    assert "SIL Open Font License" in (FONTS / f"{family}-OFL.txt").read_text()


@pytest.mark.django_db
def test_a_live_coverage_stays_light_too(client: Client, magazine: Magazine) -> None:
    links = linked_from(client.get(vigil(magazine, None).url).text)
    assert weight(links.css) <= MOST_CSS
    assert weight(links.scripts) <= MOST_SCRIPT
    assert weight([static("site/live.js")]) <= 0.9 * 1024
    assert len(gzip.compress(minified(text_of("editorial/css/live.css")).encode())) <= 0.5 * 1024


@pytest.mark.django_db
def test_so_does_a_running_story_for_a_reader_with_a_history(magazine: Magazine, ada: Person) -> None:
    reader = signed_in(ada)
    reader.post("/account/history/begin/")
    running = magazine.article("reef")
    running.correct("It was eight boats.")
    links = linked_from(reader.get(running.url).text)
    assert {static("site/since.js"), static("library/own.js")} <= set(links.scripts)
    # Fetched once the page is there, of those who keep a history alone.
    assert weight([*links.scripts, static("library/place.js")]) <= MOST_SCRIPT
