"""An editor puts an issue together, looks it over, approves it and watches it go; and puts one in
order without script."""

from playwright.sync_api import Page, expect

from broadsheet.newsletters.models import Issue, Newsletter
from broadsheet.newsletters.sending.freezing import freeze, hand_over
from broadsheet.platform import clock
from broadsheet.platform.days import day_of
from tests.journeys.conftest import look_at_desk, sign_in
from tests.newsletters.issues import make_newsletter, sign_up
from tests.post import LetterBox

PATIENCE = 90_000
"""Milliseconds for preflight, which asks others."""
AUDIENCE = "audience@meridian.example"


def a_newsletter(slug: str) -> Newsletter:
    """Due at once, whenever its day began. Other journeys are offered the demo's own before it."""
    day = {"send_at": "00:00", "clock": "edition"}
    newsletter = make_newsletter(slug, max_items=4, frequency="by_hand", order=90, **day)
    for number in range(3):
        sign_up(newsletter, f"{slug}-{number}@reader.example")
    return newsletter


def begin(page: Page, newsletter: Newsletter) -> Issue:
    page.goto("/desk/issues/new/")
    page.locator("[name=newsletter]").select_option(f"{newsletter.pk}")
    page.get_by_role("radio", name="Articles, by the newsletter’s rule").check()
    page.locator("[name=send_on]").fill(f"{day_of(clock.now(), newsletter.zone)}")
    page.get_by_role("button", name="Create issue").click()
    expect(page.get_by_role("heading", name="Articles and order")).to_be_visible()
    return newsletter.issues.get()


def order(page: Page) -> list[str]:
    return page.locator("input[name=item]").evaluate_all("fields => fields.map(field => field.value)")


def test_an_editor_assembles_reorders_approves_and_watches_it_go(
    page: Page, rows: None, smtp: LetterBox
) -> None:
    slug = f"briefing-{page.viewport_size['width']}" if page.viewport_size else "briefing"
    newsletter = a_newsletter(slug)
    sign_in(page, AUDIENCE)
    issue = begin(page, newsletter)
    look_at_desk(page)
    first, second, *rest = order(page)

    # In place, by the button that has the focus: nothing is loaded.
    page.get_by_role("button", name="Move down").first.press("Enter")
    expect(page.locator("input[name=item]").first).to_have_value(second)
    page.locator("[name=subject]").fill("")
    page.get_by_role("button", name="Save and go back").click()
    page.get_by_role("link", name="Preflight").click()
    page.get_by_role("button", name="Run preflight", exact=True).click()
    expect(page.get_by_text("It has no subject.")).to_be_visible(timeout=PATIENCE)
    look_at_desk(page)

    # Mended in another tab, and looked at again in this one.
    editor = page.context.new_page()
    editor.goto(f"/desk/issues/{issue.pk}/digest/")
    editor.locator("[name=subject]").fill("Harbours, and what else there is")
    editor.get_by_role("button", name="Save and go back").click()
    expect(editor.get_by_role("heading", name="Harbours, and what else there is")).to_be_visible()
    editor.close()
    page.get_by_role("button", name="Run it again").click()
    expect(page.get_by_text("Nothing stands in the way of approving it.")).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_text("It has no subject.")).to_have_count(0)
    page.goto(f"/desk/issues/{issue.pk}/")
    expect(page.get_by_role("heading", name="Harbours, and what else there is")).to_be_visible()
    assert [str(item.pk) for item in issue.shown_items] == [second, first, *rest]
    look_at_desk(page)

    page.get_by_role("link", name="Preview", exact=True).click()
    letter = page.frame_locator("iframe.preview-letter")
    for form in ("Desktop", "Phone", "Dark", "Pictures off"):
        page.get_by_role("link", name=form).click()
        expect(page.get_by_role("link", name=form)).to_have_attribute("aria-current", "page")
        expect(letter.get_by_role("heading", name=newsletter.name)).to_be_visible(timeout=PATIENCE)
        look_at_desk(page)
    page.get_by_role("link", name="Text", exact=True).click()
    expect(page.locator(".preview-text")).to_contain_text(newsletter.name)

    page.get_by_role("link", name="Preflight").click()
    page.get_by_role("button", name="Run preflight", exact=True).click()
    expect(page.get_by_text("Nothing stands in the way of approving it.")).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_text("One click, tried without a cookie, unsubscribes.")).to_be_visible()
    look_at_desk(page)
    page.get_by_role("link", name="Approve…").click()
    expect(page.get_by_text("3 readers get it as things stand.")).to_be_visible()
    look_at_desk(page)
    page.get_by_role("button", name="Approve issue").click()
    expect(page.get_by_text("It is approved, and goes out at its time.")).to_be_visible(timeout=PATIENCE)

    # What the scheduler does in its next minute.
    issue.refresh_from_db()
    freeze(issue)
    issue.refresh_from_db()
    hand_over(issue)
    page.reload()
    expect(page.get_by_text("3 of 3 done")).to_be_visible(timeout=30_000)
    message = smtp.await_message(f"{slug}-0@reader.example")
    assert message["Subject"] == "Harbours, and what else there is"
    page.locator("[name=address]").fill(f"{slug}-0@reader.example")
    page.get_by_role("button", name="Check").click()
    expect(page.get_by_text("Yes.")).to_be_visible()
    look_at_desk(page)

    # The numbers of an axis stand left of its plot, where Wagtail's style sheet would hide them.
    page.goto(f"/desk/newsletters/{newsletter.pk}/numbers/")
    expect(page.locator("svg.plot").first).to_have_css("overflow", "visible")


def test_without_script_the_buttons_put_it_in_order(no_script: Page, rows: None) -> None:
    newsletter = a_newsletter("by-buttons")
    sign_in(no_script, AUDIENCE)
    day = day_of(clock.now(), newsletter.zone)
    issue = Issue.objects.create(newsletter=newsletter, kind="digest", subject="In order", send_on=day)
    issue.assemble()
    no_script.goto(f"/desk/issues/{issue.pk}/digest/")
    first, second, *_rest = order(no_script)
    no_script.get_by_label("Preheader").fill("Typed, and not lost")
    no_script.get_by_role("button", name="Move down").first.click()
    expect(no_script.locator("input[name=item]").first).to_have_value(second)
    expect(no_script.get_by_label("Preheader")).to_have_value("Typed, and not lost")
    no_script.get_by_role("button", name="Drop").first.click()
    expect(no_script.locator("input[name=item]").first).to_have_value(first)
    issue.refresh_from_db()
    assert issue.preheader == "Typed, and not lost"
