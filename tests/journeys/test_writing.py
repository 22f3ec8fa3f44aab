"""What an author meets in the editor: the checks, and text that comes from other programs."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from broadsheet.editorial.models import Article
from tests.journeys.conftest import Piece, sign_in

type OpenWindow = Callable[..., Page]


def test_staff_go_from_an_article_to_its_editor_where_the_checks_count_its_words(
    open_window: OpenWindow, pieces: list[Piece]
) -> None:
    carla = open_window()
    sign_in(carla, "editor@meridian.example")
    carla.goto(pieces[0].path)
    carla.get_by_role("button", name="View Wagtail quick actions").click()
    carla.get_by_role("menuitem", name="Edit this page").click()
    expect(carla.locator("#id_title")).to_have_value(pieces[0].headline)

    article = Article.objects.get(title=pieces[0].headline, locale__language_code="en-us", alias_of=None)
    body_words = len(" ".join(block.render() for block in article.body).split())
    for _ in range(2):
        carla.get_by_role("button", name="Toggle checks").click()
        checks = carla.locator("[data-side-panel=checks]")
        words = checks.locator("[data-content-word-count]")
        expect(words).to_have_text(re.compile(r"^\d{3,}$"))
        assert 100 < int(words.inner_text()) < 2 * body_words
        expect(checks.locator("[data-content-reading-time]")).to_have_text(re.compile(r"^\d+ mins?$"))
        expect(checks.locator("[data-content-readability-score]")).to_have_text(
            re.compile("Good|Fair|Complex")
        )
        expect(checks.locator("[data-content-checker-count]")).to_have_text("0")
        carla.get_by_role("button", name="Toggle preview").click()
        preview = carla.frame_locator("#w-preview-iframe")
        expect(preview.get_by_role("heading", name=pieces[0].headline)).to_be_visible()
        carla.go_back()
        expect(carla.get_by_role("heading", name=pieces[0].headline)).to_be_visible()
        carla.go_forward()
        expect(carla.locator("#id_title")).to_have_value(pieces[0].headline)
