"""A Ghost export moved in from the desk, on a phone and at a desk, and taken back."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from broadsheet.editorial.models import Article
from broadsheet.importers.models import Import
from tests.journeys.conftest import look_at_desk, sign_in

GHOST = Path(__file__).parents[1] / "importers" / "data" / "ghost" / "made-by-ghost-6.65"
OPERATOR = "operator@meridian.example"
PHONE, DESKTOP = ViewportSize(width=360, height=740), ViewportSize(width=1440, height=900)
A_WHILE = 120_000
"""Milliseconds: a worker may have other work first."""


@pytest.fixture
def look() -> Callable[[Page], None]:
    """Fails with what axe finds in the part that is ours, and where a phone would have to scroll sideways."""

    def look(page: Page) -> None:
        for size in (PHONE, DESKTOP):
            page.set_viewport_size(size)
            look_at_desk(page)
            too_wide = page.evaluate("document.querySelector('#main').scrollWidth > window.innerWidth")
            assert not too_wide, f"{page.url} at {size}"

    return look


def test_an_export_of_ghost_is_moved_in_and_taken_back(
    page: Page, rows: None, look: Callable[[Page], None]
) -> None:
    sign_in(page, OPERATOR)
    page.goto("/desk/imports/")
    look(page)
    page.get_by_role("link", name="Move in…").click()
    look(page)
    page.get_by_label("Ghost", exact=True).check()
    page.get_by_label("Files").set_input_files(
        [*GHOST.glob("*.json"), *GHOST.glob("*.csv"), *GHOST.rglob("*.png")]
    )
    page.get_by_role("button", name="Read it").click()
    expect(page.get_by_role("heading", name="What will come")).to_be_visible(timeout=A_WHILE)
    look(page)
    page.get_by_role("link", name="Declare it…").click()
    look(page)
    page.get_by_label("How readers agreed").fill("By the form on our old site.")
    page.get_by_role("button", name="Read it again with this mapping").click()
    page.get_by_role("button", name="Import now").click(timeout=A_WHILE)
    expect(page.get_by_role("heading", name="What came")).to_be_visible(timeout=A_WHILE)
    expect(page.get_by_text("deleted here on")).to_be_visible(timeout=A_WHILE)
    look(page)
    address = page.url
    moved = Import.objects.latest("pk")
    page.goto("/second-story/")
    assert page.url.endswith("/news/second-story/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Second story")
    page.goto(address)
    page.get_by_role("link", name="Undo…").click()
    look(page)
    page.get_by_role("button", name="Yes, take it back").click()
    expect(page.locator(".post-state .w-status")).to_have_text("undone", timeout=A_WHILE)
    assert not Article.objects.filter(slug="second-story").exists()
    moved.refresh_from_db()
    assert moved.state == Import.State.UNDONE
