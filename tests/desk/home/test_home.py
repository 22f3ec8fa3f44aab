"""The desk's first page, in the morning: who sees what of it, and where it leads."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from broadsheet.delivery.models import Batch, Lane, Send
from broadsheet.editorial.models import Article
from broadsheet.evidence.models import Source
from broadsheet.insights.models import Counted, HourlyCount, Numbers
from broadsheet.platform import clock
from tests.cast import signed_in
from tests.delivery.envelopes import freeze
from tests.desk.editor import PUBLISH, SUBMIT, create, edit
from tests.evidence import made
from tests.magazine import Magazine, make_picture

NOW = datetime(2026, 3, 10, 15, 30, tzinfo=UTC)
"""Half past eleven in New York, half past three in London."""
SECTION = re.compile(r'<section[^>]*id="([\w-]+)-section"(.*?)</section>', re.DOTALL)


@pytest.fixture(autouse=True)
def _in_the_morning() -> Iterator[None]:
    with clock.moved_to(NOW):
        yield


def panels(person_or_client: Any) -> dict[str, str]:
    """Panel → its words, in rows."""
    client = person_or_client if isinstance(person_or_client, Client) else signed_in(person_or_client)
    page = client.get("/desk/")
    assert page.status_code == 200
    found = {}
    for name, content in SECTION.findall(page.text):
        words = re.sub(r"<[^>]+>", " ", content.partition(">")[2])
        found[name] = " ".join(words.split())
    return found


def schedule(article: Article, at: datetime) -> None:
    # Wagtail goes by the machine’s own clock, which is elsewhere.
    revision = article.get_latest_revision()
    revision.approved_go_live_at = at
    revision.save()


def opened(article: Article, times: int, *, ago: timedelta = timedelta()) -> None:
    hour = (NOW - ago).replace(minute=0)
    tag = article.locale.language_code
    HourlyCount.objects.add({Counted(tag, hour, article.uuid, "meter", 0): Numbers(times, times)})


# --- What is on its way ------------------------------------------------------------------------------


def test_what_was_submitted_is_in_review_with_who_and_when(magazine: Magazine, dev, carla) -> None:
    create(signed_in(dev), magazine.section("world"), title="The long tide", **SUBMIT)

    in_review = panels(carla)["in-review"]
    assert "The long tide" in in_review
    assert "World, US" in in_review
    assert "Dev Patel" in in_review
    assert "The long tide" not in panels(carla)["drafts"]


def test_drafts_name_who_edited_them_last(magazine: Magazine, dev, carla) -> None:
    edit(signed_in(dev), magazine.draft, title="Almanac of tides")

    drafts = panels(carla)["drafts"]
    assert "Almanac of tides" in drafts
    assert "Dev Patel" in drafts


def test_a_new_draft_of_what_is_published_is_among_the_drafts(magazine: Magazine, carla) -> None:
    edit(signed_in(carla), magazine.article("reef"), title="Reef, again")
    assert "Reef, again of a published article" in panels(carla)["drafts"]


def test_what_is_scheduled_is_listed_once_in_its_editions_zone(magazine: Magazine, carla) -> None:
    at = datetime(2026, 3, 11, 13, tzinfo=UTC)
    schedule(magazine.write("spring", title="Spring tide", embargo_until=at), at)
    schedule(magazine.write("neap", title="Neap tide", edition="uk"), at)

    page = signed_in(carla).get("/desk/").text
    assert page.count("Spring tide") == page.count("Neap tide") == 1
    due = panels(carla)["due"]
    assert "Spring tide scheduled World, US" in due
    assert "March 11, 2026, 9 a.m. New York time" in due
    assert "March 11, 2026, 1 p.m. London time" in due


def test_what_is_published_today_is_told_by_edition(magazine: Magazine, carla) -> None:
    create(signed_in(carla), magazine.section("world"), title="Low water", slug="low-water", **PUBLISH)
    Article.objects.filter(slug="low-water").update(first_published_at=NOW)
    # Yesterday in New York, but today in London.
    early = datetime(2026, 3, 10, 2, tzinfo=UTC)
    magazine.publish("dawn", at=early, title="Dawn")
    magazine.publish("dusk", edition="uk", at=early, title="Dusk")

    today = panels(carla)["published-today"]
    assert "Low water World, US Carla Nwosu 11:30 a.m. New York time" in today
    assert "Dusk World, UK 2 a.m. London time" in today
    assert "Dawn" not in today


def test_a_quiet_day_says_so(magazine: Magazine, carla) -> None:
    found = panels(carla)
    assert "Nothing yet." in found["published-today"]
    assert "Nothing was opened yet." in found["most-read"]
    assert "in-review" not in found


# --- A reviewer's comment ----------------------------------------------------------------------------


def test_the_reporter_reads_what_the_reviewer_wants_changed(magazine: Magazine, dev, carla) -> None:
    create(signed_in(dev), magazine.section("world"), title="The long tide", **SUBMIT)
    article = Article.objects.get(slug="the-long-tide")
    state = article.current_workflow_task_state
    state.reject(user=carla, comment="Who says so? Name the harbour master.")

    sent_back = panels(dev)["sent-back"]
    assert "The long tide Who says so? Name the harbour master." in sent_back
    assert "Carla Nwosu" in sent_back
    assert "sent-back" not in panels(carla)
    assert signed_in(dev).get("/desk/").text.count("The long tide") == 1


# --- What is read, and what needs repair -------------------------------------------------------------


def test_the_most_read_of_each_editions_day(magazine: Magazine, edith) -> None:
    opened(magazine.article("reef"), 1200)
    opened(magazine.article("orchard"), 3, ago=timedelta(hours=2))
    opened(magazine.article("ledger"), 9000, ago=timedelta(hours=20))
    opened(magazine.article("foundry", "uk"), 7, ago=timedelta(hours=15))

    most_read = panels(edith)["most-read"]
    assert re.search(r"Reef World, US 1,200 Orchard World, US 3 Foundry Science, UK 7", most_read)
    assert "Ledger" not in most_read


def test_pictures_and_sources_to_repair(magazine: Magazine, carla, dev, edith) -> None:
    make_picture("fog", credit="")
    sources = [
        made.source("The harbour master", link=""),
        made.source("Lloyd’s"),
        made.source("Hull", link=""),
    ]
    Source.objects.filter(outlet="Hull").update(kind=Source.Kind.HEARD)
    body = [made.facts("It rose.", sources=[made.item(source.pk) for source in sources])]
    magazine.publish("gauge", title="The gauge", body=body, at=NOW - timedelta(days=2))

    repairs = panels(carla)["repairs"]
    assert "1 picture without credit" in repairs
    assert "The gauge Sources without a link: The harbour master. World, US" in repairs
    assert "1 picture without credit" in panels(dev)["repairs"]
    assert "repairs" not in panels(edith)


def test_stuck_letters_are_told_to_those_who_see_sends(magazine: Magazine, edith, farid, carla) -> None:
    letter = freeze("ada@reader.example")
    Send.objects.filter(pk=letter.pk).update(lane=Lane.LETTERS)
    Batch.objects.filter(send=letter).update(state=Batch.State.HELD)

    assert "1 letter is stuck" in panels(edith)["repairs"]
    assert "1 letter is stuck" in panels(farid)["repairs"]
    assert "repairs" not in panels(carla)


# --- Roles, and weight -------------------------------------------------------------------------------


def test_each_role_sees_what_it_may(magazine: Magazine, dev, carla, edith, farid, greta) -> None:
    schedule(magazine.write("spring", title="Spring tide"), NOW + timedelta(days=1))
    written = {"next-steps", "due", "drafts", "published-today"}

    assert panels(dev).keys() == written
    assert panels(carla).keys() == panels(greta).keys() == written | {"most-read", "questions"}
    assert panels(edith).keys() == {"next-steps", "published-today", "most-read"}
    assert panels(farid).keys() == {"next-steps", "published-today", "questions"}


def test_those_without_the_page_are_led_to_what_readers_see(magazine: Magazine, farid, carla) -> None:
    magazine.publish("dawn", at=NOW, title="Dawn")
    assert 'href="/world/dawn/"' in signed_in(farid).get("/desk/").text
    assert f'href="/desk/pages/{magazine.article("dawn").pk}/edit/"' in signed_in(carla).get("/desk/").text


def test_it_asks_the_database_no_more_for_more(magazine: Magazine, greta, dev) -> None:
    client, writer, taken = signed_in(greta), signed_in(dev), []
    for numbers in (range(2), range(2, 4)):
        for number in numbers:
            create(writer, magazine.section("world"), title=f"In {number}", slug=f"in-{number}", **SUBMIT)
            create(writer, magazine.section("world"), title=f"Back {number}", slug=f"back-{number}", **SUBMIT)
            back = Article.objects.get(slug=f"back-{number}")
            back.current_workflow_task_state.reject(user=greta, comment="Why?")
            magazine.write(f"draft-{number}")
            magazine.write(f"secret-{number}", embargo_until=NOW + timedelta(days=3))
            schedule(magazine.write(f"due-{number}"), NOW + timedelta(days=1))
            out = magazine.publish(f"out-{number}", at=NOW, edition=("us", "uk")[number % 2])
            opened(out, 3)
        for reader in (client, writer):
            reader.get("/desk/")
            with CaptureQueriesContext(connection) as asked:
                assert reader.get("/desk/").status_code == 200
            taken.append(len(asked))
    assert taken[:2] == taken[2:]
