"""What a browser really fetches for a page, and that minified style sheets mean what their source says."""

from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from playwright.sync_api import Browser, Page, Response

from broadsheet.platform.style_sheets import merged, minified
from tests.journeys.conftest import PHONE
from tests.journeys.test_pages import FLAGSHIP

MOST_FONTS = 110_000
SHEETS = {
    path.as_posix().partition("/static/")[2]: path
    for path in Path(settings.ROOT / "broadsheet").glob("*/static/**/*.css")
}
RULES = """text => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(text);
  return [...sheet.cssRules].map(rule => rule.cssText.replace(/\\s+/g, " "));
}"""


def fetched(page: Page, address: str) -> list[Response]:
    responses: list[Response] = []
    page.on("response", lambda response: responses.append(response))
    page.goto(address, wait_until="networkidle")
    page.evaluate("document.fonts.ready")
    return responses


def test_the_fonts_of_a_first_article_are_light(open_window: Callable[..., Page]) -> None:
    responses = fetched(open_window(viewport=PHONE), FLAGSHIP)
    fonts = {r.url.rpartition("/")[2]: len(r.body()) for r in responses if r.request.resource_type == "font"}

    assert fonts
    assert sum(fonts.values()) <= MOST_FONTS, fonts


def test_style_sheets_and_scripts_travel_compressed(desktop: Page) -> None:
    responses = fetched(desktop, FLAGSHIP)
    plain = [
        r.url
        for r in responses
        if r.request.resource_type in {"stylesheet", "script"} and "content-encoding" not in r.headers
    ]

    assert plain == []


def test_a_minified_sheet_has_the_rules_of_its_source(browser: Browser) -> None:
    page = browser.new_page()
    for name in SHEETS:
        source = merged(name, lambda wanted: SHEETS[wanted].read_text())
        assert page.evaluate(RULES, minified(source)) == page.evaluate(RULES, source), name
    page.close()
