"""From the link that a new operator is given to the first article that a reader reads."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.conftest import DESKTOP, PHONE, Complaints, Served, go_where, serving
from tests.journeys.test_newsroom import do, said
from tests.post import LetterBox

pytestmark = pytest.mark.sqlite

HEADLINE = "The lock gates open again"
ACCENT = "#1f5c99"


@pytest.fixture
def fresh(
    prepared_sqlite: str, _smtp_server: LetterBox, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("fresh")
    with serving(folder, _smtp_server.url, DATABASE_URL=prepared_sqlite) as served:
        yield served


@pytest.fixture
def opened(browser: Browser, fresh: Served) -> Iterator[Callable[..., Page]]:
    """A window without cookies on the fresh magazine."""
    contexts, complaints = [], Complaints()

    def opened(**options: object) -> Page:
        given = {"viewport": DESKTOP, "reduced_motion": "reduce", "locale": "en-US"} | options
        context = browser.new_context(base_url=fresh.address, **given)  # type: ignore[arg-type]
        context.set_default_timeout(30_000)
        context.on("page", complaints.listen)
        contexts.append(context)
        return context.new_page()

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []


def link_of(fresh: Served) -> str:
    from broadsheet.desk.first_run import link

    return f"/desk/start/{link.key()}/"


def answer_all(page: Page) -> None:
    page.get_by_label("Name of the magazine").fill("The Gazette")
    page.get_by_label("First section").fill("World")
    page.get_by_label("Time zone").select_option("Europe/London")
    page.get_by_label("Sender of the newsletters").fill("letters@gazette.example")
    page.get_by_label("Your name").fill("Ilse Marr")
    page.get_by_label("Your e-mail address").fill("ilse@gazette.example")
    page.get_by_label("Password").fill("nine green wagons roll")
    page.get_by_role("button", name="Set up the magazine").click()


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_from_the_link_to_a_published_article(
    opened: Callable[..., Page],
    fresh: Served,
    axe: Callable[..., None],
    viewport: dict[str, int],
) -> None:
    page, reader = opened(viewport=viewport), opened(viewport=viewport)
    reader.goto("/")
    expect(reader.get_by_role("heading", name="This magazine is being set up")).to_be_visible()
    axe(reader)
    page.goto(link_of(fresh))
    axe(page)
    answer_all(page)
    expect(page.get_by_role("heading", name="The desk of The Gazette")).to_be_visible()
    go_where(reader, "/", lambda: reader.get_by_role("heading", name="Opening soon"))
    axe(reader)

    page.goto("/desk/identity/all/")
    page.locator("[name=accent]").fill(ACCENT)
    page.get_by_role("radio", name="Left: the name large").check()
    page.get_by_role("button", name="Save the draft and look at it").click()
    page.get_by_role("button", name="Apply", exact=True).click()
    expect(page.get_by_text("It is applied.")).to_be_visible()

    page.goto("/desk/")
    page.get_by_role("link", name="Publish your first article").click()
    page.get_by_role("textbox", name="Headline").fill(HEADLINE)
    body = page.get_by_role("region", name="Body")
    body.locator("[contenteditable=true]").press_sequentially("Boats pass the lock.")
    # The editor passes on what is typed a quarter of a second later.
    expect(body.locator("#body-0-value")).to_have_value(re.compile("Boats pass"))
    do(page, "Publish")
    expect(said(page)).to_contain_text("published")

    go_where(reader, "/", lambda: reader.get_by_role("link", name=HEADLINE))
    reader.get_by_role("link", name=HEADLINE).first.click()
    expect(reader.get_by_text("Boats pass the lock")).to_be_visible()
    expect(reader.get_by_text("Ilse Marr").first).to_be_visible()
    accent = "getComputedStyle(document.documentElement).getPropertyValue('--accent')"
    assert ACCENT in reader.evaluate(accent)
    page.goto("/desk/")
    expect(page.get_by_role("heading", name="What comes next")).to_be_visible()
    expect(page.get_by_role("link", name="Publish your first article")).to_be_hidden()

    reader.goto(link_of(fresh))
    expect(reader.get_by_role("heading", name="This magazine is set up")).to_be_visible()
    axe(reader)


def test_without_script_it_is_set_up_all_the_same(opened: Callable[..., Page], fresh: Served) -> None:
    page = opened(java_script_enabled=False, viewport=PHONE)
    page.goto(link_of(fresh))
    answer_all(page)
    expect(page.get_by_role("heading", name="The desk of The Gazette")).to_be_visible()
    page.goto("/")
    expect(page.get_by_role("heading", name="Opening soon")).to_be_visible()
    expect(page.get_by_role("link", name="Write the first article")).to_be_visible()
