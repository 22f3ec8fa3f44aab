"""Signing in from an article: what was opened comes along, and the article stands open."""

import pytest
from django.test import Client

from broadsheet.editorial.models import Article
from broadsheet.insights.counts import tally
from broadsheet.paywall.models import EditionAllowance, Grant, Meter
from broadsheet.people.models import MailedCode, Person, Purpose
from tests.magazine import Magazine, make_picture, marks_in
from tests.weekly.issues import make_issue

HERE = {"Sec-Fetch-Site": "same-origin"}


def read(client: Client, article: Article) -> None:
    client.post(f"/read/{article.uuid}", headers=HERE)


def sign_in(client: Client, email: str, landing: str):
    """By the e-mailed code, as from the wall; the code is taken as the mail would bring it."""
    client.post("/account/start/", {"email": email, "next": landing}, headers=HERE)
    asked = MailedCode.objects.filter(purpose=Purpose.SIGN_IN, email=email).latest("pk")
    fresh = MailedCode.objects.issue(Purpose.SIGN_IN, email, next_path=landing)
    session = client.session
    key = next(name for name, value in session.items() if value == asked.pk)
    session[key] = fresh.pk
    session.save()
    return client.post("/account/code/", {"code": fresh.code})


@pytest.fixture
def walled(client: Client, magazine: Magazine) -> Article:
    """A second article, in which the stranger met the wall."""
    read(client, magazine.article("reef"))
    return magazine.article("orchard")


def test_registering_lands_in_the_article_and_it_is_open(client: Client, walled: Article) -> None:
    response = sign_in(client, "nova@reader.example", walled.get_url())
    assert response.headers["Location"] == walled.get_url()
    page = client.get(walled.get_url())
    assert page.headers["Broadsheet-Verdict"] == "granted"
    assert len(marks_in(page.text, "orchard")) == 8


def test_what_the_stranger_opened_comes_along_uncharged(
    client: Client, walled: Article, magazine: Magazine
) -> None:
    response = sign_in(client, "nova@reader.example", walled.get_url())
    charged = dict(Grant.objects.values_list("article", "charged"))
    assert charged == {magazine.article("reef").uuid: False, walled.uuid: True}
    assert response.cookies["broadsheet_left"].value == "4.5.month"


def test_signing_in_again_changes_nothing(client: Client, walled: Article) -> None:
    sign_in(client, "nova@reader.example", walled.get_url())
    before = set(Grant.objects.values_list("article", "charged"))
    client.post("/account/sign-out/")
    sign_in(client, "nova@reader.example", walled.get_url())
    assert set(Grant.objects.values_list("article", "charged")) == before


def test_the_british_address_of_an_article_opens_it_too(client: Client, magazine: Magazine) -> None:
    there = magazine.article("harbour", "uk")
    sign_in(client, "nova@reader.example", there.get_url())
    assert client.get(there.get_url()).headers["Broadsheet-Verdict"] == "granted"
    assert client.get(magazine.article("harbour").get_url()).headers["Broadsheet-Verdict"] == "granted"


@pytest.mark.parametrize(
    "landing", ["/", "/account/", "/nowhere/", "/uk/", "/read/nonsense", "//evil.example/"]
)
def test_signing_in_from_elsewhere_spends_nothing(client: Client, magazine: Magazine, landing: str) -> None:
    assert sign_in(client, "nova@reader.example", landing).status_code in {302, 303}
    assert not Grant.objects.exists()


def test_landing_in_a_subscribers_article_spends_nothing(client: Client, magazine: Magazine) -> None:
    sign_in(client, "nova@reader.example", magazine.for_subscribers.get_url())
    assert not Grant.objects.exists()


def test_sign_in_from_the_page_that_says_how_many_are_left_opens_the_article(
    client: Client, walled: Article
) -> None:
    sign_in(client, "nova@reader.example", f"/read/{walled.uuid}")
    assert client.get(walled.get_url()).headers["Broadsheet-Verdict"] == "granted"


def test_sign_in_from_within_an_issue_opens_the_article_there(
    client: Client, walled: Article, magazine: Magazine
) -> None:
    issue = make_issue(magazine, number=12, cover=make_picture("fog"), cover_lines="The fog")
    issue.publish()
    within = f"/issues/12{walled.get_url()}"
    assert issue.items.filter(article=walled).exists()
    assert sign_in(client, "nova@reader.example", within).headers["Location"] == within
    assert client.get(within).headers["Broadsheet-Verdict"] == "granted"


def test_the_next_person_at_a_shared_computer_starts_anew(
    client: Client, walled: Article, magazine: Magazine
) -> None:
    sign_in(client, "nova@reader.example", walled.get_url())
    client.post("/account/sign-out/")
    names = {name for name, cookie in client.cookies.items() if cookie.value}
    assert not {name for name in names if name.startswith("broadsheet_read_")}
    lantern = magazine.article("lantern")
    assert client.get(lantern.get_url()).headers["Broadsheet-Verdict"] == "meter"
    sign_in(client, "second@reader.example", lantern.get_url())
    second = Person.objects.get(email="second@reader.example")
    assert list(Grant.objects.filter(reader=second).values_list("article", flat=True)) == [lantern.uuid]


def test_erasing_the_account_erases_what_it_opened(client: Client, walled: Article) -> None:
    sign_in(client, "nova@reader.example", walled.get_url())
    Person.objects.get(email="nova@reader.example").erase()
    assert not Grant.objects.exists()


def test_an_edition_that_is_not_published_keeps_nobody_from_signing_in(
    client: Client, magazine: Magazine
) -> None:
    magazine.uk.unpublish()
    assert sign_in(client, "nova@reader.example", "/uk/world/harbour/").status_code in {302, 303}
    assert not Grant.objects.exists()


def allow(magazine: Magazine, **readers: int) -> None:
    """How many articles readers have in an edition, by its slug."""
    for slug, number in readers.items():
        edition = magazine.edition(slug)
        EditionAllowance.objects.create(meter=Meter.load(), edition=edition, strangers=3, readers=number)


def test_landing_in_an_edition_spends_of_its_allowance(client: Client, magazine: Magazine) -> None:
    allow(magazine, us=5, uk=0)
    sign_in(client, "nova@reader.example", magazine.article("harbour", "uk").get_url())
    assert not Grant.objects.exists()
    client.post("/account/sign-out/")
    response = sign_in(client, "nova@reader.example", magazine.article("harbour").get_url())
    assert response.cookies["broadsheet_left"].value == "4.5.month"


def test_what_strangers_of_an_edition_may_open_comes_along_uncharged(
    client: Client, magazine: Magazine
) -> None:
    allow(magazine, uk=5)
    articles = [magazine.publish(slug, edition="uk") for slug in ("mill", "wharf", "quay")]
    for article in articles:
        client.post(f"/uk/read/{article.uuid}", headers=HERE)
    sign_in(client, "nova@reader.example", "/uk/")
    assert list(Grant.objects.values_list("charged", flat=True)) == [False] * 3


def test_what_is_opened_by_signing_in_is_counted_as_decided(client: Client, walled: Article) -> None:
    tally.take()
    sign_in(client, "nova@reader.example", walled.get_url())
    decided = [key for key in tally.take() if key.article == walled.uuid]
    assert [key.reason for key in decided] == ["meter"]
