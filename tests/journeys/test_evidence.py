"""Evidence from the editor who chooses it to the reader who looks it up, also without script."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from broadsheet.editorial.models import Article, Section
from broadsheet.evidence.models import Quotation
from tests.evidence import made
from tests.journeys.conftest import sign_in

SAID = "Ultimately, it is the Syrian people alone who must have the deciding voice here."


@pytest.fixture
def unfinished(rows: None) -> Article:
    """A draft with one of each block of evidence, whose quotation has no source yet."""
    world = Section.objects.get(slug="world", locale__language_code="en-us")
    body = [
        made.quotation("The water rose all night and nobody slept.", "Ada Marsh", source=None),
        made.facts("Nine boats sank."),
        made.timeline(("2026-02", "The flood came."), ("2011", "The wall was built.")),
        made.perspectives(("The port", "It should.", ""), ("The town", "It should not.", "")),
        made.contested("deluge"),
        made.further("The almanac"),
    ]
    for article in Article.objects.filter(slug="all-night"):
        article.delete()
    article = Article(title="All night", slug="all-night", locale=world.locale, live=False)
    article.body = Article.body.field.to_python(body)
    world.add_child(instance=article)
    article.save_revision()
    return article


def test_an_editor_is_told_what_is_missing_mends_it_by_keyboard_and_publishes(
    desktop: Page, unfinished: Article
) -> None:
    sign_in(desktop, "editor@meridian.example")
    editor = f"/desk/pages/{unfinished.pk}/edit/"
    desktop.goto(editor)
    desktop.get_by_role("button", name="Publish").focus()
    desktop.keyboard.press("Enter")
    gap = desktop.get_by_role("link", name=re.compile("The quotation .* has no source")).first
    expect(gap).to_be_visible()
    gap.focus()
    desktop.keyboard.press("Enter")
    expect(desktop).to_have_url(re.compile(r"#block-[0-9a-f-]+-section$"))
    quotation = desktop.locator("section.w-panel", has_text="Exact words").first
    choose = quotation.get_by_role("button", name="Choose a source")
    choose.focus()
    desktop.keyboard.press("Enter")
    window = desktop.get_by_role("dialog")
    window.get_by_role("tab", name="Enter a new one").focus()
    desktop.keyboard.press("Enter")
    window.get_by_label("Outlet").fill("The harbour office of Port Ellery")
    window.get_by_role("button", name="Create").focus()
    desktop.keyboard.press("Enter")
    expect(window).to_be_hidden()
    desktop.get_by_role("button", name="Publish").focus()
    desktop.keyboard.press("Enter")
    expect(desktop.get_by_text("published").first).to_be_visible()
    row = Quotation.objects.get(page=unfinished, text__startswith="The water rose")
    assert row.source.outlet == "The harbour office of Port Ellery"


def test_a_reader_opens_a_source_without_script(no_script: Page, rows: None) -> None:
    no_script.goto("/world/assad-in-moscow/")
    quotation = no_script.locator("figure.quotation").first
    note = quotation.locator(".mark-note").first
    expect(note).to_be_hidden()
    quotation.locator("summary").first.click()
    expect(note).to_be_visible()
    expect(note.get_by_role("link", name="Look it up")).to_have_attribute("href", re.compile("kremlin"))
    quotation.get_by_role("link", name="Vladimir Putin").click()
    expect(no_script.get_by_role("heading", name="Vladimir Putin")).to_be_visible()
    expect(no_script.get_by_text(SAID)).to_be_visible()


def test_a_reader_checks_a_quotation_without_script(no_script: Page) -> None:
    no_script.goto("/check/")
    no_script.get_by_label("The words").fill(SAID.replace("alone", "themselves"))
    no_script.get_by_role("button", name="Check").click()
    expect(no_script.get_by_role("heading", name="Altered")).to_be_visible()
    no_script.get_by_label("The words").fill(SAID)
    no_script.get_by_role("button", name="Check").click()
    expect(no_script.get_by_role("heading", name="Verbatim")).to_be_visible()


@pytest.mark.parametrize(
    "address",
    [
        "/world/assad-in-moscow/",
        "/good-news/last-of-the-worm/",
        "/speakers/vladimir-putin/",
        "/topics/syria/",
        "/contested-terms/",
        f"/check/?words={SAID.replace('alone', 'themselves')}",
    ],
)
def test_pages_of_evidence_are_accessible(
    page: Page, axe: Callable[[Page], None], address: str, rows: None
) -> None:
    page.goto(address)
    for mark in page.locator("details.mark > summary").all()[:2]:
        mark.click()
    axe(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
