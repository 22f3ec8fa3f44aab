"""What a search leads to besides articles: weekly issues, and the pages that readers look for."""

from datetime import UTC, date, datetime

import pytest
from django.test import Client
from django.utils import translation

from broadsheet.editorial.models import StandingPage
from broadsheet.platform import clock
from broadsheet.site.search.asking import Asked
from broadsheet.site.search.issues import issues_meant
from broadsheet.site.search.places import looked_for
from broadsheet.weekly.models import WeeklyIssue
from broadsheet.weekly.models.life import State
from tests.desk.first_run.test_help import help_page
from tests.magazine import Magazine

TODAY = datetime(2026, 11, 30, 9, tzinfo=UTC)
ISSUES = {
    1: (date(2025, 11, 10), date(2025, 11, 16), "A brick for the swifts"),
    30: (date(2026, 5, 25), date(2026, 5, 31), "The tide turners"),
    52: (date(2026, 10, 26), date(2026, 11, 1), "The last hut before the ice"),
    53: (date(2026, 11, 2), date(2026, 11, 8), "A library that nobody may read\nEstonia votes"),
    54: (date(2026, 11, 9), date(2026, 11, 15), "The ice that came back"),
}


@pytest.fixture
def issues(magazine: Magazine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: TODAY)
    for number, (first_day, last_day, lines) in ISSUES.items():
        WeeklyIssue.objects.create(
            edition="en-us",
            number=number,
            first_day=first_day,
            last_day=last_day,
            cover_lines=lines,
            state=State.PUBLISHED,
            published_at=TODAY,
        )
    draft = WeeklyIssue(edition="en-us", number=55, cover_lines="Ice without end")
    draft.first_day, draft.last_day = date(2026, 11, 16), date(2026, 11, 22)
    draft.save()


def numbers(magazine: Magazine, typed: str, language: str = "en") -> list[int]:
    found = issues_meant(Asked.of(typed, language), magazine.us)
    return [int(one.url.strip("/").rpartition("/")[2]) for one in found]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("issue 53", [53]),
        ("No. 53", [53]),
        ("no 53 magazine", [53]),
        ("53", [53]),
        ("issue 55", []),  # not published
        ("53 ways to cook", []),
        ("the week of 3 November", [53]),
        ("November 3rd", [53]),
        ("3 november 2026", [53]),
        ("2026-11-03", [53]),
        ("3.11.2026", [53]),
        ("issue of November 16", [54]),  # read on the day after its last
        ("november 12 2025", [1]),
        ("december 3", []),
        ("31 february", []),
        ("November issue", [54, 53, 52]),
        ("nov 2025", [1]),
        ("28 May", [30]),
        ("november", []),
        ("library nobody reads", [53]),
        ("ice", [54, 52]),
        ("ice library", []),
        ("estonia votes", [53]),
        ("16", []),
        ("99999999999 issue 99999999999", []),
        ("issue", []),
    ],
)
def test_an_issue_is_found_by_number_day_and_cover(
    issues: None, magazine: Magazine, typed: str, expected: list[int]
) -> None:
    assert numbers(magazine, typed) == expected


@pytest.mark.parametrize(
    ("language", "typed", "expected"),
    [
        ("de", "Heft 53", [53]),
        ("de", "Nr. 53", [53]),
        ("de", "die Woche vom 3. November", [53]),
        ("fr", "numéro 53", [53]),
        ("fr", "n° 53", [53]),
        ("fr", "la semaine du 3 novembre", [53]),
        ("es", "número 53", [53]),
        ("es", "la semana del 3 de noviembre", [53]),
        ("es", "número de noviembre", [54, 53, 52]),
    ],
)
def test_and_in_other_languages(
    issues: None, magazine: Magazine, language: str, typed: str, expected: list[int]
) -> None:
    with translation.override(language):
        assert numbers(magazine, typed, language) == expected


