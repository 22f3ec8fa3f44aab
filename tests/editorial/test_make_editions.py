"""The first front page of a magazine that has nothing yet."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from pytest_django import Settings
from wagtail.models import Page

from broadsheet.editorial.models import Edition, Publication, Section

pytestmark = pytest.mark.django_db


@pytest.fixture
def _nothing() -> None:
    Page.objects.filter(depth=2).delete()
    Page.get_first_root_node().add_child(
        instance=Page(title="Welcome to your new Wagtail site!", slug="home")
    )


@pytest.mark.usefixtures("_nothing")
def test_each_edition_gets_its_front_page_and_sections() -> None:
    said = StringIO()
    arguments = ("The Gazette", "--section", "World", "--section", "Good News")
    call_command("make_editions", *arguments, "--time-zone", "Europe/London", stdout=said)

    assert said.getvalue() == (
        "The Gazette US: http://localhost:8000/\nThe Gazette GB: http://localhost:8000/uk/\n"
    )
    for path in ("/", "/uk/", "/good-news/", "/uk/good-news/"):
        page = Client().get(path)
        assert page.status_code == 200
        assert "The Gazette" in page.text
    assert Publication.load().time_zone == "Europe/London"
    assert [edition.currency for edition in Edition.objects.order_by("pk")] == ["USD", "GBP"]
    assert Section.objects.values("translation_key").distinct().count() == 2
    assert not Page.objects.filter(slug="home").exists()


@pytest.mark.usefixtures("_nothing")
def test_an_edition_of_another_language_has_its_own_currency(settings: Settings) -> None:
    settings.EDITIONS = {"en-us": "", "en-ie": "ie"}
    call_command("make_editions", "The Gazette", stdout=StringIO())

    irish = Edition.objects.get(slug="ie")
    assert (irish.short_name, irish.currency) == ("IE", "EUR")


def test_a_magazine_that_has_editions_is_left_alone() -> None:
    with pytest.raises(CommandError, match="There are editions already"):
        call_command("make_editions", "The Gazette")


@pytest.mark.usefixtures("_nothing")
def test_what_is_no_time_zone_makes_nothing() -> None:
    with pytest.raises(CommandError, match="is no time zone"):
        call_command("make_editions", "The Gazette", "--time-zone", "London")

    assert not Edition.objects.exists()
