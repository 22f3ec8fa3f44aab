import pytest
from django.core.exceptions import ValidationError
from django.urls import path, reverse
from django.utils import translation
from pytest_django import Settings

from broadsheet.editorial.models import Section, StandingPage
from broadsheet.platform.http.first_segments import first_segments
from tests.magazine import Magazine

# Beside the editions and in them, by path and by regular expression, here and in what is included.
NAMED = {
    "account": ("people:account", []),
    "archive": ("archive_month", ["2026", "03"]),
    "authors": ("author", ["ada"]),
    "checkout": ("checkout", [1]),
    "desk": ("wagtailadmin_home", []),
    "feed": ("feed", ["rss.xml"]),
    "offer": ("offer", []),
    "sitemap": ("sitemap_pages", []),
    "sounds": ("sound", ["signature", 1, "sound.mp3"]),
    "write": ("write", [1]),
}


@pytest.mark.parametrize("slug", [*NAMED, "uk", "static"])
@pytest.mark.parametrize("edition", ["us", "uk"])
@pytest.mark.parametrize("kind", [Section, StandingPage])
def test_a_page_cannot_have_an_address_that_something_else_answers(
    magazine: Magazine, kind: type[Section | StandingPage], edition: str, slug: str
):
    page = kind(title="Taken", slug=slug, locale=magazine.edition(edition).locale)

    with pytest.raises(ValidationError, match="The site itself uses this address"):
        page.clean()


@pytest.mark.parametrize("slug", ["world", "news-sitemap", "reader", "accounts"])
def test_every_other_address_is_free(magazine: Magazine, slug: str):
    Section(title="Free", slug=slug, locale=magazine.us.locale).clean()


@pytest.mark.parametrize("tag", ["en-us", "en-gb"])
@pytest.mark.parametrize("segment", NAMED)
def test_what_the_examples_stand_for_is_there(segment: str, tag: str):
    name, args = NAMED[segment]
    with translation.override(tag):
        assert reverse(name, args=args).removeprefix("/uk").split("/")[1] == segment


class Urls:
    urlpatterns = [path("puzzles/<int:number>/", lambda request, number: None)]


def test_a_new_address_is_taken_at_once(settings: Settings):
    assert "puzzles" not in first_segments()

    settings.ROOT_URLCONF = Urls

    assert "puzzles" in first_segments()
