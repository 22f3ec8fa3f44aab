"""What the script that marks what is new goes by: dates in the page, and when a reader was there last."""

import re
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from broadsheet.editorial.models import Article, Topic
from broadsheet.evidence.models import Amendment, Fact, TimelineEntry
from broadsheet.library.models import ReadingHistory
from broadsheet.paywall.models import Grant
from broadsheet.people.models import Person
from broadsheet.platform import clock
from tests.cast import signed_in
from tests.evidence import made
from tests.magazine import Magazine, text_block


@pytest.fixture
def flood(magazine: Magazine) -> Article:
    facts = made.facts("Nine boats sank.", key="facts")
    timeline = made.timeline(("2026-02", "The flood came."), ("2011", "The wall was built."))
    article = magazine.publish("flood", body=[facts, timeline, text_block("flood", 1)], access="free")
    article.topics.add(Topic.objects.get(slug="oceans"))
    article.save()
    return article


def opened(reader: Person, article: Article, ago: timedelta) -> datetime:
    at = clock.now() - ago
    Grant.objects.create(reader=reader, article=article.uuid, granted_at=at, period="2026-02")
    return at


def dates_in(html: str) -> list[int]:
    return [int(at) for at in re.findall(r'data-added="(\d+)"', html)]


def since(client: Client, article: Article) -> int | None:
    found: int | None = client.get(f"/since/{article.uuid}").json()["since"]
    return found


def test_each_fact_and_entry_says_since_when_it_stands_there(flood: Article, client: Client) -> None:
    page = client.get("/world/flood/").text
    assert len(dates_in(page)) == 3
    assert set(dates_in(page)) == {int(Fact.objects.get().added_at.timestamp())}
    assert "site/since.js" in page
    assert dates_in(client.get("/topics/oceans/").text) == dates_in(page)[:2]


def test_what_comes_at_once_has_one_date_and_what_comes_later_another(flood: Article) -> None:
    body = list(flood.body.raw_data)
    body[0]["value"]["items"].append(made.facts("Ten boats sank.")["value"]["items"][0])
    flood.body = Article.body.field.to_python(body)
    flood.save_revision().publish()
    first, second = Fact.objects.order_by("position")
    assert {entry.added_at for entry in TimelineEntry.objects.all()} == {first.added_at}
    assert second.added_at > first.added_at


def test_a_correction_says_when_readers_could_first_see_it(
    flood: Article, magazine: Magazine, client: Client
) -> None:
    alias = flood.share_with(magazine.uk)
    Article.objects.get(pk=flood.pk).correct("It was eight boats.")
    before = {page: Amendment.objects.get(page=page).added_at for page in (flood, alias)}
    again = Article.objects.get(pk=flood.pk)
    again.save_revision().publish()
    assert {page: Amendment.objects.get(page=page).added_at for page in (flood, alias)} == before
    assert int(before[flood].timestamp()) in dates_in(client.get("/world/flood/").text)
    again.unpublish()
    assert not Amendment.objects.exists()


def test_an_article_that_tells_of_nothing_going_on_has_no_script(magazine: Magazine, client: Client) -> None:
    page = client.get("/world/harbour/").text
    assert "since" not in page


def test_a_page_is_the_same_for_whoever_is_not_signed_in(flood: Article, client: Client, ada: Person) -> None:
    assert 'data-ask="' not in client.get("/world/flood/").text
    assert f'data-ask="/since/{flood.uuid}"' in signed_in(ada).get("/world/flood/").text
    assert 'data-ask="/topics/oceans/since"' in signed_in(ada).get("/topics/oceans/").text


def test_a_reader_is_told_when_they_opened_an_article_or_else_its_story(
    flood: Article, magazine: Magazine, ada: Person
) -> None:
    client = signed_in(ada)
    assert since(client, flood) is None
    other = magazine.article("reef")
    other.topics.add(Topic.objects.get(slug="oceans"))
    other.save()
    story = opened(ada, other, timedelta(days=9))
    assert since(client, flood) == int(story.timestamp())
    own = opened(ada, flood, timedelta(days=20))
    assert since(client, flood) == int(own.timestamp())
    answer = client.get("/topics/oceans/since")
    assert answer.json()["since"] == int(story.timestamp())
    assert "no-store" in answer.headers["Cache-Control"]


def test_what_was_opened_in_this_very_visit_does_not_count(flood: Article, ada: Person) -> None:
    opened(ada, flood, timedelta(minutes=5))
    assert since(signed_in(ada), flood) is None


def test_a_history_that_was_chosen_is_gone_by(flood: Article, bruno: Person) -> None:
    history, client = ReadingHistory.objects.begin(bruno), signed_in(bruno)
    at = clock.now() - timedelta(days=3)
    with clock.moved_to(at):
        history.note(flood.uuid, 2, 9)
    history.note(flood.uuid, 3, 9)  # in the visit that is going on
    assert (since(client, flood) or 0) - int(at.timestamp()) in range(60)
    assert client.get("/topics/oceans/since").json()["since"] == since(client, flood)
    history.end(clears=False)
    assert since(client, flood) is None


def test_nothing_is_told_of_others(flood: Article, ada: Person, bruno: Person, client: Client) -> None:
    opened(ada, flood, timedelta(days=9))
    assert since(client, flood) is None
    assert since(signed_in(bruno), flood) is None
    assert client.get("/since/no-uuid").status_code == 404
    assert client.get("/topics/nowhere/since").status_code == 404


def test_dates_take_one_query_however_many(flood: Article, client: Client) -> None:
    def asked() -> int:
        client.get("/world/flood/")
        with CaptureQueriesContext(connection) as queries:
            client.get("/world/flood/")
        return len(queries)

    before = asked()
    more = [made.facts(*(f"{n} boats sank." for n in range(9))) for _ in range(2)]
    flood.body = Article.body.field.to_python([*flood.body.raw_data, *more])
    flood.save_revision().publish()
    assert asked() == before
