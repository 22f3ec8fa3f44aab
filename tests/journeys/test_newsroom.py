"""From an empty page in the desk to the head of the front page, in the newsroom's own screens."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from broadsheet.editorial.models import Article, Section
from tests.journeys.conftest import go_where, sign_in

type OpenWindow = Callable[..., Page]


@pytest.fixture
def new_article(rows: None) -> str:
    """The address of an empty article in the American World section."""
    world = Section.objects.get(slug="world", locale__language_code="en-us")
    return f"/desk/pages/add/editorial/article/{world.pk}/"


@pytest.fixture
def fog(tmp_path: Path) -> Path:
    """A file whose picture is nowhere in the magazine yet."""
    path = tmp_path / "fog.jpg"
    Image.effect_noise((1600, 1000), 40).convert("RGB").save(path)
    return path


def write(page: Page, new_article: str, headline: str, words: str) -> None:
    page.goto(new_article)
    page.get_by_role("textbox", name="Headline").fill(headline)
    body = page.get_by_role("region", name="Body")
    body.locator("[contenteditable=true]").press_sequentially(words)
    # The editor passes on what is typed a quarter of a second later.
    expect(body.locator("#body-0-value")).to_have_value(re.compile(words))


def choose(page: Page, button: Locator, name: str) -> None:
    button.click()
    page.get_by_role("dialog").get_by_role("link", name=name).click()
    expect(page.get_by_role("dialog")).to_have_count(0)


def upload(page: Page, path: Path, description: str) -> None:
    page.get_by_role("button", name="Choose an image").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("tab", name="Upload").click()
    dialog.get_by_label("File").set_input_files(path)
    expect(dialog.get_by_label("Title")).to_have_value(path.stem)
    dialog.get_by_label("Description").fill(description)
    dialog.get_by_role("button", name="Upload").click()
    expect(dialog).to_have_count(0)


def do(page: Page, action: str) -> None:
    """Presses the editor's button for it, or the one in the menu behind that."""
    footer = page.get_by_role("navigation", name="Actions (footer)")
    more = footer.get_by_role("button", name="More actions")
    expect(more).to_be_visible()
    # Pressed while the editor saves by itself, the first draft would be made twice.
    expect(page.locator(".w-autosave-indicator__state--saving")).to_be_hidden()
    button = footer.get_by_role("button", name=action).and_(page.locator(":visible"))
    if not button.count():
        more.click()
        button = page.get_by_role("button", name=action)
    button.click()


def said(page: Page) -> Locator:
    """What the desk answers, above everything."""
    return page.get_by_role("main").get_by_role("status").first


def test_an_editor_is_refused_without_a_credit_then_publishes_and_corrects(
    desktop: Page, open_window: OpenWindow, new_article: str, fog: Path
) -> None:
    carla, headline = desktop, "Fog closes the harbour"
    sign_in(carla, "editor@meridian.example")
    write(carla, new_article, headline, "The harbour was shut at noon.")
    carla.get_by_role("textbox", name="Standfirst").fill("Forty ships wait outside.")
    carla.get_by_role("button", name="Add Byline").click()
    choose(carla, carla.get_by_role("button", name="Choose author"), "Joanna Mackie")
    upload(carla, fog, "Grey on grey")

    do(carla, "Publish")
    expect(said(carla)).to_contain_text("was not published. The draft is saved.")
    expect(said(carla)).to_contain_text("The picture “fog” has no credit.")
    expect(carla.get_by_role("textbox", name="Headline")).to_have_value(headline)
    expect(carla.get_by_role("textbox", name="Standfirst")).to_have_value("Forty ships wait outside.")
    expect(carla.get_by_role("region", name="Body")).to_contain_text("The harbour was shut at noon.")
    expect(carla.get_by_role("region", name="Bylines")).to_contain_text("Joanna Mackie")
    article = carla.url

    carla.goto("/desk/reports/pictures-without-credit/")
    carla.get_by_role("link", name="fog", exact=True).click()
    carla.get_by_label("Credit", exact=True).fill("Photograph: Joanna Mackie")
    carla.get_by_role("button", name="Save").first.click()
    carla.goto(article)
    do(carla, "Publish")
    expect(said(carla)).to_contain_text(f"Page '{headline}' has been published.")

    carla.goto("/desk/fronts/")
    carla.get_by_role("main").get_by_role("link", name="The Meridian US", exact=True).first.click()
    lead = carla.get_by_role("region", name="Article 1", exact=True)
    lead.get_by_role("button", name="Actions").click()
    carla.get_by_role("button", name="Choose another page").click()
    carla.get_by_role("dialog").get_by_label("Search").fill(headline)
    carla.get_by_role("dialog").get_by_role("link", name=headline).click()
    expect(lead).to_contain_text(headline)
    do(carla, "Publish")
    expect(said(carla)).to_contain_text("has been published.")

    stranger = open_window()
    leads = stranger.locator(".top-lead")
    go_where(stranger, "/", lambda: leads.filter(has_text="Joanna Mackie"))
    expect(leads.get_by_alt_text("Grey on grey")).to_be_visible()
    leads.get_by_role("link", name=headline).click()
    expect(stranger.get_by_text("The harbour was shut at noon.")).to_be_visible()
    expect(stranger.get_by_text("(Image credit: Photograph: Joanna Mackie)")).to_be_visible()

    carla.goto(article)
    carla.get_by_role("button", name="Add Correction").click()
    carla.get_by_label("Note").fill("The harbour was shut at one, not at noon.")
    do(carla, "Publish")
    expect(said(carla)).to_contain_text("has been published.")
    corrected = stranger.locator(".article-head").get_by_role("link", name="Correction")
    go_where(stranger, stranger.url, lambda: corrected).click()
    note = stranger.get_by_role("region", name="Corrections and clarifications")
    expect(note).to_contain_text("The harbour was shut at one, not at noon.")
    expect(note.locator("time")).to_have_text(stranger.locator(".corrected time").inner_text())


