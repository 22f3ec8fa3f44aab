"""The editor saves by itself: nothing is lost by it, and nobody is warned of their own hand."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, Response, Route, expect

from broadsheet.editorial.models import Article
from broadsheet.evidence.models import Quotation
from tests.evidence import made
from tests.journeys.conftest import sign_in
from tests.journeys.editor import Editor, draft, press

ADA, OFFICE = "Ada Marsh of Ellery", "The harbour office of Ellery"
IN_ANOTHER_WINDOW = "You saved a new version in another window"
WHO_EDITS = "**/desk/editing-sessions/ping/**"
UNTIL_ASKED = 40_000
"""Milliseconds: Wagtail asks every ten seconds who else edits a page."""


def test_what_changes_while_the_editor_saves_is_saved_too(desktop: Page, rows: None) -> None:
    made.source(OFFICE)
    article = draft("The slow line", [made.quotation("Nobody knows.", who=ADA, source=None)])
    sign_in(desktop, "editor@meridian.example")
    held = hold_the_first_save(desktop, article)
    editor = Editor(desktop, article)
    press(desktop.get_by_role("button", name="Toggle what is missing"))
    missing = desktop.get_by_role("link", name=re.compile("has no source"))
    expect(missing.first).to_be_visible()
    write_until_it_saves(editor, held)
    editor.choose("Choose source", OFFICE)
    held[0].continue_()
    expect(missing).to_have_count(0)


def test_a_button_waits_for_what_is_being_saved(desktop: Page, rows: None) -> None:
    article = draft("The slower line", [made.quotation("Nobody knows it.", who=ADA)])
    sign_in(desktop, "editor@meridian.example")
    held = hold_the_first_save(desktop, article)
    editor = Editor(desktop, article)
    write_until_it_saves(editor, held)
    editor.publish()
    assert not Article.objects.get(pk=article.pk).live
    held[0].continue_()
    expect(editor.answer).to_contain_text("has been published.")
    assert Quotation.objects.get(page=article).where.startswith("On the quay")
    assert article.revisions.count() == 3  # the first, what was saved on the way, and what was published


def test_who_saves_by_itself_is_not_told_of_another_window(desktop: Page, rows: None) -> None:
    """The question who else edits was asked before the save, and reaches the server after it."""
    article = draft("One window", [made.quotation("Nobody knows who.", who=ADA)])
    sign_in(desktop, "editor@meridian.example")
    asked: list[Route] = []
    desktop.route(WHO_EDITS, lambda route: asked.append(route) if not asked else route.continue_())
    editor = Editor(desktop, article)
    wait_until(desktop, lambda: bool(asked))
    with desktop.expect_response(lambda response: is_a_save(response, article)) as saved:
        editor.write("Where", "On the quay")
    assert saved.value.ok
    with desktop.expect_response(WHO_EDITS) as late:
        asked[0].continue_()
    (other,) = late.value.json()["other_sessions"]
    assert other["revision_id"]  # to the server it looks like another window
    with desktop.expect_response(WHO_EDITS, timeout=UNTIL_ASKED) as next_one:
        pass
    assert next_one.value.json()["other_sessions"] == []
    expect(desktop.get_by_text(IN_ANOTHER_WINDOW).filter(visible=True)).to_have_count(0)
    assert conflict(desktop) == ""


def test_who_saves_in_another_window_is_told(
    desktop: Page, open_window: Callable[..., Page], rows: None
) -> None:
    article = draft("Two windows", [made.quotation("Nobody knows where.", who=ADA)])
    sign_in(desktop, "editor@meridian.example")
    Editor(desktop, article)
    other = open_window()
    sign_in(other, "editor@meridian.example")
    second = Editor(other, article)
    with other.expect_response(lambda response: is_a_save(response, article)) as saved:
        second.write("Where", "In the fog")
    assert saved.value.ok
    expect(desktop.get_by_text(IN_ANOTHER_WINDOW).first).to_be_attached(timeout=UNTIL_ASKED)
    assert conflict(desktop) == "conflict"
    expect(other.get_by_text(IN_ANOTHER_WINDOW)).to_have_count(0)
    assert conflict(other) == ""


def is_a_save(response: Response, article: Article) -> bool:
    return response.request.method == "POST" and response.url.endswith(f"/desk/pages/{article.pk}/edit/")


def conflict(page: Page) -> str:
    return page.locator(".w-editing-sessions").get_attribute("data-w-session-intercept-value") or ""


def wait_until(page: Page, holds: Callable[[], bool]) -> None:
    for _ in range(UNTIL_ASKED // 500):
        if holds():
            return
        page.wait_for_timeout(500)
    raise AssertionError("It was waited for in vain.")


def hold_the_first_save(page: Page, article: Article) -> list[Route]:
    """What the editor sends by itself stays on its way, until it is let on."""
    held: list[Route] = []

    def hold(route: Route) -> None:
        if route.request.method == "POST" and not held:
            held.append(route)
        else:
            route.continue_()

    page.route(f"**/desk/pages/{article.pk}/edit/", hold)
    return held


def write_until_it_saves(editor: Editor, held: list[Route]) -> None:
    """Wagtail may look at the form for the first time only after a word was written."""
    editor.write("Where", "On the quay")
    for _ in range(30):
        if held:
            break
        editor.page.keyboard.type(".")
        editor.page.wait_for_timeout(1_000)
    assert held
