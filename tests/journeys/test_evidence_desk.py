"""Evidence as an editor enters it, by the keyboard alone."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from broadsheet.evidence.models import Fact, Position, Quotation, TermNote, TimelineEntry
from tests.evidence import made
from tests.journeys.conftest import go_where, sign_in
from tests.journeys.editor import Editor, draft, labelled, press

OFFICE = "The harbour office of Ellery"
ALMANAC = "The almanac of Ellery"
PORT, TOWN, ADA = "The port of Ellery", "The town of Ellery", "Ada Marsh of Ellery"
WROTE = "The water rose all night and nobody slept."


def test_an_editor_builds_every_block_by_the_keyboard_and_publishes(
    desktop: Page, open_window: Callable[..., Page], rows: None
) -> None:
    made.term("deluge")
    for name in (OFFICE, ALMANAC):
        made.source(name)
    for name in (PORT, TOWN, ADA):
        made.speaker(name)
    article = draft("All night", [])
    sign_in(desktop, "editor@meridian.example")
    editor = Editor(desktop, article)
    editor.insert("Facts box")
    editor.write("Fact", "Nine boats sank.")
    editor.write("As of", "2026-02-28")
    desktop.keyboard.press("Escape")
    editor.choose("Choose source", OFFICE)
    editor.insert("Timeline")
    for when, what in (("2026-02", "The flood came."), ("2011", "The wall was built.")):
        editor.write("When", when)
        editor.write("What happened", what)
        editor.choose("Choose source", OFFICE)
        if when == "2026-02":
            editor.add()
    editor.insert("Perspectives")
    editor.write("The question", "Should the wall be higher?")
    for holder, held in ((PORT, "It should."), (TOWN, "It should not.")):
        editor.choose("Choose speaker", holder)
        editor.write("The position, in our words", held)
        editor.choose("Choose source", OFFICE)
        if holder == PORT:
            editor.add()
    editor.insert("Contested term")
    editor.choose("Choose contested term", "deluge")
    editor.insert("Further sources")
    editor.choose("Choose source", ALMANAC)
    editor.insert("Quotation")
    editor.write("Exact words", WROTE)
    editor.choose("Choose speaker", ADA)
    editor.choose("Choose source", OFFICE)
    editor.publish()
    expect(editor.answer).to_contain_text("has been published.")
    kept = {kind: kind.objects.filter(page=article).count() for kind in (Quotation, Fact, TimelineEntry)}
    assert kept == {Quotation: 1, Fact: 1, TimelineEntry: 2}
    assert Position.objects.filter(page=article).count() == 2
    assert TermNote.objects.filter(page=article).count() == 1

    reader = open_window()
    go_where(reader, article.get_url(), lambda: reader.get_by_text(WROTE))
    for words in ("Nine boats sank.", "The flood came.", "It should not.", "“deluge”", ALMANAC):
        expect(reader.get_by_text(words).first).to_be_visible()


def test_an_editor_is_refused_follows_the_list_to_the_place_mends_it_and_publishes(
    desktop: Page, rows: None
) -> None:
    article = draft("Nobody slept", [made.quotation(WROTE, who=ADA, source=None)])
    sign_in(desktop, "editor@meridian.example")
    editor = Editor(desktop, article)
    panel = desktop.get_by_role("button", name="Toggle what is missing")
    missing = desktop.get_by_role("link", name=re.compile("The quotation .* has no source")).first
    press(panel)
    expect(missing).to_be_visible()
    editor.publish()
    expect(desktop.get_by_text("The page could not be saved due to validation errors.")).to_be_visible()
    expect(panel).to_have_attribute("aria-expanded", "true")  # as it was left
    press(missing)
    expect(desktop).to_have_url(re.compile(r"#block-[0-9a-f-]+-section$"))
    expect(labelled(editor.body, "Exact words")).to_have_value(WROTE)
    editor.enter("Choose source", "Outlet", "The night watch of Ellery")
    # The list follows, though nothing was typed since.
    expect(desktop.get_by_role("link", name=re.compile("has no source"))).to_have_count(0)
    editor.publish()
    expect(editor.answer).to_contain_text("has been published.")
    row = Quotation.objects.get(page=article)
    assert (row.text, row.source.outlet) == (WROTE, "The night watch of Ellery")
