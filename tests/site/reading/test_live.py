"""A live coverage as readers meet it: its page, what is new since, its order, its feed, in lists and data."""

import json
import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from broadsheet.editorial.models import Article, Coverage
from broadsheet.people.models import Person
from tests.cast import signed_in
from tests.editorial.live.made import SLUG, live_article, posted, text, vigil, words
from tests.evidence import made as evidence
from tests.magazine import Magazine, mark, marks_in

PATH = f"/world/{SLUG}/"


def since(article: Article, state: int) -> str:
    return f"/live/{article.uuid}/since/{state}"


def told(answer: Any) -> set[int]:
    """The numbers of the entries whose text stands in `answer`."""
    return {number for number in range(1, 20) if words(number) in answer.text}


def body(answer: Any) -> str:
    whole: str = answer.text
    return whole[whole.index("article-body") :]


def data(client: Client, path: str) -> dict[str, Any]:
    found = re.search(r'ld\+json">(.*?)</script>', client.get(path).text, re.DOTALL)
    assert found
    node: dict[str, Any] = json.loads(found[1])["@graph"][0]
    return node


def test_a_stranger_reads_the_newest_entry_and_the_headlines_of_key_points(
    magazine: Magazine, client: Client, dev: Person
) -> None:
    vigil(magazine, dev)
    answer = client.get(PATH)
    assert told(answer) == {4}
    assert f"Headline {mark(SLUG, 2)}" in answer.text
    assert mark(SLUG, 90) in answer.text
    assert mark(SLUG, 91) not in answer.text
    # The address of a key point that is withheld leads to what says how one reads on.
    assert answer.text.count('id="entry-2"') == 1
    assert "public" in answer.headers["Cache-Control"]


def test_a_subscriber_reads_all_of_it_the_newest_first(
    magazine: Magazine, bruno: Person, dev: Person
) -> None:
    vigil(magazine, dev)
    text = body(signed_in(bruno).get(PATH))
    places = [text.index(words(number)) for number in (4, 3, 2, 1)]
    assert places == sorted(places)
    assert text.index(mark(SLUG, 90)) < places[0]
    assert text.index(mark(SLUG, 91)) > places[-1]
    assert text.count('id="entry-2"') == 1


def test_from_the_start_the_oldest_comes_first_for_whoever_reads_all(
    magazine: Magazine, client: Client, bruno: Person, dev: Person
) -> None:
    article = vigil(magazine, dev)
    path = f"/live/{article.uuid}/from-the-start"
    text = body(signed_in(bruno).get(path))
    places = [text.index(words(number)) for number in (1, 2, 3, 4)]
    assert places == sorted(places)
    assert re.search(rf'rel="canonical" href="[^"]+{PATH}"', signed_in(bruno).get(path).text)
    assert told(client.get(path)) == {4}
    assert path not in client.get(PATH).text, "nobody is led there who may not read all of it"


def test_what_is_new_is_what_the_visitor_may_read(
    magazine: Magazine, client: Client, bruno: Person, dev: Person
) -> None:
    article = vigil(magazine, dev)
    subscriber = signed_in(bruno)
    assert told(client.get(since(article, 4))) == set()
    coverage = Coverage.of(article)
    posted(coverage, dev, 5)
    posted(coverage, dev, 6)
    answer = client.get(since(article, 4))
    assert told(answer) == {6}
    assert ">1 new entry</button>" in answer.text
    assert "public" in answer.headers["Cache-Control"]
    whole = subscriber.get(since(article, 4))
    assert told(whole) == {5, 6}
    assert ">2 new entries</button>" in whole.text
    assert since(article, 6) in whole.text, "where to ask next"
    assert "private" in whole.headers["Cache-Control"]


def test_what_was_changed_replaces_what_a_page_shows_of_it(
    magazine: Magazine, client: Client, bruno: Person, dev: Person
) -> None:
    article = vigil(magazine, dev)
    coverage = Coverage.of(article)
    entry = coverage.entries.get(number=3)
    coverage.change(entry, seen=entry.version, by=dev, authors=[], note="Not so many.", body=[text(13)])
    answer = client.get(since(article, 4))
    assert told(answer) == set(), "a stranger who read it when it was the newest no longer has it"
    assert re.search(r'id="entry-3"\s+data-changed="5"\s+data-gone', answer.text)
    whole = signed_in(bruno).get(since(article, 4)).text
    assert words(13) in whole
    assert "Not so many." in whole
    assert '"button"></button>' in whole


def test_the_end_is_said_and_nothing_more_is_asked(magazine: Magazine, client: Client, dev: Person) -> None:
    article = vigil(magazine, dev)
    assert f'data-since="{since(article, 4)}"' in client.get(PATH).text
    Coverage.of(article).end("Everyone went home.")
    page = client.get(PATH).text
    assert "Ended <time" in " ".join(page.split())
    assert "Everyone went home." in page
    assert 'data-since=""' in page
    assert ">The coverage has ended</button>" in client.get(since(article, 4)).text
    assert "As it happened" in client.get("/world/").text


