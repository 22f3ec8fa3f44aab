"""Evidence as readers look it up, also without script, and the desk's lists of it."""

import re
from collections.abc import Callable

import pytest
from django.utils.http import urlencode
from playwright.sync_api import Page, expect

from tests.journeys.conftest import sign_in

FLAGSHIP = "/world/assad-in-moscow/"
WALLED = "/business/four-days/"
SAID = "Ultimately, it is the Syrian people alone who must have the deciding voice here."


def test_a_reader_opens_a_source_without_script(no_script: Page) -> None:
    no_script.goto(FLAGSHIP)
    quotation = no_script.locator("figure.quotation").first
    note = quotation.locator(".mark-note").first
    expect(note).to_be_hidden()
    quotation.locator("summary").first.click()
    expect(note).to_be_visible()
    expect(note.get_by_role("link", name="Look it up")).to_have_attribute("href", re.compile("kremlin"))
    expect(no_script.locator("broadsheet-since")).to_be_empty()
    expect(no_script.locator(".since-note")).to_be_hidden()
    quotation.get_by_role("link", name="Vladimir Putin").click()
    expect(no_script.get_by_role("heading", name="Vladimir Putin")).to_be_visible()
    expect(no_script.get_by_text(SAID)).to_be_visible()


@pytest.mark.parametrize(
    ("words", "verdict"),
    [
        (SAID, "Verbatim"),
        (SAID.replace("alone", "themselves"), "Altered"),
        ("the Syrian people alone who must have the deciding voice", "Cut out of more"),
        ("Nobody ever said a thing like this to us about anything", "Not found here"),
    ],
)
def test_a_reader_checks_a_quotation_without_script(no_script: Page, words: str, verdict: str) -> None:
    no_script.goto("/check/")
    no_script.get_by_label("The words").fill(words)
    no_script.get_by_role("button", name="Check").click()
    expect(no_script.get_by_role("heading", name=verdict)).to_be_visible()
    expect(no_script.get_by_label("The words")).to_have_value(words)


def test_who_comes_back_is_shown_what_is_new_and_can_have_it_forgotten(page: Page) -> None:
    page.goto("/topics/syria/")
    new = page.locator(".new")
    expect(page.locator(".since-note")).to_contain_text("It tells nobody.")
    expect(new).to_have_count(0)
    # As if the last visit had been before anything was there.
    page.evaluate(
        """() => {
          const marks = JSON.parse(localStorage["broadsheet.read"]);
          for (const name of Object.keys(marks)) marks[name] = [1, 1, 1];
          localStorage["broadsheet.read"] = JSON.stringify(marks);
        }"""
    )
    page.reload()
    rows = page.locator("[data-added]").count()
    expect(new).to_have_count(rows)
    expect(page.get_by_text("New since you last read this:")).to_be_visible()
    page.reload()
    expect(new).to_have_count(rows)
    page.get_by_role("button", name="Forget it").click()
    expect(new).to_have_count(0)
    page.goto(FLAGSHIP)
    expect(page.get_by_role("button", name="Mark what is new")).to_be_visible()
    assert page.evaluate("localStorage['broadsheet.read']") == '"off"'


def test_nothing_is_new_to_whom_the_wall_kept_from_the_article(page: Page) -> None:
    page.goto("/politics/the-state-with-no-voter-roll/")
    expect(page.locator("broadsheet-slot")).to_have_count(0)
    page.goto(WALLED)
    expect(page.locator("broadsheet-slot .wall")).to_be_visible()
    # The note comes just before the marks are kept.
    expect(page.locator(".since-note")).to_contain_text("It tells nobody.")
    walled = page.locator("broadsheet-since").get_attribute("data-page")
    assert walled not in page.evaluate("JSON.parse(localStorage['broadsheet.read'] ?? '{}')")
    # Nothing of a story is new that was there when another article of it was read.
    page.goto(FLAGSHIP)
    expect(page.locator(".since-note")).to_contain_text("It tells nobody.")
    page.goto("/topics/syria/")
    expect(page.locator(".since-note")).to_contain_text("It tells nobody.")
    expect(page.locator(".new")).to_have_count(0)


@pytest.mark.parametrize(
    "address",
    [
        FLAGSHIP,
        "/good-news/the-whales-that-came-back/",
        "/speakers/vladimir-putin/",
        "/topics/syria/",
        "/contested-terms/",
        f"/check/?{urlencode({'words': SAID.replace('alone', 'themselves')})}",
    ],
)
def test_pages_of_evidence_are_accessible(page: Page, axe: Callable[[Page], None], address: str) -> None:
    page.goto(address)
    for mark in page.locator("details.mark > summary").all()[:2]:
        mark.click()
    axe(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("/desk/reports/voices/?time=10y", "Jimmy Carter"),
        ("/desk/reports/dead-links/", "SANA"),
        ("/desk/evidence/duplicates/", "S. Krimigis"),
        ("/desk/snippets/evidence/speaker/", "Crop Trust"),
    ],
)
def test_lists_of_evidence_at_the_desk_are_accessible(
    desktop: Page, axe: Callable[..., None], address: str, shown: str
) -> None:
    sign_in(desktop, "editor@meridian.example")
    desktop.goto(address)
    expect(desktop.get_by_role("main").get_by_text(shown).first).to_be_visible()
    axe(desktop, within="main")
