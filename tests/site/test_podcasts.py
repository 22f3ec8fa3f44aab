"""Podcasts: the public one of free pieces, and the one that is a subscriber's own."""

from datetime import timedelta
from xml.etree import ElementTree as ET

import feedparser
import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from broadsheet.editorial.models import Article, Narration
from broadsheet.membership.models import Entitlement, Institution, InstitutionDomain, PodcastFeed
from broadsheet.people.account import everything_about
from broadsheet.people.models import Person
from broadsheet.platform import clock
from broadsheet.site.listening import podcast
from tests.cast import signed_in
from tests.magazine import PRINTED, Magazine, make_picture
from tests.site.test_listening import body, status, uploaded

ITUNES = "{http://www.itunes.com/dtds/podcast-1.0.dtd}"


@pytest.fixture
def heard(magazine: Magazine) -> dict[str, Narration]:
    """A free, a metered and a subscribers' article can be heard."""
    articles = [magazine.free, magazine.article("reef"), magazine.for_subscribers]
    return {article.slug: uploaded(article) for article in articles}


def channel_of(client: Client, path: str) -> ET.Element:
    response = client.get(path)
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "application/rss+xml; charset=utf-8"
    channel = ET.fromstring(response.content).find("channel")  # noqa: S314 (our own)
    assert channel is not None
    return channel


def titles(channel: ET.Element) -> list[str | None]:
    return [item.findtext("title") for item in channel.findall("item")]


def sounds(channel: ET.Element) -> dict[str | None, str]:
    """Headline → the path of its sound."""
    return {
        item.findtext("title"): item.find("enclosure").attrib["url"].removeprefix(settings.PUBLIC_URL)
        for item in channel.findall("item")
    }


def own(person: Person) -> str:
    return f"/podcast/{PodcastFeed.objects.renew(person).token}/feed.xml"


def test_the_public_podcast_has_what_is_free(heard: dict[str, Narration], client: Client) -> None:
    channel = channel_of(client, "/podcast/feed.xml")
    assert titles(channel) == ["Swifts"]
    item, narration = channel.find("item"), heard["swifts"]
    assert item.find("enclosure").attrib == {
        "url": f"{settings.PUBLIC_URL}/listen/{narration.article.uuid}/{narration.version}.mp3",
        "length": str(narration.size),
        "type": "audio/mpeg",
    }
    assert item.findtext(f"{ITUNES}duration") == "60"
    assert item.findtext(f"{ITUNES}author") == "Nell Abernathy"
    assert "Read by a person." in item.findtext("description")
    for name in ("type", "explicit", "category", "author"):
        assert channel.find(f"{ITUNES}{name}") is not None
    assert channel.find(f"{ITUNES}block") is None
    assert status(client.get(sounds(channel)["Swifts"])) == 200


def test_the_page_of_feeds_names_it_where_there_is_something_to_hear(
    magazine: Magazine, client: Client
) -> None:
    assert "podcast/feed.xml" not in client.get("/feeds/").text
    uploaded(magazine.free)
    assert f"{settings.PUBLIC_URL}/podcast/feed.xml" in client.get("/feeds/").text


def test_an_app_reads_it(heard: dict[str, Narration], client: Client) -> None:
    parsed = feedparser.parse(client.get("/podcast/feed.xml").content)
    assert not parsed.bozo
    assert parsed.entries[0].enclosures[0].type == "audio/mpeg"


def test_what_becomes_free_comes_in_and_what_is_closed_goes(
    heard: dict[str, Narration], magazine: Magazine, client: Client
) -> None:
    reef, swifts = magazine.article("reef"), magazine.free
    for article, access in ((reef, "free"), (swifts, "metered")):
        article.access = access
        article.save_revision().publish()
    before = sounds(channel_of(client, "/podcast/feed.xml"))
    assert list(before) == ["Reef"]
    assert status(client.get(f"/listen/{swifts.uuid}/{heard['swifts'].version}.mp3")) == 403