@pytest.fixture
def clicks(open_window: OpenWindow) -> tuple[Page, list[str]]:
    """A window, and the list of what was clicked in it by hand."""
    page, clicked = open_window(), []
    page.on("console", lambda said: clicked.append(said.text) if said.text.startswith("clicked") else None)
    # One with a key on a button has no detail; choosing a file happens in the system's own window.
    page.add_init_script(
        "document.addEventListener('click', (e) => {"
        " if (e.isTrusted && e.detail) console.info('clicked', e.target.outerHTML.slice(0, 60));"
        "}, true)"
    )
    return page, clicked


def test_an_article_with_a_picture_is_published_in_eight_clicks(
    clicks: tuple[Page, list[str]], open_window: OpenWindow, fog: Path
) -> None:
    carla, clicked = clicks
    sign_in(carla, "editor@meridian.example")
    carla.goto("/desk/")
    clicked.clear()
    carla.get_by_role("link", name="New article").click()
    carla.get_by_role("combobox", name="Section", exact=True).select_option(label="Science, US")
    carla.get_by_role("textbox", name="Headline").click()
    carla.keyboard.type("Fog in eight clicks")
    expect(carla.get_by_role("region", name="Bylines")).to_contain_text("Carla Nwosu")
    paragraph = carla.get_by_role("region", name="Body").locator("[contenteditable=true]")
    paragraph.click()
    carla.keyboard.type("It came in the night.")
    expect(carla.locator("#body-0-value")).to_have_value(re.compile("It came in the night"))
    carla.get_by_role("button", name="Choose an image").first.click()
    dialog = carla.get_by_role("dialog")
    dialog.get_by_role("tab", name="Upload").click()
    dialog.get_by_label("File").set_input_files(fog)
    # Who sends the form before the file's name is its title is asked for one.
    expect(dialog.get_by_label("Title")).to_have_value(fog.stem)
    dialog.get_by_label("Description").fill("Grey on grey")
    dialog.get_by_label("Credit", exact=True).fill("Photograph: Carla Nwosu")
    dialog.get_by_role("button", name="Upload").click()
    expect(dialog).to_have_count(0)
    do(carla, "Publish")
    expect(said(carla)).to_contain_text("Fog in eight clicks")
    expect(said(carla)).to_contain_text("published")
    choosing_the_file = 1
    assert len(clicked) + choosing_the_file <= 8, clicked

    stranger = open_window()
    stranger.goto("/science/fog-in-eight-clicks/")
    expect(stranger.get_by_text("It came in the night.")).to_be_visible()
    expect(stranger.get_by_alt_text("Grey on grey")).to_be_visible()


def test_return_in_the_headline_publishes_nothing(desktop: Page, new_article: str) -> None:
    sign_in(desktop, "editor@meridian.example")
    write(desktop, new_article, "Not yet", "It is being written.")
    headline = desktop.get_by_role("textbox", name="Headline")
    headline.press("Enter")
    headline.press("End")
    headline.press_sequentially(" done")
    expect(headline).to_have_value("Not yet done")
    assert not Article.objects.filter(title__startswith="Not yet", live=True).exists()


def test_a_reporter_submits_to_the_desk_and_the_editor_approves(
    desktop: Page, open_window: OpenWindow, new_article: str
) -> None:
    dev, headline = desktop, "The ferry runs again"
    sign_in(dev, "reporter@meridian.example")
    write(dev, new_article, headline, "It left at six with nobody on board.")
    do(dev, "Submit to The desk")
    expect(said(dev)).to_contain_text("submitted for moderation")

    carla = open_window()
    sign_in(carla, "editor@meridian.example")
    carla.goto("/desk/")
    carla.get_by_role("main").get_by_role("link", name=headline).first.click()
    do(carla, "Approve and publish")
    expect(said(carla)).to_contain_text(f"Page '{headline}' has been")

    stranger = open_window()
    in_print = stranger.get_by_role("main").get_by_role("link", name=headline)
    go_where(stranger, "/world/", lambda: in_print).click()
    expect(stranger.get_by_text("It left at six with nobody on board.")).to_be_visible()


def test_a_preview_link_shows_the_draft_to_a_stranger_until_it_is_withdrawn(
    desktop: Page, open_window: OpenWindow, new_article: str
) -> None:
    dev, headline = desktop, "The lamp that was never lit"
    sign_in(dev, "reporter@meridian.example")
    write(dev, new_article, headline, "Nobody had ordered any oil.")
    do(dev, "Save draft")
    expect(said(dev)).to_contain_text(headline)
    dev.get_by_role("navigation", name="Actions", exact=True).get_by_role("button").click()
    dev.get_by_role("link", name="Preview links").click()
    dev.get_by_role("button", name="Make a link").click()
    address = dev.get_by_label("Address of the link").input_value()

    stranger = open_window()
    stranger.goto(address)
    expect(stranger.get_by_role("complementary", name="Preview")).to_be_visible()
    expect(stranger.get_by_text("Nobody had ordered any oil.")).to_be_visible()

    dev.get_by_role("button", name="Withdraw").click()
    expect(said(dev)).to_contain_text("The link is withdrawn")
    answer = stranger.goto(address)
    assert answer is not None
    assert answer.status == 410
    expect(stranger.get_by_text("expired or was withdrawn")).to_be_visible()
