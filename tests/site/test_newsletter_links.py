"""A newsletter's link leaves a pass in the browser, and leads to the article's own address."""

from datetime import timedelta

import pytest
from django.test import Client

from broadsheet.editorial.models import Article
from broadsheet.membership import passes
from broadsheet.membership.models import Entitlement
from broadsheet.paywall.models import Grant
from broadsheet.people.models import Person
from broadsheet.platform import clock
from tests.cast import signed_in
from tests.magazine import Magazine, marks_in
from tests.passes import issue

AS_SCRIPT = {"Accept": "application/json", "Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def reef(magazine: Magazine) -> Article:
    return magazine.article("reef")


def link(article: Article, **options: object) -> str:
    return f"/n/{issue(article.uuid, 'ada@reader.example', **options)}"


def follow(address: str, client: Client | None = None) -> Client:
    client = client or Client()
    client.get(address)
    return client


def verdict(client: Client, article: Article) -> str:
    return client.get(article.get_url()).headers["Broadsheet-Verdict"]


def test_it_leads_to_the_article_and_opens_it_whole(client: Client, reef: Article) -> None:
    response = client.get(link(reef))
    assert (response.status_code, response.headers["Location"]) == (302, reef.get_url())
    assert response.headers["Cache-Control"] == "private, no-store"
    assert response.headers["X-Robots-Tag"] == "noindex"
    page = client.get(reef.get_url())
    assert page.headers["Broadsheet-Verdict"] == "newsletter-link"
    assert page.headers["Cache-Control"] == "private, no-store"
    assert len(marks_in(page.text, "reef")) == 8


def test_it_counts_nothing_against_anybodys_allowance(reef: Article, ada: Person) -> None:
    for client in (Client(), signed_in(ada)):
        follow(link(reef), client)
        assert client.post(f"/read/{reef.uuid}", headers=AS_SCRIPT).json()["verdict"] == "newsletter-link"
        assert "broadsheet_left" not in client.cookies
    assert not Grant.objects.exists()


def test_its_cookie_is_the_browsers_own_and_ends_with_it(client: Client, reef: Article) -> None:
    cookie = client.get(link(reef)).cookies[f"broadsheet_pass_{reef.uuid.hex}"]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
    assert int(cookie["max-age"]) <= 7 * 86400


@pytest.mark.parametrize("method", ["head", "post", "options"])
def test_other_methods_leave_nothing(client: Client, reef: Article, method: str) -> None:
    assert not getattr(client, method)(link(reef)).cookies


def test_forwarded_it_works_until_it_expires(reef: Article) -> None:
    address = link(reef)
    until = clock.now() + passes.LIFE
    friends = [follow(address) for _ in range(3)]
    with clock.stopped_at(until - timedelta(seconds=5)):
        assert {verdict(friend, reef) for friend in friends} == {"newsletter-link"}
    with clock.moved_to(until):
        assert {verdict(friend, reef) for friend in friends} == {"meter"}


def test_forwarded_it_reveals_nobody(client: Client, magazine: Magazine, bruno: Person) -> None:
    address = link(magazine.for_subscribers, person=bruno, opens_subscribers=True)
    response = client.get(address)
    page = client.get(magazine.for_subscribers.get_url())
    for text in (address, str(response.headers), str(response.cookies), page.text):
        for word in ("ada@", bruno.email, "Bruno", "Keller"):
            assert word not in text
    assert "Sign in" in page.text


def test_expired_it_leads_to_the_article_and_its_wall(client: Client, reef: Article) -> None:
    address = link(reef)
    with clock.moved_to(clock.now() + passes.LIFE):
        response = client.get(address)
        assert (response.status_code, response.headers["Location"]) == (302, reef.get_url())
        assert not response.cookies
        assert verdict(client, reef) == "meter"


def test_a_forged_one_is_not_found(client: Client, reef: Article) -> None:
    address = link(reef)
    changed = address[:-1] + ("A" if address[-1] != "A" else "B")
    for forged in (changed, address[:-1], address + "A", "/n/x", f"/n/{'A' * 5000}"):
        response = client.get(forged)
        assert response.status_code == 404
        assert response.headers["Cache-Control"] == "private, no-store"
        assert not response.cookies


def test_one_to_a_withdrawn_article_is_not_found(client: Client, reef: Article) -> None:
    address = link(reef)
    reef.unpublish()
    assert client.get(address).status_code == 404


def test_it_opens_its_own_article_and_no_other(magazine: Magazine, reef: Article) -> None:
    client = follow(link(reef))
    orchard = magazine.article("orchard")
    assert verdict(client, orchard) == "meter"
    client.cookies[f"broadsheet_pass_{orchard.uuid.hex}"] = client.cookies[
        f"broadsheet_pass_{reef.uuid.hex}"
    ].value
    assert verdict(client, orchard) == "meter"


def test_it_leads_to_the_edition_that_has_the_article(client: Client, magazine: Magazine) -> None:
    foundry, harbour = magazine.article("foundry", "uk"), magazine.article("harbour", "uk")
    assert client.get(link(foundry)).headers["Location"] == foundry.get_url()
    assert client.get(f"/uk{link(harbour)}").headers["Location"] == harbour.get_url()


def test_from_a_metered_newsletter_an_article_for_subscribers_stays_walled(
    magazine: Magazine, bruno: Person
) -> None:
    index = magazine.for_subscribers
    for address in (link(index), link(index, person=bruno)):
        client = follow(address)
        assert verdict(client, index) == "subscribe"
        assert client.post(f"/read/{index.uuid}", headers=AS_SCRIPT).json()["opened"] is False


def test_an_article_that_became_subscribers_only_is_walled_again(reef: Article) -> None:
    client = follow(link(reef))
    reef.access = "subscribers"
    reef.save()
    assert verdict(client, reef) == "subscribe"


def test_a_subscriber_only_newsletter_opens_such_an_article(magazine: Magazine, bruno: Person) -> None:
    index = magazine.for_subscribers
    address = link(index, person=bruno, opens_subscribers=True)
    assert verdict(follow(address), index) == "newsletter-link"


def test_once_the_subscription_has_ended_it_is_walled(magazine: Magazine, bruno: Person) -> None:
    index, reef = magazine.for_subscribers, magazine.article("reef")
    client = follow(link(index, person=bruno, opens_subscribers=True))
    follow(link(reef, person=bruno, opens_subscribers=True), client)
    Entitlement.objects.filter(person=bruno).update(ends_at=clock.now())
    assert verdict(client, index) == "subscribe"
    # What is metered it opens as any newsletter's does.
    assert verdict(client, reef) == "newsletter-link"


def test_a_recipient_who_was_closed_or_erased_opens_nothing_for_subscribers(
    magazine: Magazine, bruno: Person
) -> None:
    index = magazine.for_subscribers
    client = follow(link(index, person=bruno, opens_subscribers=True))
    bruno.is_active = False
    bruno.save()
    assert verdict(client, index) == "subscribe"
    bruno.delete()
    assert verdict(client, index) == "subscribe"


def test_the_token_is_left_behind(client: Client, reef: Article) -> None:
    address = link(reef)
    response = client.get(address)
    token = address.removeprefix("/n/")
    assert token not in response.headers["Location"]
    assert response.headers["Referrer-Policy"] == "strict-origin"
    assert token not in client.get(reef.get_url()).text


def test_the_next_person_at_a_shared_computer_starts_anew(ada: Person, reef: Article) -> None:
    client = follow(link(reef), signed_in(ada))
    client.post("/account/sign-out/")
    assert verdict(client, reef) == "meter"


def test_a_declared_robot_reads_nothing_by_it(reef: Article) -> None:
    robot = Client(headers={"User-Agent": "Mozilla/5.0 (compatible; GPTBot/1.2)"})
    assert verdict(follow(link(reef), robot), reef) == "meter"
    assert len(marks_in(robot.get(reef.get_url()).text, "reef")) == 3
