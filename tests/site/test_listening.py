"""The audio version on its article’s page, and its file: for those who may read it, and nobody else."""

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from broadsheet.editorial.models import Article, Narration, Voice
from broadsheet.editorial.narration.files import read_upload
from broadsheet.membership.models import Entitlement
from broadsheet.people.models import Person
from broadsheet.platform import clock
from tests.cast import signed_in
from tests.editorial.narration.made import mp3
from tests.magazine import Magazine
from tests.speech import Speech

SCRIPT = {"Accept": "application/json"}


def uploaded(article: Article, frames: int = 2500, voice: str = Voice.PERSON, reader: str = "") -> Narration:
    found: Narration = Narration.objects.upload(article, read_upload(mp3(frames)), voice, reader, None)
    return found


def address(article: Article, narration: Narration, edition: str = "") -> str:
    return f"{edition}/listen/{article.uuid}/{narration.version}.mp3"


def body(response: Any) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content


def status(response: Any) -> int:
    """Of an answer that is read to its end."""
    body(response)
    return int(response.status_code)


@pytest.fixture
def reef(magazine: Magazine) -> Article:
    article = magazine.article("reef")
    uploaded(article)
    return Article.objects.get(pk=article.pk)


def test_a_stranger_learns_that_there_is_one_and_hears_nothing(reef: Article, client: Client) -> None:
    page = client.get("/world/reef/").text
    assert "Audio version, 1 minute: it opens with the whole" in page
    assert "<audio" not in page
    assert reef.narration.version not in page
    refused = client.get(address(reef, reef.narration))
    assert refused.status_code == 403
    assert "for those who may read the whole article" in refused.text
    assert refused.headers["Cache-Control"] == "private, no-store"


def test_whoever_opened_the_article_hears_it(reef: Article, client: Client) -> None:
    answer = client.post(f"/read/{reef.uuid}", headers=SCRIPT).json()
    assert answer["opened"]
    assert address(reef, reef.narration) in answer["player"]
    heard = client.get(address(reef, reef.narration))
    assert (heard.status_code, heard.headers["Content-Type"]) == (200, "audio/mpeg")
    assert heard.headers["Cache-Control"] == "private, no-store"
    assert len(body(heard)) == reef.narration.size
    assert address(reef, reef.narration) in client.get("/world/reef/").text
    # It is asked again, and what one had opened once is no right for ever.
    with clock.moved_to(clock.now() + timedelta(days=70)):
        assert status(client.get(address(reef, reef.narration))) == 403


def test_a_wall_has_no_player(magazine: Magazine, client: Client) -> None:
    index = magazine.for_subscribers
    narration = uploaded(index)
    answer = client.post(f"/read/{index.uuid}", headers=SCRIPT).json()
    assert (answer["opened"], answer["player"]) == (False, "")
    assert status(client.get(address(index, narration))) == 403


def test_a_subscriber_hears_everything_until_the_day_it_ends(magazine: Magazine, bruno: Person) -> None:
    index = magazine.for_subscribers
    where = address(index, uploaded(index))
    client = signed_in(bruno)
    assert "<audio controls" in client.get("/ideas/index/").text
    assert status(client.get(where)) == 200
    Entitlement.objects.filter(person=bruno).update(ends_at=clock.now())
    assert status(signed_in(bruno).get(where)) == 403


@pytest.mark.parametrize("method", ["get", "head"])
def test_ranges_are_served_and_only_to_those_who_may(reef: Article, bruno: Person, method: str) -> None:
    where = address(reef, reef.narration)
    ask = getattr(signed_in(bruno), method)
    part = ask(where, headers={"Range": "bytes=100-199"})
    assert part.status_code == 206
    assert part.headers["Content-Length"] == "100"
    assert part.headers["Content-Range"] == f"bytes 100-199/{reef.narration.size}"
    with reef.narration.file.open() as file:
        assert body(part) == (file.read()[100:200] if method == "get" else b"")
    assert ask(where, headers={"Range": f"bytes={reef.narration.size}-"}).status_code == 416
    assert status(getattr(Client(), method)(where, headers={"Range": "bytes=0-1"})) == 403


