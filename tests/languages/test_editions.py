"""An edition's tag decides the language of what readers see; each person of the staff chooses the desk's."""

import json

import pytest
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.utils import translation
from wagtail.users.models import UserProfile

from broadsheet.people.letters import Letter, written
from broadsheet.people.models import Person
from broadsheet.platform.languages import interface_language
from tests.magazine import Magazine
from tests.platform.conftest import run

# Words that Django says and that stand in its own catalogues.
REQUIRED = "This field is required."


@pytest.mark.parametrize(
    ("tag", "language"),
    [
        ("de", "de"),
        ("de-at", "de"),
        ("de-ch", "de"),
        ("fr-ca", "fr"),
        ("es-mx", "es"),
        ("en", "en"),
        ("en-gb", "en"),
        ("nl", "en"),
        ("zh-hant", "en"),
    ],
)
def test_the_nearest_language_with_a_catalogue_is_spoken(tag: str, language: str) -> None:
    assert interface_language(tag) == language


ASK = """
import json, django
django.setup()
from django.utils.translation import gettext, override
said = {}
for tag in {tags}:
    with override(tag):
        said[tag] = [gettext("Subscribe"), gettext("This field is required.")]
print(json.dumps(said))
"""


def said(editions: str, *tags: str) -> dict[str, list[str]]:
    answer = run(
        "-c",
        ASK.replace("{tags}", repr(tags)),
        EDITIONS=editions,
        DJANGO_SETTINGS_MODULE="broadsheet.settings",
    )
    assert answer.returncode == 0, answer.stderr
    found: dict[str, list[str]] = json.loads(answer.stdout)
    return found


def test_without_a_catalogue_an_edition_is_english_and_not_in_the_first_one_s_language() -> None:
    found = said("de-at nl:nl en-gb:uk", "de-at", "nl", "en-gb", "en")
    assert found["de-at"][1] == "Dieses Feld muss ausgefüllt werden."
    assert found["nl"] == ["Subscribe", "Dit is een verplicht veld."]
    assert found["en-gb"] == found["en"] == ["Subscribe", REQUIRED]


def test_content_languages_are_the_editions_alone() -> None:
    assert [tag for tag, _ in settings.WAGTAIL_CONTENT_LANGUAGES] == list(settings.EDITIONS)
    assert {"en", "de", "fr", "es", *settings.EDITIONS} == dict(settings.LANGUAGES).keys()


def test_the_account_stands_in_each_edition(magazine: Magazine, client: Client) -> None:
    page = client.get("/uk/account/sign-in/")
    assert page.status_code == 200
    content = page.content.decode()
    assert '<html lang="en-GB"' in content
    assert "/uk/account/start/" in content
    away = client.get("/uk/account/")
    assert away["Location"] == "/uk/account/sign-in/?next=/uk/account/"


def test_who_signs_out_stays_in_their_edition(magazine: Magazine, client: Client, ada: Person) -> None:
    client.force_login(ada)
    assert client.post("/uk/account/sign-out/")["Location"] == "/uk/"
    client.force_login(ada)
    assert client.post("/account/sign-out/")["Location"] == "/"


def test_the_desk_speaks_as_each_person_chose_whatever_edition_they_edit(
    magazine: Magazine, client: Client, edith: Person
) -> None:
    UserProfile.objects.update_or_create(user=edith, defaults={"preferred_language": "de"})
    client.force_login(edith)
    for edition in ("us", "uk"):
        page = client.get(f"/desk/pages/{magazine.edition(edition).pk}/")
        assert '<html lang="de"' in page.content.decode()
    assert translation.get_language() == settings.LANGUAGE_CODE


def test_the_desk_offers_the_languages_that_have_a_catalogue(client: Client, edith: Person) -> None:
    client.force_login(edith)
    page = client.get("/desk/account/").content.decode()
    for tag in settings.INTERFACE_LANGUAGES:
        assert f'<option value="{tag}"' in page
    assert '<option value="pl"' not in page


@pytest.mark.parametrize(("tag", "is_turned"), [("ar", True), ("he", True), ("en-us", False)])
def test_pages_and_letters_run_as_their_language_does(
    tag: str, is_turned: bool, magazine: Magazine, rf: RequestFactory
) -> None:
    request = rf.get("/")
    request.user = AnonymousUser()
    with translation.override(tag):
        fault = render_to_string("edge/fault.html")
        page = render_to_string("platform/base.html", request=request)
        _text, letter = written(Letter("Hello", ["A line."]))
    for html in (fault, page, letter):
        assert ('dir="rtl"' in html.partition("<head>")[0]) == is_turned
    for html in (fault, letter):
        assert f'<html lang="{tag}"' in html
