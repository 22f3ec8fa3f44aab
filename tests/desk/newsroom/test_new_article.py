"""From nothing to an article: the way to the form, its section, its byline, and one step to publish it."""

import re
from typing import Any

import pytest
from django.test import Client
from wagtail.models import PageLogEntry

from broadsheet.editorial.models import Article, Author, Section
from broadsheet.people.models import Person
from tests.cast import signed_in
from tests.desk.editor import PUBLISH, SUBMIT, create, edit, fields
from tests.magazine import Magazine

NEW = "/desk/articles/choose_parent/"


def form_in(section: Section) -> str:
    return f"/desk/pages/add/editorial/article/{section.pk}/"


def written() -> Article:
    return Article.objects.get(slug="the-long-tide")


def first_action(page: str) -> str:
    """What the footer's own button is named, before the menu of the others."""
    footer = page[page.index("<footer") :]
    found = re.search(r"<button[^>]*>(.*?)</button>", footer, re.DOTALL)
    assert found
    return " ".join(re.sub(r"<[^>]+>", " ", found[1]).split())


# --- The way there -----------------------------------------------------------------------------------


def test_the_first_page_leads_to_a_new_article(magazine: Magazine, dev, carla) -> None:
    for person in (dev, carla):
        assert f'href="{NEW}"' in signed_in(person).get("/desk/").text
    assert signed_in(dev).get(NEW).url == form_in(Section.objects.order_by("path").first())


def test_the_next_one_begins_where_the_last_one_did(magazine: Magazine, dev) -> None:
    client = signed_in(dev)
    create(client, magazine.section("ideas", "uk"))
    assert client.get(NEW).url == form_in(magazine.section("ideas", "uk"))


def test_those_who_write_nothing_are_not_led_there(magazine: Magazine, edith, farid) -> None:
    for person in (edith, farid):
        assert NEW not in signed_in(person).get("/desk/").text
        assert signed_in(person).get(NEW).status_code != 200


@pytest.mark.parametrize("address", ["/desk/fronts/", "/desk/pages/{}/"])
def test_each_section_has_a_button_for_one(magazine: Magazine, carla, edith, address: str) -> None:
    science = magazine.section("science")
    assert form_in(science) in signed_in(carla).get(address.format(science.pk)).text
    assert form_in(science) not in signed_in(edith).get(address.format(science.pk)).text


def test_a_headline_is_shown_whole_and_stays_one_line(magazine: Magazine, dev) -> None:
    client = signed_in(dev)
    page = client.get(form_in(magazine.section("world"))).text
    assert re.search(r'<textarea name="title"[^>]*maxlength="255"', page)
    create(client, magazine.section("world"), title="The long\r\n  tide", slug="the-long-tide")
    assert written().title == "The long tide"


# --- The section -------------------------------------------------------------------------------------


def test_the_section_is_chosen_in_the_form(magazine: Magazine, dev) -> None:
    page = signed_in(dev).get(form_in(magazine.section("world"))).text
    assert 'optgroup label="The Meridian UK"' in page
    assert f'<option value="{magazine.section("world").pk}" selected>World, US</option>' in page

    create(signed_in(dev), magazine.section("world"), section=magazine.section("ideas", "uk").pk)
    assert written().section == magazine.section("ideas", "uk")
    assert written().locale == magazine.uk.locale


def test_a_draft_goes_to_another_section_and_edition(magazine: Magazine, dev) -> None:
    client = signed_in(dev)
    create(client, magazine.section("world"))
    edit(client, written(), title="The short tide", section=magazine.section("science", "uk").pk)

    article = written()
    assert article.section == magazine.section("science", "uk")
    assert article.locale == magazine.uk.locale
    assert article.get_latest_revision_as_object().title == "The short tide"
    assert PageLogEntry.objects.filter(page=article.pk, action="wagtail.move").exists()


def test_a_moved_draft_is_published_where_it_went(magazine: Magazine, carla) -> None:
    client = signed_in(carla)
    create(client, magazine.section("world"))
    edit(client, written(), section=magazine.section("science", "uk").pk, **PUBLISH)

    assert Client().get("/uk/science/the-long-tide/").status_code == 200


def test_a_slug_that_is_taken_there_is_refused(magazine: Magazine, dev) -> None:
    client = signed_in(dev)
    create(client, magazine.section("world"))
    page = edit(client, written(), slug="foundry", section=magazine.section("science", "uk").pk).text

    assert "already in use" in page
    assert written().section == magazine.section("world")


def test_a_preview_moves_nothing(magazine: Magazine, dev) -> None:
    client = signed_in(dev)
    create(client, magazine.section("world"))
    data = fields(section=magazine.section("ideas").pk)
    answer = client.post(f"/desk/pages/{written().pk}/edit/preview/", data)

    assert answer.json()["is_valid"]
    assert written().section == magazine.section("world")