def test_it_stands_above_the_articles(issues: None, magazine: Magazine, client: Client) -> None:
    page = client.get("/search/?q=issue+53").text
    assert 'href="/issues/53/"' in page
    assert "No. 53, November 2" in page
    assert "A library that nobody may read" in page
    assert 'href="/issues/53/"' not in client.get("/uk/search/?q=issue+53").text


@pytest.fixture
def places(magazine: Magazine) -> Magazine:
    help_page(magazine)
    contact = StandingPage(title="Write to us", slug="contact", has_contact_form=True)
    contact.locale = magazine.us.locale
    magazine.us.add_child(instance=contact)
    return magazine


def found(magazine: Magazine, typed: str, language: str = "en") -> list[str]:
    return [one.name for one in looked_for(Asked.of(typed, language), magazine.us)]


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("subscribe", "Plans and prices"),
        ("how do I subscribe", "Plans and prices"),
        ("subscription prices", "Plans and prices"),
        ("student discount subscription", "Plans and prices"),
        ("cancel subscription", "Your subscription"),
        ("cancel my subscription", "Your subscription"),
        ("cancel", "Your subscription"),
        ("login", "Sign in"),
        ("log in", "Sign in"),
        ("sign in", "Sign in"),
        ("forgot password", "Sign in"),
        ("gift", "Give a subscription"),
        ("gift subscription", "Give a subscription"),
        ("redeem gift", "Redeem a gift"),
        ("newsletter", "Newsletters"),
        ("newsletters", "Newsletters"),
        ("unsubscribe", "Newsletters"),
        ("contact", "Write to us"),
        ("customer service phone number", "Write to us"),
        ("rss", "Feeds"),
    ],
)
def test_words_of_help_lead_to_their_pages(places: Magazine, typed: str, first: str) -> None:
    assert found(places, typed)[:1] == [first]


@pytest.mark.parametrize(
    "typed", ["cancel culture", "price of coral", "contact with the sea", "reef", "pause in the war", "trial"]
)
def test_articles_are_looked_for_by_their_words(places: Magazine, typed: str) -> None:
    assert found(places, typed) == []


def test_questions_are_answered_on_the_help_page(places: Magazine, client: Client) -> None:
    assert "How do I cancel?" in found(places, "cancel subscription")
    assert "Where are my invoices, and how do I change my card?" in found(places, "invoice")
    page = client.get("/search/?q=cancel+subscription").text
    address = page.partition("How do I cancel?")[0].rpartition('href="')[2].partition('"')[0]
    path, _, anchor = address.partition("#")
    assert f'id="{anchor}"' in client.get(path).text


def test_a_place_that_is_not_there_is_not_named(places: Magazine) -> None:
    assert "Podcast" not in found(places, "podcast")
    assert "Issues" not in found(places, "epub")


def test_an_e_reader_is_set_up_where_there_are_issues(issues: None, magazine: Magazine) -> None:
    assert found(magazine, "kindle") == ["The weekly issue on your e-reader", "Issues"]
    assert found(magazine, "epub") == ["Issues"]


@pytest.mark.parametrize(
    ("language", "typed", "first"),
    [
        ("de", "Abo kündigen", "Ihr Abo"),
        ("de", "anmelden", "Anmelden"),
        ("fr", "résilier abonnement", "Votre abonnement"),
        ("fr", "se connecter", "Se connecter"),
        ("es", "cancelar suscripción", "Su suscripción"),
        ("es", "boletines", "Boletines"),
    ],
)
def test_readers_of_other_languages_use_their_words(
    places: Magazine, language: str, typed: str, first: str
) -> None:
    with translation.override(language):
        assert found(places, typed, language)[:1] == [first]


def test_articles_stand_where_they_stood(places: Magazine, client: Client) -> None:
    places.publish("gift", standfirst="A gift horse.")
    response = client.get("/search/?q=gift")
    assert [article.slug for article in response.context["articles"]] == ["gift"]
    assert "Looking for one of these?" in response.text