def test_a_subscribers_own_has_everything(heard: dict[str, Narration], bruno: Person, client: Client) -> None:
    channel = channel_of(client, own(bruno))
    assert sorted(filter(None, titles(channel))) == ["Index", "Reef", "Swifts"]
    assert channel.findtext(f"{ITUNES}block") == "Yes"
    for title, path in sounds(channel).items():
        answer = client.get(path)
        assert len(body(answer)) == heard[str(title).lower()].size
        assert answer.headers["Cache-Control"] == "private, no-store"
        assert answer.headers["X-Robots-Tag"] == "noindex"
    part = client.get(sounds(channel)["Index"], headers={"Range": "bytes=-10"})
    assert (part.status_code, len(body(part))) == (206, 10)


def test_it_is_kept_by_nobody_else(heard: dict[str, Narration], bruno: Person, client: Client) -> None:
    answer = client.get(own(bruno))
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["Referrer-Policy"] == "strict-origin"


def test_each_right_to_read_is_one_to_hear(
    heard: dict[str, Narration],
    ada: Person,
    carla: Person,
    halden: Institution,
    client: Client,
) -> None:
    assert titles(channel_of(client, own(ada))) == ["Swifts"]
    assert len(titles(channel_of(client, own(carla)))) == 3
    InstitutionDomain.objects.create(institution=halden, domain="reader.example")
    assert len(titles(channel_of(client, own(ada)))) == 3


def test_a_right_that_lapsed_is_told_and_what_is_free_goes_on(
    heard: dict[str, Narration], bruno: Person, client: Client
) -> None:
    path = own(bruno)
    before = sounds(channel_of(client, path))
    Entitlement.objects.filter(person=bruno).update(ends_at=clock.now())
    channel = channel_of(client, path)
    assert titles(channel) == ["Swifts"]
    assert f"Subscribe again at {settings.PUBLIC_URL}/subscribe/" in channel.findtext("description")
    refused = client.get(before["Index"])
    assert (refused.status_code, "Subscribe again" in refused.text) == (403, True)
    assert status(client.get(before["Swifts"])) == 200
    Entitlement.objects.filter(person=bruno).update(ends_at=clock.now() + timedelta(days=9))
    assert len(titles(channel_of(client, path))) == 3
    assert status(client.get(before["Index"])) == 200


def test_a_replaced_address_is_gone_with_its_sounds(
    heard: dict[str, Narration], bruno: Person, client: Client
) -> None:
    path = own(bruno)
    sound = sounds(channel_of(client, path))["Index"]
    renewed = own(bruno)
    assert (client.get(path).status_code, client.get(sound).status_code) == (410, 410)
    assert len(titles(channel_of(client, renewed))) == 3


def test_a_closed_account_takes_its_address_along(
    heard: dict[str, Narration], bruno: Person, client: Client
) -> None:
    path = own(bruno)
    bruno.is_active = False
    bruno.save()
    assert client.get(path).status_code == 410
    bruno.delete()
    assert client.get(path).status_code == 410


def test_nobody_makes_an_address_out_of_the_database(
    heard: dict[str, Narration], bruno: Person, client: Client
) -> None:
    feed = PodcastFeed.objects.renew(bruno)
    for token in (feed.key, feed.key + "A" * 43, "é" * 59, f"{feed.token}x", feed.token[:-1] + "!"):
        assert client.get(f"/podcast/{token}/feed.xml").status_code == 404
        assert client.get(f"/podcast/{token}/{heard['reef'].article.uuid}/x.mp3").status_code == 404


def test_an_older_sound_leads_to_the_present_one(
    heard: dict[str, Narration], bruno: Person, magazine: Magazine, client: Client
) -> None:
    path = own(bruno)
    before = sounds(channel_of(client, path))["Reef"]
    uploaded(magazine.article("reef"), 3000)
    answer = client.get(before)
    assert (answer.status_code, answer.headers["Location"]) == (302, sounds(channel_of(client, path))["Reef"])


