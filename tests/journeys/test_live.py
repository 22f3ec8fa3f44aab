"""A live coverage, from a reporter's phone to readers with and without script."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from broadsheet.editorial.models import Article
from tests.journeys.conftest import PHONE, go_where, sign_in

# Wagtail's own editor of a body is not ours.
OURS = {
    "include": [["#main"]],
    "exclude": [["[data-contentpath=body]"], ["h2[role=alert]"], ["[id^=body-0]"], [".w-panel"]],
}

type OpenWindow = Callable[..., Page]


@pytest.fixture
def count(rows: None) -> Article:
    """The demo's, which goes on."""
    found: Article = Article.objects.get(slug="a-thousand-ballots-by-hand")
    return found


def type_entry(reporter: Page, words: str) -> None:
    body = reporter.locator("[data-contentpath=body]").last
    body.locator("[contenteditable=true]").press_sequentially(words)
    # The editor passes on what is typed a quarter of a second later.
    expect(reporter.locator("#body-0-value")).to_have_value(re.compile(words))


def look(reader: Page) -> None:
    """As whoever comes back to the page: the script asks a moment later."""
    reader.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


def test_an_entry_goes_from_a_phone_to_readers_with_and_without_script(
    open_window: OpenWindow, no_script: Page, count: Article, axe: Callable[..., None]
) -> None:
    path = count.get_url()
    reader = open_window()
    reader.goto(path)
    expect(reader.get_by_role("heading", name="The box is open")).to_be_visible()
    axe(reader)
    before = reader.locator(".entry").count()

    reporter = open_window(viewport=PHONE, has_touch=True, is_mobile=True)
    sign_in(reporter, "reporter@meridian.example")
    reporter.goto(f"/desk/live/{count.pk}/")
    axe(reporter, within=OURS)
    for words in ("The third sheet lay in the lid", "And now we sign"):
        type_entry(reporter, words)
        reporter.get_by_role("button", name="Post", exact=True).click()
        expect(reporter.get_by_text("Posted.", exact=False).first).to_be_visible()
        # Back to the form as it was, sent again: it is one entry.
        reporter.go_back()
        if (
            reporter.locator("#body-0-value").count()
            and words in reporter.locator("#body-0-value").input_value()
        ):
            reporter.get_by_role("button", name="Post", exact=True).click()
        reporter.goto(f"/desk/live/{count.pk}/")
        expect(reporter.get_by_role("cell", name=words)).to_have_count(1)

    place = reader.evaluate("scrollY")
    look(reader)
    button = reader.get_by_role("button", name="2 new entries")
    expect(button).to_be_visible()
    axe(reader)
    assert reader.locator(".entry").count() == before, "nothing moves under whoever reads"
    assert reader.evaluate("scrollY") == place
    button.click()
    expect(reader.locator(".entry").first).to_contain_text("And now we sign")
    expect(reader.locator(".entry").first).to_be_focused()
    expect(reader.locator(".entry")).to_have_count(before + 2)
    expect(button).to_have_count(0)

    go_where(no_script, path, lambda: no_script.get_by_text("And now we sign"))
    expect(no_script.get_by_text("The third sheet lay in the lid")).to_have_count(0)
    no_script.get_by_role("link", name="Look for new entries").click()
    expect(no_script.get_by_text("And now we sign")).to_be_visible()
    go_where(no_script, "/politics/", lambda: no_script.get_by_text("And now we sign"))


def test_one_that_ended_is_read_from_its_beginning_without_script(no_script: Page, rows: None) -> None:
    article = Article.objects.get(slug="overnight-to-penzance")
    no_script.goto(article.get_url())
    no_script.get_by_role("button", name="Continue reading").click()
    expect(no_script.get_by_role("heading", name="Reading", exact=True)).to_be_visible()
    no_script.get_by_role("link", name="Oldest first").click()
    expect(no_script.locator(".entry").first).to_contain_text("The doors open an hour before the train goes")
    no_script.get_by_role("link", name="Newest first").click()
    expect(no_script.locator(".entry").first).to_contain_text("Penzance, where the rails stop")