def test_what_is_new_in_nothing_is_not_found(magazine: Magazine, client: Client, dev: Person) -> None:
    article = vigil(magazine, dev)
    for address in (
        since(article, 99),
        f"/uk{since(article, 1)}",
        since(magazine.article("reef"), 0),
        "/live/nonsense/since/0",
        f"/live/{magazine.article('reef').uuid}/from-the-start",
        f"/live/{magazine.article('reef').uuid}/feed/rss.xml",
    ):
        assert client.get(address).status_code == 404, address


@pytest.mark.parametrize("name", ["rss.xml", "atom.xml", "feed.json"])
def test_its_feed_has_what_everyone_may_read(
    magazine: Magazine, client: Client, dev: Person, name: str
) -> None:
    article = vigil(magazine, dev)
    answer = client.get(f"/live/{article.uuid}/feed/{name}")
    assert told(answer) == {4}
    assert f"Headline {mark(SLUG, 2)}" in answer.text
    assert f"{PATH}#entry-2" in answer.text
    assert marks_in(answer.text, SLUG) == {mark(SLUG, 2), mark(SLUG, 4)}


def test_the_feed_of_a_free_one_has_all_entries(magazine: Magazine, client: Client, dev: Person) -> None:
    article = vigil(magazine, dev, access="free")
    assert told(client.get(f"/live/{article.uuid}/feed/atom.xml")) == {1, 2, 3, 4}
    assert told(client.get(PATH)) == {1, 2, 3, 4}
    assert f"/live/{article.uuid}/from-the-start" in client.get(PATH).text


def test_machines_are_told_when_it_began_and_what_the_page_shows(
    magazine: Magazine, client: Client, bruno: Person, dev: Person
) -> None:
    article = vigil(magazine, dev)
    node = data(client, PATH)
    assert "LiveBlogPosting" in node["@type"]
    assert [words(4) in update["articleBody"] for update in node["liveBlogUpdate"]] == [True]
    assert node["coverageStartTime"] <= node["dateModified"]
    assert "coverageEndTime" not in node
    Coverage.of(article).end("")
    node = data(signed_in(bruno), PATH)
    assert len(node["liveBlogUpdate"]) == 4
    assert node["coverageEndTime"] >= node["coverageStartTime"]
    assert node["liveBlogUpdate"][0]["url"].endswith(f"{PATH}#entry-4")


def test_lists_say_live_with_the_newest_entry_while_it_goes_on(
    magazine: Magazine, client: Client, dev: Person
) -> None:
    article = vigil(magazine, dev)
    for path in ("/", "/world/"):
        page = client.get(path).text
        assert words(4) in page, path
        assert "live-label" in page, path
    copy = article.share_with(magazine.uk)
    assert copy.alias_of_id == article.pk
    assert words(4) in client.get("/uk/world/").text
    Coverage.of(article).withdraw(Coverage.of(article).entries.get(number=4), "Wrong.")
    assert words(4) not in client.get("/world/").text


def test_a_stranger_with_an_article_left_opens_it_with_the_button(
    magazine: Magazine, client: Client, dev: Person
) -> None:
    article = vigil(magazine, dev)
    answer = client.post(f"/read/{article.uuid}", headers={"Accept": "application/json"})
    assert answer.json()["opened"]
    assert told(answer) == {1, 2, 3}, "the newest stands on the page already"
    assert told(client.get(since(article, 0))) == {1, 2, 3, 4}


def test_only_a_live_coverage_has_the_script_and_the_sheet(
    magazine: Magazine, client: Client, dev: Person
) -> None:
    vigil(magazine, dev)
    for path, is_live in ((PATH, True), ("/world/reef/", False)):
        text = client.get(path).text
        assert ("site/live.js" in text) == ("editorial/css/live.css" in text) == is_live


def test_before_its_first_entry_it_reads_as_an_article(magazine: Magazine, client: Client) -> None:
    live_article(magazine)
    assert mark(SLUG, 90) in client.get(PATH).text


def test_pages_ask_as_often_for_many_entries(magazine: Magazine, client: Client, dev: Person) -> None:
    article = vigil(magazine, dev, entries=2, access="free")
    coverage = Coverage.of(article)
    addresses = [PATH, "/world/", since(article, 0), f"/live/{article.uuid}/feed/atom.xml"]

    def asked(address: str) -> int:
        client.get(address)  # what is asked once and remembered
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        return sum("platform_invalidation" not in query["sql"] for query in queries)

    quoted = [text(1), evidence.quotation("The water rose all night long.")]
    for number in (3, 4):
        posted(coverage, dev, number, body=quoted)
    few = {address: min(asked(address) for _ in range(2)) for address in addresses}
    for number in range(5, 11):
        posted(coverage, dev, number, body=quoted)
    assert {address: min(asked(address) for _ in range(2)) for address in addresses} == few
