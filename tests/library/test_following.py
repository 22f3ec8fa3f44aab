"""Following topics and authors: the button, signing in on the way, and the page of what is new."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from broadsheet.editorial.models import Author, Byline, Topic
from broadsheet.library import merging
from broadsheet.library.models import Follow
from broadsheet.library.models import follow as model
from broadsheet.people.account import everything_about
from broadsheet.people.models import Person
from tests.cast import PASSWORD, signed_in
from tests.magazine import METERED, PRINTED, Magazine

TOPIC = "/follow/topic/oceans"
AUTHOR = "/follow/author/nell-abernathy"
PAGE = "/account/following/"
HERE = {"Sec-Fetch-Site": "same-origin"}
SCRIPT = HERE | {"Accept": "application/json"}


def followed(reader: Person) -> list[str]:
    return [one.what.slug for one in Follow.objects.of(reader).order_by("pk")]


def listed(client: Client, address: str = PAGE) -> list[str]:
    response = client.get(address)
    assert response.status_code == 200
    return [article.slug for article in response.context["articles"]]


def test_the_button_is_the_same_for_every_stranger(magazine: Magazine, client: Client) -> None:
    for address, button in {
        "/topics/oceans/": TOPIC,
        "/authors/nell-abernathy/": AUTHOR,
        "/world/harbour/": TOPIC,
        "/good-news/swifts/": AUTHOR,
        "/uk/topics/oceans/": f"/uk{TOPIC}",
    }.items():
        page = client.get(address)
        assert f'action="{button}"' in page.text, address
        assert "own.js" not in page.text
        assert page.headers["Cache-Control"].startswith("public")


def test_a_reader_gets_the_script(magazine: Magazine, ada: Person) -> None:
    for address in ("/topics/oceans/", "/authors/nell-abernathy/", "/world/harbour/"):
        assert "library/own" in signed_in(ada).get(address).text, address


def test_following_without_script_leads_to_a_page_that_says_so(magazine: Magazine, ada: Person) -> None:
    client = signed_in(ada)
    answer = client.post(TOPIC, headers=HERE)
    assert (answer.status_code, answer["Location"]) == (303, TOPIC)
    assert "You follow this topic" in client.get(TOPIC).text
    client.post(AUTHOR, headers=HERE)
    assert followed(ada) == ["oceans", "nell-abernathy"]
    client.post(TOPIC, {"remove": "1"}, headers=HERE)
    assert "You do not follow this topic" in client.get(TOPIC).text
    assert followed(ada) == ["nell-abernathy"]


def test_following_twice_is_following_once(magazine: Magazine, ada: Person) -> None:
    client = signed_in(ada)
    for _ in range(2):
        assert client.post(TOPIC, headers=SCRIPT).json() == {"followed": True}
    assert followed(ada) == ["oceans"]
    for _ in range(2):
        assert client.post(TOPIC, {"remove": "1"}, headers=SCRIPT).json() == {"followed": False}


def test_a_stranger_signs_in_first_and_follows_on_the_way(magazine: Magazine, ada: Person) -> None:
    client = Client()
    asked = client.post(TOPIC, headers=HERE)
    assert asked.status_code == 303
    assert asked["Location"].startswith("/account/sign-in/?next=")
    client.post(asked["Location"], {"login": ada.email, "password": PASSWORD, "next": f"{TOPIC}#followed"})
    assert followed(ada) == ["oceans"]
    assert client.post(TOPIC, headers=SCRIPT).json() == {"followed": True}


def test_a_script_of_a_stranger_is_told_where_to_sign_in(magazine: Magazine, client: Client) -> None:
    answer = client.post(AUTHOR, headers=SCRIPT)
    assert answer.status_code == 401
    assert "sign-in" in answer.json()["sign_in"]


def test_only_a_fragment_of_ours_follows_on_the_way(magazine: Magazine, ada: Person) -> None:
    from broadsheet.library.following.on_the_way import follow_at

    for landing in (
        "/topics/oceans/#followed",
        TOPIC,
        "/follow/topic/nothing#followed",
        "/nowhere#followed",
        "",
    ):
        follow_at(landing, ada)
    assert followed(ada) == []
    follow_at(f"{AUTHOR}#followed", ada)
    assert followed(ada) == ["nell-abernathy"]


@pytest.mark.parametrize(
    "address", ["/follow/topic/nothing", "/follow/author/nobody", "/follow/author/oceans"]
)
def test_what_is_not_there_can_not_be_followed(
    magazine: Magazine, ada: Person, client: Client, address: str
) -> None:
    assert client.get(address).status_code == 404
    assert signed_in(ada).post(address, headers=HERE).status_code == 404


def test_posts_of_other_sites_follow_nothing(magazine: Magazine, ada: Person) -> None:
    refused = signed_in(ada).post(TOPIC, headers={"Sec-Fetch-Site": "cross-site"})
    assert refused.status_code == 403
    assert followed(ada) == []


def test_there_is_a_limit_and_it_says_so(
    magazine: Magazine, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(model, "MOST", 1)
    client = signed_in(ada)
    client.post(TOPIC, headers=HERE)
    refused = client.post(AUTHOR, headers=HERE)
    assert refused.status_code == 409
    assert followed(ada) == ["oceans"]


def test_the_page_gathers_what_is_new_once(magazine: Magazine, ada: Person) -> None:
    client = signed_in(ada)
    assert "You follow nothing yet" in client.get(PAGE).text
    client.post(TOPIC, headers=HERE)
    assert listed(client) == list(METERED)
    client.post(AUTHOR, headers=HERE)
    everything = listed(client)
    assert len(everything) == len(set(everything))
    assert set(METERED) < set(everything)
    assert "almanac" not in everything  # a draft


def test_each_edition_shows_its_own_form(magazine: Magazine, ada: Person) -> None:
    client = signed_in(ada)
    client.post(TOPIC, headers=HERE)
    assert 'href="/uk/world/harbour/"' in client.get("/uk/account/following/").text


def test_nothing_is_said_of_what_was_withdrawn(magazine: Magazine, ada: Person) -> None:
    client = signed_in(ada)
    client.post(TOPIC, headers=HERE)
    magazine.article("reef").unpublish()
    assert "reef" not in listed(client)


def test_one_stops_following_on_the_page(magazine: Magazine, ada: Person) -> None:
    client = signed_in(ada)
    client.post(TOPIC, headers=HERE)
    answer = client.post(TOPIC, {"remove": "1", "back": "1"}, headers=HERE)
    assert (answer.status_code, answer["Location"]) == (303, PAGE)


def test_the_page_is_the_readers_own(magazine: Magazine, client: Client, ada: Person) -> None:
    assert client.get(PAGE).status_code == 302
    response = signed_in(ada).get(PAGE)
    assert "no-store" in response.headers["Cache-Control"]


def test_the_cookie_tells_a_script_that_there_is_something_to_ask_for(
    magazine: Magazine, ada: Person
) -> None:
    client = signed_in(ada)
    client.post(TOPIC, headers=SCRIPT)
    assert client.cookies["broadsheet_library"].value == "f"
    assert client.get("/follow/own").json() == {"followed": [TOPIC]}
    assert client.get("/uk/follow/own").json() == {"followed": [f"/uk{TOPIC}"]}
    client.post(TOPIC, {"remove": "1"}, headers=SCRIPT)
    assert client.cookies["broadsheet_library"].value == ""
    assert Client().get("/follow/own").json() == {"followed": []}


def test_it_is_in_the_export_and_goes_with_the_account(magazine: Magazine, ada: Person) -> None:
    client = signed_in(ada)
    client.post(TOPIC, headers=HERE)
    client.post(AUTHOR, headers=HERE)
    rows = everything_about(ada)["follows"]
    assert [sorted(row) for row in rows] == [["followed_at", "topic"], ["author", "followed_at"]]
    ada.delete()
    assert not Follow.objects.exists()


def test_merged_accounts_follow_what_either_did(magazine: Magazine, ada: Person, bruno: Person) -> None:
    oceans, nell = Topic.objects.get(), Author.objects.get(slug="nell-abernathy")
    for reader, what in ((ada, oceans), (ada, nell), (bruno, oceans)):
        Follow.objects.add(reader, what)
    merging.take_over(old=ada, new=bruno)
    assert sorted(followed(bruno)) == ["nell-abernathy", "oceans"]


def test_queries_do_not_grow(magazine: Magazine, ada: Person) -> None:
    client = signed_in(ada)
    client.post(TOPIC, headers=HERE)
    client.post(AUTHOR, headers=HERE)

    def asked() -> int:
        client.get(PAGE)
        with CaptureQueriesContext(connection) as captured:
            client.get(PAGE)
        return sum("platform_invalidation" not in query["sql"] for query in captured)

    Topic.objects.create(name="Quiet", slug="quiet")  # what was edited in a transaction is not kept in it
    few = asked()
    for number in range(4):
        author = Author.objects.create(name=f"Writer {number}", slug=f"writer-{number}")
        topic = Topic.objects.create(name=f"Topic {number}", slug=f"topic-{number}")
        article = magazine.publish(f"wave-{number}", at=PRINTED + timedelta(hours=number))
        Byline.objects.filter(article=article).update(author=author)
        article.topics.add(topic)
        article.save()
        client.post(f"/follow/topic/topic-{number}", headers=HERE)
        client.post(f"/follow/author/writer-{number}", headers=HERE)
    assert len(listed(client)) > 10
    assert asked() == few