def test_a_free_piece_is_heard_by_all_and_may_be_kept(magazine: Magazine, client: Client) -> None:
    swifts = magazine.free
    narration = uploaded(swifts, reader="Nell Abernathy")
    page = client.get("/good-news/swifts/").text
    assert "Read by Nell Abernathy." in page
    where = address(swifts, narration)
    assert f'src="{where}"' in page
    heard = client.get(where)
    assert status(heard) == 200
    assert heard.headers["Cache-Control"].startswith("public")
    assert heard.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    data = json.loads(re.search(r'"application/ld\+json">(.*?)</script>', page, re.DOTALL)[1])
    audio = next(node["audio"] for node in data["@graph"] if "audio" in node)
    assert audio["contentUrl"].endswith(where)
    assert (audio["encodingFormat"], audio["duration"]) == ("audio/mpeg", "PT60S")


def test_what_is_closed_is_not_among_the_data_for_machines(reef: Article, client: Client) -> None:
    assert "AudioObject" not in client.get("/world/reef/").text


def test_a_synthetic_voice_is_said_to_be_one(magazine: Magazine, speech: Speech, client: Client) -> None:
    speech.read_out(magazine.free)
    page = client.get("/good-news/swifts/").text
    assert "Read by a synthetic voice." in page
    assert '<option value="0.00">Swifts.</option>' in page


def test_an_older_recording_is_said_to_be_one(magazine: Magazine, client: Client) -> None:
    swifts = magazine.free
    uploaded(swifts)
    swifts.standfirst = "Another one."
    swifts.save_revision().publish()
    page = client.get("/good-news/swifts/").text
    assert "It was recorded before the article was last changed." in page


def test_the_page_of_an_article_without_one_loads_nothing_for_it(magazine: Magazine, client: Client) -> None:
    page = client.get("/world/harbour/").text
    assert "listen.js" not in page
    assert 'id="listen"' not in page


def test_an_older_address_leads_to_the_present_version(reef: Article, bruno: Person) -> None:
    client, before = signed_in(bruno), address(reef, reef.narration)
    present = uploaded(reef, 3000)
    answer = client.get(before)
    assert (answer.status_code, answer.headers["Location"]) == (302, address(reef, present))


def test_what_was_taken_off_is_gone_from_page_and_address(reef: Article, bruno: Person) -> None:
    client, before = signed_in(bruno), address(reef, reef.narration)
    assert "<audio controls" in client.get("/world/reef/").text
    reef.narration.delete()
    assert "<audio controls" not in client.get("/world/reef/").text
    assert status(client.get(before)) == 404


def test_a_withdrawn_article_is_silent(reef: Article, bruno: Person) -> None:
    reef.unpublish()
    assert status(signed_in(bruno).get(address(reef, reef.narration))) == 404


def test_each_edition_has_its_own(magazine: Magazine, bruno: Person) -> None:
    harbour = magazine.article("harbour")
    narration = uploaded(harbour)
    client = signed_in(bruno)
    page = client.get("/uk/world/harbour/").text
    assert address(harbour, narration, "/uk") in page
    assert status(client.get(address(harbour, narration, "/uk"))) == 200
    assert status(client.get(f"/uk/listen/{magazine.article('reef').uuid}/x.mp3")) == 404


def test_a_preview_of_a_draft_has_no_sound(reef: Article, client: Client) -> None:
    link = reef.preview_links.create()
    assert "<audio controls" not in client.get(f"/preview/{link.token}/").text


def test_a_file_that_is_gone_is_said_to_be(reef: Article, bruno: Person) -> None:
    reef.narration.file.storage.delete(reef.narration.file.name)
    assert status(signed_in(bruno).get(address(reef, reef.narration))) == 404


def test_the_file_has_no_address_among_the_uploads(reef: Article, farid: Person) -> None:
    for client in (Client(), signed_in(farid)):
        assert status(client.get(f"/media/{reef.narration.file.name}")) in {302, 404}
