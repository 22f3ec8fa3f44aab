"""Every way to publish, and that none of them lets an article out that is not ready."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.urls import reverse
from wagtail.models import Revision

from broadsheet.editorial.models import Article, NotReadyError
from broadsheet.people.models import Person
from broadsheet.platform import clock
from tests.cast import signed_in
from tests.desk.editor import APPROVE, PUBLISH, SUBMIT, body, create, edit, picture_block
from tests.magazine import Magazine, make_picture

NO_CREDIT = "The picture “fog” has no credit."
REFUSED = "was not published. The draft is saved."


@pytest.fixture
def fog(db):
    return make_picture("fog", credit="")


def text_of(response) -> str:
    assert response.status_code == 200
    return response.content.decode()


def write(slug: str) -> Article:
    return Article.objects.get(slug=slug)


def submitted(magazine: Magazine, dev: Person, **changes) -> Article:
    """An article that Dev sent to the desk."""
    said = text_of(create(signed_in(dev), magazine.section("world"), **SUBMIT, **changes))
    assert "submitted for moderation" in said
    return write("the-long-tide")


def test_an_editor_creates_and_publishes_in_one_go(magazine: Magazine, carla):
    said = text_of(create(signed_in(carla), magazine.section("world"), **PUBLISH))
    assert "created and published" in said
    assert write("the-long-tide").live


def test_creating_with_faults_keeps_a_draft_and_tells_them_all(magazine: Magazine, carla, fog):
    only_an_advertisement = body(("wall", ""))
    said = text_of(
        create(
            signed_in(carla), magazine.section("world"), picture=fog.pk, body=only_an_advertisement, **PUBLISH
        )
    )
    assert REFUSED in said
    assert NO_CREDIT in said
    assert "It has no body." in said
    article = write("the-long-tide")
    assert not article.live
    assert article.get_latest_revision_as_object().picture == fog
    assert signed_in(carla).get("/world/the-long-tide/").status_code == 404


def test_publishing_a_draft_with_faults_keeps_what_was_written(magazine: Magazine, carla, fog):
    said = text_of(edit(signed_in(carla), magazine.draft, title="New words", picture=fog.pk, **PUBLISH))
    assert REFUSED in said
    assert NO_CREDIT in said
    assert not magazine.draft.live
    assert magazine.draft.get_latest_revision_as_object().title == "New words"


def test_a_picture_in_the_body_needs_a_credit_too(magazine: Magazine, carla, fog):
    said = text_of(edit(signed_in(carla), magazine.draft, body=body(picture_block(fog)), **PUBLISH))
    assert NO_CREDIT in said
    assert not magazine.draft.live


def test_an_imported_picture_whose_credit_is_unknown_is_let_through(magazine: Magazine, carla, fog):
    fog.credit_unknown = True
    fog.save()
    text_of(edit(signed_in(carla), magazine.draft, picture=fog.pk, **PUBLISH))
    assert magazine.draft.live


def test_an_article_without_a_headline_is_not_saved_over(magazine: Magazine, carla):
    said = text_of(edit(signed_in(carla), magazine.draft, title="", kicker="Kept in the form", **PUBLISH))
    assert "validation errors" in said
    assert "Kept in the form" in said
    assert magazine.draft.title == "Almanac"


def test_a_slug_that_exists_is_refused_with_the_reason(magazine: Magazine, carla):
    said = text_of(create(signed_in(carla), magazine.section("world"), slug="harbour", **PUBLISH))
    assert "is already in use" in said
    assert "The long tide" in said


def test_a_live_article_stays_as_it_is_when_its_new_draft_is_refused(magazine: Magazine, carla, fog):
    article = magazine.article("reef")
    text_of(edit(signed_in(carla), article, title="Unready", picture=fog.pk, **PUBLISH))
    article.refresh_from_db()
    assert article.live
    assert article.title == "Reef"
    assert article.draft_title == "Unready"


def test_the_desk_approves_and_publishes(magazine: Magazine, dev, carla):
    article = submitted(magazine, dev)
    text_of(edit(signed_in(carla), article, **APPROVE))
    assert write("the-long-tide").live


def test_approving_in_the_editor_is_refused_with_the_reasons(magazine: Magazine, dev, carla, fog):
    article = submitted(magazine, dev, picture=fog.pk)
    said = text_of(edit(signed_in(carla), article, picture=fog.pk, standfirst="From the desk", **APPROVE))
    assert NO_CREDIT in said
    article = write("the-long-tide")
    assert not article.live
    assert article.workflow_in_progress
    assert article.get_latest_revision_as_object().standfirst == "From the desk"


@pytest.mark.parametrize("headers", [{}, {"X-Requested-With": "XMLHttpRequest"}])
def test_approving_on_the_dashboard_is_refused_with_the_reasons(magazine: Magazine, dev, carla, fog, headers):
    article = submitted(magazine, dev, picture=fog.pk)
    state = article.current_workflow_task_state
    client = signed_in(carla)
    address = reverse("wagtailadmin_pages:workflow_action", args=[article.pk, "approve", state.pk])
    response = client.post(address, {"comment": "Good"}, headers=headers)
    editor = f"/desk/pages/{article.pk}/edit/"
    assert response.json()["redirect"] == editor if headers else response["Location"] == editor
    assert NO_CREDIT in text_of(client.get(editor))
    article.refresh_from_db()
    assert not article.live
    assert article.workflow_in_progress


def test_a_reporter_cannot_publish_by_pressing_a_button_that_is_not_there(magazine: Magazine, dev):
    text_of(edit(signed_in(dev), magazine.draft, title="Mine", **PUBLISH))
    assert not magazine.draft.live


def bulk_publish(client, *pages, **data):
    ids = "&".join(f"id={page.pk}" for page in pages)
    return client.post(f"/desk/bulk/wagtailcore/page/publish/?{ids}&next=/desk/articles/", data, follow=True)


def test_publishing_several_is_all_or_nothing(magazine: Magazine, carla, fog):
    good = magazine.write("good")
    bad = magazine.write("bad", picture=fog)
    worse = magazine.write("worse", body=[])
    said = text_of(bulk_publish(signed_in(carla), good, bad, worse))
    assert NO_CREDIT in said
    assert "It has no body." in said
    assert not Article.objects.filter(pk__in=[good.pk, bad.pk, worse.pk], live=True).exists()
    assert "published" in text_of(bulk_publish(signed_in(carla), good))
    assert write("good").live


def test_publishing_a_section_with_all_below_it_stops_at_what_is_not_ready(magazine: Magazine, carla, fog):
    magazine.write("bad", picture=fog)
    said = text_of(bulk_publish(signed_in(carla), magazine.section("world"), include_descendants="on"))
    assert NO_CREDIT in said
    assert not write("bad").live


def test_a_draft_with_an_unfinished_part_is_saved_but_not_published_in_bulk(magazine: Magazine, carla):
    client = signed_in(carla)
    assert "has been updated" in text_of(edit(client, magazine.draft, body=body(picture_block(None))))
    said = text_of(bulk_publish(client, magazine.draft))
    assert "Part 1 of the body (Picture) is unfinished." in said
    assert not magazine.draft.live


def test_an_earlier_version_is_published_only_if_it_is_ready(magazine: Magazine, carla, fog):
    client = signed_in(carla)
    edit(client, magazine.draft, picture=fog.pk)
    bad = magazine.draft.get_latest_revision()
    edit(client, magazine.draft)
    address = reverse("wagtailadmin_pages:revisions_revert", args=[magazine.draft.pk, bad.pk])
    assert NO_CREDIT in text_of(client.get(address))
    said = text_of(edit(client, magazine.draft, picture=fog.pk, revision=bad.pk, **PUBLISH))
    assert NO_CREDIT in said
    assert not magazine.draft.live


def test_code_cannot_publish_it_either(magazine: Magazine, fog):
    article = magazine.write("bad", picture=fog)
    with pytest.raises(NotReadyError) as refused:
        article.get_latest_revision().publish()
    assert refused.value.messages == [NO_CREDIT]


def test_a_copy_of_an_article_is_always_a_draft_of_its_own(magazine: Magazine, carla):
    client = signed_in(carla)
    original = magazine.article("reef")
    address = f"/desk/pages/{original.pk}/copy/"
    form = text_of(client.get(address))
    assert "publish_copies" not in form
    assert "alias" not in form
    parent = original.get_parent().pk
    client.post(
        address,
        {"new_title": "Reef again", "new_slug": "reef-again", "new_parent_page": parent, "alias": "on"},
    )
    copied = write("reef-again")
    assert not copied.live
    assert copied.alias_of is None
    assert copied.uuid != original.uuid


# --- Time ---------------------------------------------------------------------------------------------


def moment(**delta):
    return clock.now().replace(microsecond=0) + timedelta(**delta)


def form_time(at) -> str:
    return f"{at:%Y-%m-%d %H:%M}"


def test_an_embargo_is_kept_and_said(magazine: Magazine, carla):
    until = moment(days=2)
    client = signed_in(carla)
    said = text_of(edit(client, magazine.draft, embargo_until=form_time(until), **PUBLISH))
    assert "It is under embargo until" in said
    assert not magazine.draft.live
    early = form_time(moment(days=1))
    said = text_of(edit(client, magazine.draft, embargo_until=form_time(until), go_live_at=early, **PUBLISH))
    assert "It is under embargo until" in said


def test_an_article_under_embargo_is_scheduled_for_its_end(magazine: Magazine, carla):
    until = form_time(moment(days=2))
    said = text_of(edit(signed_in(carla), magazine.draft, embargo_until=until, go_live_at=until, **PUBLISH))
    assert "has been scheduled for publishing" in said
    assert not magazine.draft.live
    assert magazine.draft.approved_schedule


def test_scheduling_asks_for_the_same_as_publishing(magazine: Magazine, carla, fog):
    later = form_time(moment(days=1))
    said = text_of(edit(signed_in(carla), magazine.draft, go_live_at=later, picture=fog.pk, **PUBLISH))
    assert NO_CREDIT in said
    assert not magazine.draft.approved_schedule


def due(article: Article) -> None:
    """As if its time had come a minute ago."""
    past = clock.now() - timedelta(minutes=1)
    revision = article.get_latest_revision()
    revision.content["go_live_at"] = past.isoformat()
    revision.approved_go_live_at = past
    revision.save()


def test_what_lost_its_credit_since_it_was_scheduled_is_held_and_the_others_go_out(magazine: Magazine, fog):
    held, other = magazine.write("held", picture=fog), magazine.write("other")
    due(held)
    due(other)
    call_command("publish_scheduled")
    assert write("other").live
    assert not write("held").live
    assert Revision.objects.get(object_id=str(held.pk)).approved_go_live_at
    fog.credit = "Ilse Marr"
    fog.save()
    call_command("publish_scheduled")
    assert write("held").live


def test_the_dashboard_shows_what_is_scheduled_held_and_under_embargo(magazine: Magazine, carla, fog):
    due(magazine.write("held", picture=fog))
    magazine.write("secret", title="Not yet", embargo_until=moment(days=3))
    page = text_of(signed_in(carla).get("/desk/"))
    assert "Held" in page
    assert NO_CREDIT in page
    assert "Not yet" in page
    assert "1 picture without credit" in page