def test_what_was_published_stays_in_its_section(magazine: Magazine, carla) -> None:
    reef = magazine.article("reef")
    page = signed_in(carla).get(f"/desk/pages/{reef.pk}/edit/").text
    assert 'name="section"' not in page
    edit(signed_in(carla), reef, section=magazine.section("ideas").pk, **PUBLISH)
    assert magazine.article("reef").section == magazine.section("world")


@pytest.mark.parametrize("section", ["0", "999999", "nonsense"])
def test_a_section_that_is_none_is_refused(magazine: Magazine, dev, section: str) -> None:
    create(signed_in(dev), magazine.section("world"))
    edit(signed_in(dev), written(), section=section)
    assert written().section == magazine.section("world")


def test_nobody_writes_into_a_page_that_is_no_section(magazine: Magazine, dev) -> None:
    create(signed_in(dev), magazine.section("world"), section=magazine.us.pk)
    assert not Article.objects.filter(slug="the-long-tide").exists()


# --- The byline and the paragraph --------------------------------------------------------------------


@pytest.fixture
def dev_signs(dev: Person) -> Author:
    return Author.objects.create(name="Dev Patel", slug="dev-patel", person=dev)


def test_a_new_article_has_its_writers_byline(magazine: Magazine, dev, dev_signs: Author) -> None:
    form = signed_in(dev).get(form_in(magazine.section("world"))).context["form"]
    (byline,) = form.formsets["bylines"].forms
    assert byline.initial["author"] == dev_signs.pk
    assert form.formsets["bylines"].initial_form_count() == 0


def test_other_forms_leave_the_byline_alone(magazine: Magazine, dev, carla, dev_signs: Author) -> None:
    def bylines(person: Person, address: str) -> int:
        return len(signed_in(person).get(address).context["form"].formsets["bylines"].forms)

    assert bylines(carla, form_in(magazine.section("world"))) == 0
    assert bylines(dev, f"/desk/pages/{magazine.draft.pk}/edit/") == 1


def test_an_account_is_of_one_author_and_of_the_staff(magazine: Magazine, carla, dev, ada, dev_signs) -> None:
    client = signed_in(carla)
    page = client.get(f"/desk/snippets/editorial/author/edit/{dev_signs.pk}/").text
    assert f'<option value="{dev.pk}" selected>' in page
    assert f'<option value="{ada.pk}"' not in page


def test_a_new_article_opens_with_a_paragraph(magazine: Magazine, dev) -> None:
    page: Any = signed_in(dev).get(form_in(magazine.section("world")))
    assert [block.block_type for block in page.context["form"].instance.body] == ["text"]


# --- Publishing --------------------------------------------------------------------------------------


def test_the_button_is_what_each_may_do(magazine: Magazine, dev, carla, greta) -> None:
    address = form_in(magazine.section("world"))
    assert first_action(signed_in(carla).get(address).text) == "Publish"
    assert first_action(signed_in(greta).get(address).text) == "Publish"
    assert first_action(signed_in(dev).get(address).text) == "Submit to The desk"


def test_an_article_in_review_is_approved_by_the_button(magazine: Magazine, dev, carla) -> None:
    create(signed_in(dev), magazine.section("world"), **SUBMIT)
    page = signed_in(carla).get(f"/desk/pages/{written().pk}/edit/").text
    assert "Approve" in first_action(page)


def test_fronts_keep_wagtails_order(magazine: Magazine, carla) -> None:
    assert "Save draft" in first_action(signed_in(carla).get(f"/desk/pages/{magazine.us.pk}/edit/").text)


# --- What a reviewer asked for -----------------------------------------------------------------------


def test_the_editor_shows_what_the_reviewer_wants(magazine: Magazine, dev, carla) -> None:
    create(signed_in(dev), magazine.section("world"), **SUBMIT)
    address = f"/desk/pages/{written().pk}/edit/"
    assert "asks for changes" not in signed_in(dev).get(address).text
    written().current_workflow_task_state.reject(user=carla, comment="Name <the> harbour master.")

    page = signed_in(dev).get(address).text
    assert "Carla Nwosu asks for changes: “Name &lt;the&gt; harbour master.”" in page
    edit(signed_in(dev), written(), **SUBMIT)
    assert "asks for changes" not in signed_in(dev).get(address).text


def test_the_list_of_fronts_has_no_button_that_leads_nowhere(magazine: Magazine, carla: Person) -> None:
    page = signed_in(carla).get("/desk/fronts/").text
    assert "/desk/pages/add/editorial/article/" in page
    assert "/desk/fronts/choose_parent/" not in page
