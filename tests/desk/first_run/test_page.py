"""The first run in a browser: who may open it, what it makes, and that it happens once."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from broadsheet.desk.first_run import link
from broadsheet.desk.first_run.form import SetUpForm, usual_currency, usual_time_zone
from broadsheet.editorial.models import Author, Edition, Publication, Section, StandingPage
from broadsheet.newsletters.models import Newsletter
from broadsheet.people.models import Person

ANSWERS = {
    "name": "The Gazette",
    "section": "World",
    "time_zone": "Europe/London",
    "currency": "GBP",
    "sender": "letters@gazette.example",
    "person_name": "Ilse Marr",
    "email": "ilse@gazette.example",
    "password": "nine green wagons roll",
}
PAGE = "/desk/start/"


@pytest.fixture
def invited(nothing: None) -> Client:
    browser = Client()
    followed = browser.get(reverse("first_run_link", args=[link.key()]))
    assert (followed.status_code, followed["Location"]) == (303, PAGE)
    return browser


def test_whoever_has_the_link_answers_and_is_at_the_desk(invited: Client) -> None:
    assert invited.get(PAGE).status_code == 200
    answer = invited.post(PAGE, ANSWERS)

    assert (answer.status_code, answer["Location"]) == (303, "/desk/")
    desk = invited.get("/desk/")
    assert desk.status_code == 200
    assert "The desk of The Gazette" in desk.text
    person = Person.objects.get()
    assert person.is_superuser
    assert person.check_password(ANSWERS["password"])
    assert Author.objects.get(person=person).name == "Ilse Marr"


def test_it_leaves_an_empty_magazine_that_looks_finished(invited: Client) -> None:
    invited.post(PAGE, ANSWERS | {"editions": ["en-gb"]})

    reader = Client()
    for path in ("/", "/uk/", "/world/", "/uk/world/"):
        page = reader.get(path)
        assert page.status_code == 200, path
        assert "The Gazette" in page.text
        assert "Meridian" not in page.text
    publication = Publication.load()
    assert (publication.time_zone, publication.access) == ("Europe/London", "free")
    assert [edition.currency for edition in Edition.objects.order_by("path")] == ["GBP", "GBP"]
    assert Section.objects.values("translation_key").distinct().count() == 1
    assert Newsletter.objects.filter(sender_email="letters@gazette.example").count() == 2


def test_one_edition_is_made_unless_more_are_asked_for(invited: Client) -> None:
    invited.post(PAGE, ANSWERS)

    assert [edition.locale.language_code for edition in Edition.objects.all()] == ["en-us"]
    assert Client().get("/uk/").status_code == 404


def test_the_pages_each_magazine_needs_wait_as_drafts(invited: Client) -> None:
    invited.post(PAGE, ANSWERS)

    drafts = StandingPage.objects.all()
    assert {page.slug for page in drafts} == {
        "imprint", "ownership-and-funding", "privacy", "terms", "accessibility",
        "help",
    }  # fmt: skip
    assert not any(page.live for page in drafts)
    assert all(page.marks for page in drafts)
    assert "letters@gazette.example" in str(drafts.get(slug="imprint").body)


@pytest.mark.usefixtures("nothing")
@pytest.mark.parametrize("key", ["0" * 64, "x", "ü"])
def test_no_other_key_opens_it(key: str) -> None:
    browser = Client()
    assert browser.get(reverse("first_run_link", args=[key])).status_code == 404
    for answer in (browser.get(PAGE), browser.post(PAGE, ANSWERS)):
        assert answer.status_code == 403
        assert "broadsheet start --link" in answer.text
    assert not Edition.objects.exists()


def test_the_link_works_until_it_was_used(invited: Client) -> None:
    second = Client()
    second.get(reverse("first_run_link", args=[link.key()]))
    invited.post(PAGE, ANSWERS)

    for browser in (invited, second, Client()):
        for answer in (
            browser.get(reverse("first_run_link", args=[link.key()])),
            browser.get(PAGE),
            browser.post(PAGE, ANSWERS | {"name": "Another", "email": "eve@evil.example"}),
        ):
            assert answer.status_code == 410
    assert Person.objects.count() == Edition.objects.count() == 1


def test_the_link_is_closed_once_somebody_works_here(invited: Client) -> None:
    Person.objects.create_superuser("ops@gazette.example")

    assert invited.get(PAGE).status_code == 410
    assert invited.post(PAGE, ANSWERS).status_code == 410


@pytest.mark.sqlite
@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("name", "", "Enter the name of the magazine."),
        ("name", "the meridian", "That is the name of the demonstration."),
        ("section", "search", "The site itself uses this address."),
        ("section", "…", "at least one letter"),
        ("time_zone", "London", "is no time zone"),
        ("currency", "GDP", "is no currency"),
        ("sender", "letters", "e-mail address"),
        ("email", "", "Enter your e-mail address."),
        ("password", "short", "too short"),
        ("password", "ilse@gazette.example", "too similar"),
    ],
)
def test_a_wrong_answer_is_named_and_nothing_else_is_lost(
    invited: Client, field: str, value: str, said: str
) -> None:
    answer = invited.post(PAGE, ANSWERS | {field: value})

    assert answer.status_code == 400
    assert said in answer.text
    for name in ANSWERS.keys() - {field, "password", "time_zone", "currency"}:
        assert f'value="{ANSWERS[name]}"' in answer.text
    assert ANSWERS["password"] not in answer.text
    assert re.search(r'value="GBP"\s+selected', answer.text) or field == "currency"
    assert not Edition.objects.exists()
    assert not Person.objects.exists()


def test_who_registered_before_keeps_the_account_and_gets_the_password(invited: Client) -> None:
    reader = Person.objects.create_user("ilse@gazette.example")
    invited.post(PAGE, ANSWERS)

    reader = Person.objects.get(pk=reader.pk)
    assert reader.is_superuser
    assert reader.check_password(ANSWERS["password"])


def test_a_closed_account_is_no_way_in(invited: Client) -> None:
    Person.objects.create_user("ilse@gazette.example", is_active=False)
    answer = invited.post(PAGE, ANSWERS)

    assert answer.status_code == 400
    assert "switched off" in answer.text
    assert not Edition.objects.exists()


def test_with_a_second_factor_required_the_account_comes_first(invited: Client, settings: Settings) -> None:
    settings.STAFF_SECOND_FACTOR = "required"
    invited.post(PAGE, ANSWERS)

    assert invited.get("/desk/")["Location"] == "/account/"


@pytest.mark.usefixtures("nothing")
def test_before_it_is_set_up_the_address_says_so() -> None:
    page = Client().get("/")

    assert page.status_code == 503
    assert "being set up" in page.text
    assert "Meridian" not in page.text
    assert link.key() not in page.text


@pytest.mark.parametrize(
    ("tag", "currency", "zone"),
    [
        ("en-gb", "GBP", "Europe/London"),
        ("de", "EUR", "Europe/Berlin"),
        ("fr-ch", "CHF", "Europe/Zurich"),
        ("en-us", "USD", "UTC"),
        ("eo", "USD", "UTC"),
    ],
)
def test_a_language_suggests_currency_and_time_zone(tag: str, currency: str, zone: str) -> None:
    assert (usual_currency(tag), usual_time_zone(tag)) == (currency, zone)


def test_where_there_is_one_edition_nobody_is_asked_for_more(settings: Settings) -> None:
    settings.EDITIONS = {"de": ""}

    assert "editions" not in SetUpForm().fields


def test_a_german_magazine_has_german_drafts(invited: Client, settings: Settings) -> None:
    settings.EDITIONS = {"de": ""}
    settings.LANGUAGE_CODE = "de"
    settings.LANGUAGES = settings.WAGTAIL_CONTENT_LANGUAGES = [("de", "de")]
    answers: dict[str, Any] = ANSWERS | {"name": "Der Bote", "section": "Politik", "currency": "EUR"}
    assert invited.post(PAGE, answers).status_code == 303

    assert StandingPage.objects.filter(slug="impressum", title="Impressum").exists()
    assert Edition.objects.get().short_name == "DE"


def test_nothing_is_offered_where_nothing_is_for_sale(invited: Client) -> None:
    invited.post(PAGE, ANSWERS)
    front = Client().get("/").text

    for words in ("Subscribe", "Cancel contracts here", "Read more each month", "/subscribe/"):
        assert words not in front
    assert "News from The Gazette" in front
