from datetime import UTC, date, datetime, timedelta

import pytest
from wagtail.test.utils.form_data import inline_formset

from broadsheet.editorial.models import Article, Correction, NotReadyError
from broadsheet.platform import clock
from tests.cast import signed_in
from tests.desk.editor import PUBLISH, edit
from tests.magazine import Magazine

LATE_IN_LONDON = datetime(2026, 3, 3, 2, tzinfo=UTC)
"""It is still the second of March in New York."""


def test_a_correction_is_public_and_dated_by_the_editions_day(magazine: Magazine, carla):
    with clock.moved_to(LATE_IN_LONDON):
        correction = magazine.article("reef").correct("It was a Tuesday.", by=carla)
    assert correction.date == date(2026, 3, 2)
    reef = magazine.article("reef")
    assert [note.note for note in reef.corrections.all()] == ["It was a Tuesday."]
    assert reef.live
    assert not reef.has_unpublished_changes
    assert reef.get_latest_revision().user == carla


def test_the_day_of_a_note_made_in_the_editor_is_the_publications(magazine: Magazine):
    with clock.moved_to(LATE_IN_LONDON):
        assert Correction(note="…").date == date(2026, 3, 3)


def test_a_correction_publishes_the_note_alone(magazine: Magazine):
    reef = magazine.article("reef")
    reef.title = "Half-written"
    reef.save_revision()
    magazine.article("reef").correct("It was a Tuesday.")
    reef = magazine.article("reef")
    assert reef.title == "Reef"
    assert reef.has_unpublished_changes
    draft = reef.get_latest_revision_as_object()
    assert draft.title == "Half-written"
    assert [note.note for note in draft.corrections.all()] == ["It was a Tuesday."]
    reef.get_latest_revision().publish()
    assert Correction.objects.filter(article=reef).count() == 1


def test_what_is_scheduled_stays_scheduled(magazine: Magazine):
    reef = magazine.article("reef")
    reef.title = "From tomorrow"
    reef.go_live_at = clock.now() + timedelta(days=1)
    reef.save_revision().publish()
    magazine.article("reef").correct("It was a Tuesday.")
    scheduled = magazine.article("reef").scheduled_revision
    assert scheduled.approved_go_live_at == reef.go_live_at
    assert scheduled.as_object().title == "From tomorrow"
    assert magazine.article("reef").title == "Reef"


def test_each_correction_stays(magazine: Magazine):
    magazine.article("reef").correct("First.")
    magazine.article("reef").correct("Second.", kind=Correction.Kind.CLARIFICATION)
    notes = magazine.article("reef").corrections.all()
    assert [(note.kind, note.note) for note in notes] == [
        ("correction", "First."),
        ("clarification", "Second."),
    ]


def test_a_corrected_article_says_so_in_every_edition(magazine: Magazine, client):
    magazine.article("harbour").correct("The harbour opened in 1911.")
    for address in ("/world/harbour/", "/uk/world/harbour/"):
        assert "The harbour opened in 1911." in client.get(address).content.decode()


def test_a_draft_needs_no_correction(magazine: Magazine):
    with pytest.raises(NotReadyError, match="Only what is published"):
        magazine.draft.correct("Never mind.")


def test_the_editor_offers_corrections(magazine: Magazine, carla):
    page = signed_in(carla).get(f"/desk/pages/{magazine.article('reef').pk}/edit/").content.decode()
    assert "corrections-TOTAL_FORMS" in page


def test_a_form_with_a_correction_is_stored(magazine: Magazine, carla):
    note = {"kind": "retraction", "date": "2026-03-02", "note": "We withdraw this."}
    reef = magazine.article("reef")
    edit(signed_in(carla), reef, corrections=inline_formset([note]), **PUBLISH)
    assert Article.objects.get(pk=reef.pk).corrections.get().note == "We withdraw this."
