"""What a reader keeps: saved articles, where they stopped, and what is left to read."""

import itertools
from collections.abc import Callable, Iterator

import pytest
from django.test import override_settings
from playwright.sync_api import Page, expect

from broadsheet import settings as product
from broadsheet.demo.people import PASSWORD
from broadsheet.library.models import OpenedArticle
from broadsheet.people.models import Person
from tests.journeys.conftest import sign_in

FREE = "/good-news/last-of-the-worm/"
METERED = "/culture/middlemarch-again/"

numbers = itertools.count(1)


@pytest.fixture
def keeper(rows: None) -> Iterator[Person]:
    """A reader who has nothing yet."""
    with override_settings(PASSWORD_HASHERS=product.PASSWORD_HASHERS):
        yield Person.objects.create_user(f"keeper-{next(numbers)}@reader.example", PASSWORD)


def test_a_stranger_saves_an_article_and_lands_back_in_it(
    page: Page, keeper: Person, axe: Callable[..., None]
) -> None:
    page.goto(METERED)
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_text("Use a password").click()
    form = page.locator("details", has_text="Use a password")
    form.get_by_label("E-mail address").fill(keeper.email)
    form.get_by_label("Password").fill(PASSWORD)
    form.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"**{METERED}#saved")
    expect(page.get_by_text("Saved to your list.")).to_be_visible()
    save = page.locator("form[data-history] button")
    expect(save).to_have_text("Saved")
    page.get_by_role("link", name="your list").click()
    expect(page.get_by_role("heading", name="Middlemarch, again")).to_be_visible()
    axe(page)
    page.get_by_role("link", name="Middlemarch, again").click()
    expect(save).to_have_attribute("aria-pressed", "true")
    save.click()
    expect(save).to_have_text("Save")
    page.goto("/account/saved/")
    expect(page.get_by_text("Nothing is saved yet.")).to_be_visible()


def test_without_script_a_page_says_that_it_is_saved_and_takes_it_back(
    no_script: Page, keeper: Person, axe: Callable[..., None]
) -> None:
    page = no_script
    page.goto("/account/sign-in/")
    # A closed <details> opens without script, too.
    page.get_by_text("Use a password").click()
    form = page.locator("details", has_text="Use a password")
    form.get_by_label("E-mail address").fill(keeper.email)
    form.get_by_label("Password").fill(PASSWORD)
    form.get_by_role("button", name="Sign in").click()
    page.goto(METERED)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("This article is on your list.")).to_be_visible()
    page.get_by_role("link", name="Your saved articles").click()
    page.get_by_role("button", name="Remove from the list").click()
    expect(page.get_by_text("Nothing is saved yet.")).to_be_visible()
    page.go_back()
    page.goto("/account/history/")
    expect(page.get_by_text("Your history is off.")).to_be_visible()


def test_a_history_is_chosen_goes_on_elsewhere_and_is_cleared(
    open_window: Callable[..., Page], keeper: Person, axe: Callable[..., None]
) -> None:
    desk = open_window()
    sign_in(desk, keeper.email)
    desk.goto(FREE)
    desk.goto("/account/history/")
    assert not OpenedArticle.objects.filter(reader=keeper).exists()
    axe(desk)
    desk.get_by_role("button", name="Keep my reading history").click()
    expect(desk.get_by_text("From now on your history is kept.")).to_be_visible()
    desk.goto(FREE)
    paragraphs = desk.locator(".article-body > .prose > *, .paywalled > .prose > *")
    paragraphs.nth(4).scroll_into_view_if_needed()
    expect(paragraphs.nth(4)).to_be_in_viewport()
    for _ in range(20):
        desk.goto("/account/history/")
        if desk.get_by_text("% read").count():
            break
        desk.go_back()
        paragraphs.nth(4).scroll_into_view_if_needed()
    expect(desk.get_by_text("% read")).to_be_visible()
    axe(desk)
    place = OpenedArticle.objects.get(reader=keeper).place

    phone = open_window(viewport={"width": 360, "height": 740}, color_scheme="dark")
    sign_in(phone, keeper.email)
    phone.goto(FREE)
    go_on = phone.get_by_role("button", name="Continue where you stopped")
    expect(go_on).to_be_visible()
    axe(phone)
    go_on.click()
    reached = phone.locator(".article-body > .prose > *, .paywalled > .prose > *").nth(place - 1)
    expect(reached).to_be_focused()
    expect(reached).to_be_in_viewport()
    expect(go_on).to_be_hidden()

    desk.goto("/account/history/")
    desk.get_by_role("button", name="Clear all").click()
    expect(desk.get_by_text("Your history is empty.")).to_be_visible()
    desk.get_by_role("link", name="Turn the history off").click()
    desk.get_by_role("button", name="Turn off").click()
    expect(desk.get_by_text("Your history is off.")).to_be_visible()


def test_what_was_read_here_is_not_offered_again(page: Page, axe: Callable[..., None]) -> None:
    page.goto(FREE)
    region = page.get_by_role("region", name="Read next")
    offered = region.get_by_role("heading", level=3)
    expect(offered).to_have_count(3)
    whales = page.locator('.next-one a[href="/good-news/the-whales-that-came-back/"]')
    expect(whales).to_have_count(1)
    axe(page, within="broadsheet-next")
    page.goto("/good-news/the-whales-that-came-back/")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.goto(FREE)
    expect(offered).to_have_count(3)
    expect(whales).to_have_count(0)


def test_what_was_read_within_an_issue_is_not_offered_again(page: Page) -> None:
    page.goto(FREE)
    offered = page.locator(".next-one")
    kept = page.evaluate("JSON.parse(localStorage.getItem('broadsheet.opened'))")
    page.goto("/issues/613/")
    page.get_by_role("link", name="Begin reading").click()
    expect(page.locator("article[data-article]")).to_be_attached()
    within = page.locator("article").get_attribute("data-article")
    page.wait_for_function(
        "id => JSON.parse(localStorage.getItem('broadsheet.opened'))[0] === id", arg=within
    )
    assert page.evaluate("JSON.parse(localStorage.getItem('broadsheet.opened'))") == [within, *kept]
    page.goto(FREE)
    expect(page.locator(f'[data-article="{within}"]:not(article)')).to_have_count(0)
    expect(offered).not_to_have_count(0)


def test_without_script_three_are_offered(no_script: Page) -> None:
    no_script.goto(FREE)
    headlines = no_script.locator(".next-one .headline")
    assert headlines.count() > 3
    visible = [one for one in headlines.all() if one.is_visible()]
    assert len(visible) == 3