def test_an_address_in_too_many_apps_is_told_so(
    heard: dict[str, Narration], bruno: Person, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = own(bruno)
    monkeypatch.setattr(podcast, "FEEDS_AN_HOUR", podcast.RateLimitItemPerHour(2))
    codes = [client.get(path).status_code for _ in range(3)]
    assert codes == [200, 200, 429]
    assert client.get(path).headers["Retry-After"] == "3600"


def test_each_edition_has_its_own(magazine: Magazine, bruno: Person, client: Client) -> None:
    uploaded(magazine.article("harbour"))
    uploaded(magazine.article("reef"))
    path = own(bruno)
    channel = channel_of(client, f"/uk{path}")
    assert titles(channel) == ["Harbour"]
    assert sounds(channel)["Harbour"].startswith("/uk/podcast/")
    assert status(client.get(sounds(channel)["Harbour"])) == 200
    assert titles(channel_of(client, path)) == ["Harbour", "Reef"]


def test_feeds_take_as_many_queries_for_twenty_as_for_two(
    magazine: Magazine, bruno: Person, client: Client
) -> None:
    paths, picture = ["/podcast/feed.xml", own(bruno)], make_picture("quay")

    def publish(numbers: range) -> None:
        for number in numbers:
            at = PRINTED + timedelta(hours=number)
            article: Article = magazine.publish(f"wave-{number}", at=at, access="free", picture=picture)
            uploaded(article, 20)

    def queries(path: str) -> int:
        client.get(path)
        with CaptureQueriesContext(connection) as asked:
            assert len(titles(channel_of(client, path))) >= 2
        return len(asked)

    publish(range(2))
    two = [queries(path) for path in paths]
    publish(range(2, 20))
    assert [queries(path) for path in paths] == two
    assert max(two) < 15


# --- The account page --------------------------------------------------------------------------


def test_a_subscriber_gets_an_address_and_another_one(heard: dict[str, Narration], bruno: Person) -> None:
    client = signed_in(bruno)
    assert "Get my address" in client.get("/account/").text
    answer = client.post("/podcast/address")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/account/#podcast")
    first = PodcastFeed.objects.get(person=bruno).token
    page = client.get("/account/").text
    assert f"{settings.PUBLIC_URL}/podcast/{first}/feed.xml" in page
    assert "Get a new address" in page
    client.post("/podcast/address")
    assert first not in client.get("/account/").text


def test_a_subscriber_takes_the_address_back(heard: dict[str, Narration], bruno: Person) -> None:
    client = signed_in(bruno)
    path = own(bruno)
    assert "Delete the address" in client.get("/account/").text
    for _time in range(2):
        said = client.post("/podcast/address", {"do": "revoke"}, follow=True).text
        assert "no longer works" in said
        assert "Get my address" in said
    assert Client().get(path).status_code == 410


def test_whose_right_has_ended_takes_it_back_too(heard: dict[str, Narration], bruno: Person) -> None:
    PodcastFeed.objects.renew(bruno)
    Entitlement.objects.filter(person=bruno).update(ends_at=clock.now())
    signed_in(bruno).post("/podcast/address", {"do": "revoke"})
    assert not PodcastFeed.objects.exists()


def test_who_has_no_right_is_offered_none(heard: dict[str, Narration], ada: Person, bruno: Person) -> None:
    assert 'id="podcast"' not in signed_in(ada).get("/account/").text
    PodcastFeed.objects.renew(bruno)
    Entitlement.objects.filter(person=bruno).update(ends_at=clock.now())
    assert "only what is free at the moment" in signed_in(bruno).get("/account/").text


def test_without_any_sound_there_is_no_podcast(magazine: Magazine, bruno: Person) -> None:
    assert 'id="podcast"' not in signed_in(bruno).get("/account/").text


def test_a_stranger_is_asked_to_sign_in(magazine: Magazine, client: Client) -> None:
    answer = client.post("/podcast/address")
    assert answer.headers["Location"].startswith("/account/sign-in/")
    assert client.get("/podcast/address").status_code == 405


def test_it_is_in_the_export_without_its_key(heard: dict[str, Narration], bruno: Person) -> None:
    feed = PodcastFeed.objects.renew(bruno)
    assert everything_about(bruno)["podcast"] == [{"made_at": feed.made_at}]
