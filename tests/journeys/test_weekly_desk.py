"""An editor makes a weekly issue, arranges it by keyboard, is refused by preflight, mends and publishes it;
another is told. It is arranged without script, too."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from broadsheet.editorial.models import Picture
from broadsheet.weekly.models import State, WeeklyIssue
from tests.journeys.conftest import look_at_desk, sign_in
from tests.magazine import make_picture

EDITOR, OPERATOR = "editor@meridian.example", "operator@meridian.example"
PATIENCE = 60_000
"""Milliseconds."""


def make(page: Page) -> WeeklyIssue:
    """The next issue, as it is proposed, but of the days in which the demo has articles."""
    page.goto("/desk/weekly/")
    page.get_by_role("link", name="Make the next issue").click()
    page.get_by_role("button", name="Make the issue").click()
    expect(page.get_by_role("heading", name="Contents: No.")).to_be_visible(timeout=PATIENCE)
    return WeeklyIssue.objects.get(pk=page.url.split("/weekly/")[1].split("/")[0])


def an_uncredited_picture() -> Picture:
    picture = make_picture("Harbour at dusk")
    Picture.objects.filter(pk=picture.pk).update(credit="")
    return picture


def order(page: Page) -> list[str]:
    return page.locator("input[name=order]").evaluate_all("fields => fields.map(field => field.value)")


def with_two_articles(page: Page) -> None:
    """So that there is something to arrange, whatever was published in its days."""
    while page.locator(".digest-item").count() < 2:
        before = page.locator(".digest-item").count()
        page.get_by_role("button", name="Add:").first.click()
        expect(page.locator(".digest-item")).to_have_count(before + 1)


def test_an_editor_makes_arranges_mends_and_publishes_an_issue(
    page: Page, open_window: Callable[..., Page], rows: None
) -> None:
    sign_in(page, EDITOR)
    issue = make(page)
    with_two_articles(page)
    look_at_desk(page)
    before = order(page)
    items = [entry for entry in before if entry.startswith("i:")]

    # In place, by the button that has the focus: nothing is loaded.
    page.get_by_role("button", name="Move down:").first.press("Enter")
    expect(page.locator("[data-digest-said]")).not_to_be_empty()
    assert order(page) != before
    departments = [entry for entry in order(page) if entry.startswith("d:")]
    if len(departments) > 1:
        page.get_by_role("button", name="Move the department down:").first.press("Enter")
        moved = [entry for entry in order(page) if entry.startswith("d:")]
        assert moved[:2] == departments[1::-1]
        page.get_by_role("button", name="Move the department up:").nth(1).press("Enter")
    page.get_by_role("combobox", name="Length:").first.select_option(label="Short form")
    page.get_by_role("button", name="Save", exact=True).last.click()
    expect(page.get_by_text("Saved.", exact=True)).to_be_visible()
    first = next(entry for entry in order(page) if entry.startswith("i:"))
    short = issue.items.get(pk=first[2:])
    picture = an_uncredited_picture()
    WeeklyIssue.objects.filter(pk=issue.pk).update(cover=picture)

    page.get_by_role("link", name="Preflight").click()
    expect(page.get_by_text(f"The picture “{picture.title}” has no credit.")).to_be_visible()
    expect(page.get_by_role("link", name="Publish…")).to_have_count(0)
    look_at_desk(page)
    page.get_by_role("link", name="Put it right: The picture").first.click()
    page.get_by_role("textbox", name="Credit", exact=True).fill("Ilse Marr")
    page.get_by_role("button", name="Save", exact=True).click()
    page.goto(f"/desk/weekly/{issue.pk}/preflight/")
    expect(page.get_by_text(f"The picture “{picture.title}” has no credit.")).to_have_count(0)

    page.goto(f"/desk/weekly/{issue.pk}/short-form/{short.pk}/")
    look_at_desk(page)
    page.locator(".Draftail-Editor [contenteditable=true]").click()
    page.keyboard.type("The boats came back before noon.")
    expect(page.locator("[name=short_form]")).to_have_value(re.compile("before noon"))
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Saved.", exact=True)).to_be_visible()
    short.refresh_from_db()
    assert "before noon" in short.short_form

    # Somebody else has it open meanwhile, and saves second.
    other = open_window()
    sign_in(other, OPERATOR)
    other.goto(f"/desk/weekly/{issue.pk}/arrange/")
    other.get_by_role("textbox", name="Name of the department").first.fill("What the week was")
    page.get_by_role("button", name="Take out:").first.click()
    expect(page.locator(f"#item-{items[0][2:]}, #item-{items[1][2:]}")).to_have_count(1)
    other.get_by_role("button", name="Save", exact=True).last.click()
    expect(other.get_by_text("This issue was changed after you opened the page.")).to_be_visible()
    expect(other.get_by_text("Carla Nwosu: Contents changed").last).to_be_visible()
    expect(other.get_by_role("textbox", name="Name of the department").first).to_have_value(
        "What the week was"
    )
    other.get_by_role("button", name="Save", exact=True).last.click()
    expect(other.get_by_text("Saved.", exact=True)).to_be_visible()
    assert issue.departments.filter(name="What the week was").exists()
    other.close()

    page.goto(f"/desk/weekly/{issue.pk}/flatplan/")
    expect(page.get_by_role("region", name="Cover")).to_be_visible()
    look_at_desk(page)
    page.get_by_role("link", name="Cover and note").click()
    page.get_by_role("textbox", name="Lines on the cover").fill("The boats come back")
    look_at_desk(page)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Saved.", exact=True)).to_be_visible()

    issue.departments.create(name="Nothing left for it", position=issue.departments.count())
    page.get_by_role("link", name="Preflight").click()
    expect(page.get_by_text("This department is empty, and is left out.")).to_be_visible()
    page.get_by_role("link", name="Publish…").click()
    look_at_desk(page)
    page.get_by_role("checkbox", name="I have looked at the warnings").check()
    page.get_by_role("button", name="Publish", exact=True).click()
    expect(page.get_by_text("It is published, and readers can read it.")).to_be_visible(timeout=PATIENCE)
    look_at_desk(page)
    issue.refresh_from_db()
    assert issue.state == State.PUBLISHED
    page.get_by_role("link", name="Withdraw…").click()
    page.get_by_role("button", name="Withdraw").click()
    expect(page.get_by_text("It is withdrawn.")).to_be_visible()


def test_an_issue_is_arranged_without_script(no_script: Page, rows: None) -> None:
    sign_in(no_script, EDITOR)
    issue = make(no_script)
    with_two_articles(no_script)
    count = no_script.locator(".digest-item").count()
    no_script.get_by_role("button", name="Take out:").first.click()
    expect(no_script.locator(".digest-item")).to_have_count(count - 1)
    no_script.locator("[name=new-name]").fill("Odds and ends")
    no_script.get_by_role("button", name="Add the department").click()
    name = no_script.get_by_role("textbox", name="Name of the department: Odds and ends")
    expect(name).to_have_value("Odds and ends")
    no_script.get_by_role("combobox", name="Department:").first.select_option(label="Odds and ends")
    no_script.get_by_role("button", name="Save", exact=True).last.click()
    expect(no_script.get_by_text("Saved.", exact=True)).to_be_visible()
    assert issue.departments.get(name="Odds and ends").items.count() == 1
    issue.delete()
