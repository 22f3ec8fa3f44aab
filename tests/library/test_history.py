"""A reader's history: kept only once they chose it, and gone when they say so."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from broadsheet.library import forgetting
from broadsheet.library.cookie import NAME
from broadsheet.library.models import OpenedArticle, ReadingHistory, SavedArticle
from broadsheet.people.account import everything_about
from broadsheet.people.models import Person
from broadsheet.platform import clock
from tests.cast import PASSWORD, signed_in
from tests.magazine import METERED, Magazine

HERE = {"Sec-Fetch-Site": "same-origin"}
NOVEMBER = datetime(2026, 11, 12, 9, tzinfo=UTC)


def tell(client: Client, uuid: object, place: object = 3, of: object = 9) -> int:
    return client.post(f"/own/{uuid}", {"place": place, "of": of}, headers=HERE).status_code


def own(client: Client, uuid: object, *among: object) -> Mapping[str, object]:
    answer: Mapping[str, object] = client.get(
        f"/own/{uuid}", {"among": " ".join(map(str, among))}, headers=HERE
    ).json()
    return answer


def begin(client: Client) -> None:
    assert client.post("/account/history/begin/").status_code == 303


def test_nothing_is_kept_of_whoever_did_not_ask_for_it(magazine: Magazine, ada: Person) -> None:
    client, reef = signed_in(ada), magazine.article("reef")
    assert "Your history is off." in client.get("/account/history/").text
    assert tell(client, reef.uuid) == 204
    assert not OpenedArticle.objects.exists()
    assert own(client, reef.uuid, reef.uuid) == {"saved": False, "place": None, "opened": []}


def test_a_place_is_kept_and_found_again_on_another_device(magazine: Magazine, ada: Person) -> None:
    phone, desk = signed_in(ada), signed_in(ada)
    reef, quarry = magazine.article("reef"), magazine.article("quarry")
    begin(phone)
    assert tell(phone, reef.uuid, 7) == 204
    assert own(desk, reef.uuid, reef.uuid, quarry.uuid) == {"saved": False, "place": 7, "opened": []}
    assert own(desk, quarry.uuid, reef.uuid, "nonsense")["opened"] == [str(reef.uuid)]
    page = desk.get("/account/history/").text
    assert 'href="/world/reef/#continue"' in page
    assert "77% read" in page


def test_whoever_looks_at_the_top_again_keeps_the_place_they_came_to(magazine: Magazine, ada: Person) -> None:
    client, reef = signed_in(ada), magazine.article("reef")
    begin(client)
    for place, of, kept in ((7, 9, 7), (1, 9, 7), (1, 5, 5)):
        tell(client, reef.uuid, place, of)
        assert OpenedArticle.objects.get().place == kept
    assert own(client, reef.uuid)["place"] is None, "it was read to the end"
    assert "Read to the end" in client.get("/account/history/").text


@pytest.mark.parametrize(("place", "of"), [("0", "9"), ("-1", "9"), ("x", "9"), ("1", ""), ("1", "99999999")])
def test_a_place_that_is_none_is_refused(magazine: Magazine, ada: Person, place: str, of: str) -> None:
    client = signed_in(ada)
    begin(client)
    assert tell(client, magazine.article("reef").uuid, place, of) == 400
    assert not OpenedArticle.objects.exists()


def test_a_place_beyond_the_end_is_the_end(magazine: Magazine, ada: Person) -> None:
    client = signed_in(ada)
    begin(client)
    assert tell(client, magazine.article("reef").uuid, 12, 9) == 204
    assert OpenedArticle.objects.get().is_finished


def test_another_site_can_note_nothing(magazine: Magazine, ada: Person) -> None:
    client = signed_in(ada)
    begin(client)
    form = {"place": 3, "of": 9}
    address = f"/own/{magazine.article('reef').uuid}"
    assert client.post(address, form, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert client.post(address, form).status_code == 403
    assert not OpenedArticle.objects.exists()


def test_places_come_at_a_limited_rate_and_only_of_what_is_published(
    magazine: Magazine, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = signed_in(ada)
    begin(client)
    monkeypatch.setitem(settings.ACCOUNT_RATE_LIMITS, "place_by_reader", "1/10m/user")
    for uuid in ("nonsense", uuid4(), magazine.draft.uuid):
        assert tell(client, uuid) == 404
    assert tell(client, magazine.article("reef").uuid) == 204
    assert tell(client, magazine.article("quarry").uuid) == 429


def test_the_browser_is_told_whether_there_is_anything_to_ask_for(
    magazine: Magazine, ada: Person, client: Client
) -> None:
    reef = magazine.article("reef")
    client.post("/account/sign-in/", {"login": ada.email, "password": PASSWORD})
    assert not client.cookies[NAME].value
    client.post(f"/save/{reef.uuid}", headers=HERE)
    assert client.cookies[NAME].value == "s"
    begin(client)
    assert client.cookies[NAME].value == "sh"
    client.post(f"/save/{reef.uuid}", {"remove": "1"}, headers=HERE)
    assert client.cookies[NAME].value == "h"
    other = Client()
    other.post("/account/sign-in/", {"login": ada.email, "password": PASSWORD})
    assert other.cookies[NAME].value == "h"
    client.post("/account/history/end/")
    tell(other, reef.uuid)
    assert not other.cookies[NAME].value
    begin(client)
    client.post("/account/sign-out/")
    assert not client.cookies[NAME].value


def test_whoever_was_signed_out_elsewhere_asks_no_more(magazine: Magazine, client: Client) -> None:
    client.cookies[NAME] = "sh"
    assert own(client, magazine.article("reef").uuid) == {}
    assert not client.cookies[NAME].value
    assert tell(client, magazine.article("reef").uuid) == 200


def test_one_article_is_forgotten_or_all_are_at_the_press_of_a_button(
    magazine: Magazine, ada: Person
) -> None:
    client = signed_in(ada)
    begin(client)
    for slug in METERED[:3]:
        tell(client, magazine.article(slug).uuid)
    for _again in range(2):
        forgotten = client.post(f"/account/history/{magazine.article('reef').uuid}/forget/")
        assert forgotten.status_code == 303
        assert OpenedArticle.objects.count() == 2
    client.post("/account/history/clear/")
    assert not OpenedArticle.objects.exists()
    assert ReadingHistory.objects.exists(), "it goes on"


def test_turning_it_off_asks_whether_to_delete(magazine: Magazine, ada: Person) -> None:
    client = signed_in(ada)
    begin(client)
    tell(client, magazine.article("reef").uuid)
    assert "1 article is in your history." in client.get("/account/history/end/").text
    client.post("/account/history/end/")
    assert not ReadingHistory.objects.exists()
    assert OpenedArticle.objects.count() == 1
    page = client.get("/account/history/").text
    assert "Your history is off." in page
    assert "Clear all" in page
    begin(client)
    client.post("/account/history/end/", {"clear": "1"})
    assert not OpenedArticle.objects.exists()
    assert client.post("/account/history/end/").status_code == 302, "a second press changes nothing"


def test_a_withdrawn_article_stays_in_the_history_without_its_headline(
    magazine: Magazine, ada: Person
) -> None:
    client, reef = signed_in(ada), magazine.article("reef")
    begin(client)
    tell(client, reef.uuid)
    reef.unpublish()
    page = client.get("/account/history/").text
    assert "An article that is no longer published" in page
    assert reef.headline not in page


def test_what_was_last_open_six_months_ago_is_forgotten(magazine: Magazine, ada: Person) -> None:
    history = ReadingHistory.objects.begin(ada)
    with clock.moved_to(NOVEMBER):
        history.note(magazine.article("reef").uuid, 3, 9)
    with clock.moved_to(NOVEMBER + timedelta(days=60)):
        history.note(magazine.article("quarry").uuid, 3, 9)
    with clock.moved_to(NOVEMBER + timedelta(days=184)):
        forgetting.forget_opened(clock.now())
    assert OpenedArticle.objects.get().article == magazine.article("quarry").uuid


def test_a_visit_counts_once_it_is_over(magazine: Magazine, ada: Person) -> None:
    history, reef = ReadingHistory.objects.begin(ada), magazine.article("reef").uuid
    with clock.moved_to(NOVEMBER):
        history.note(reef, 3, 9)
        assert history.opened.last_opened(clock.now()) is None
    for minutes in (120, 130):
        with clock.moved_to(NOVEMBER + timedelta(minutes=minutes)):
            history.note(reef, 5, 9)
            last = history.opened.last_opened(clock.now())
            assert last
            assert timedelta() <= last - NOVEMBER < timedelta(minutes=1)


def test_a_history_goes_into_the_export_and_ends_with_the_account(magazine: Magazine, ada: Person) -> None:
    ReadingHistory.objects.begin(ada).note(magazine.article("reef").uuid, 3, 9)
    exported = everything_about(ada)["reading_history"]
    assert exported["chosen_at"]
    assert [(entry["place"], entry["paragraphs"]) for entry in exported["opened"]] == [(3, 9)]
    ada.erase()
    assert not OpenedArticle.objects.exists()
    assert not ReadingHistory.objects.exists()


@pytest.mark.parametrize("chose", [True, False])
def test_merged_accounts_have_one_history_if_the_one_that_stays_chose_it(
    magazine: Magazine, ada: Person, bruno: Person, chose: bool
) -> None:
    old = ReadingHistory.objects.begin(ada)
    for slug in ("reef", "quarry"):
        old.note(magazine.article(slug).uuid, 3, 9)
    if chose:
        ReadingHistory.objects.begin(bruno).note(magazine.article("reef").uuid, 8, 9)
    ada.merge_into(bruno)
    places = set(OpenedArticle.objects.values_list("reader", "place"))
    assert places == ({(bruno.pk, 8), (bruno.pk, 3)} if chose else set())


def test_nobody_meets_another_s_history(magazine: Magazine, ada: Person, bruno: Person) -> None:
    begin(signed_in(ada))
    tell(signed_in(ada), magazine.article("reef").uuid)
    begin(signed_in(bruno))
    assert own(signed_in(bruno), magazine.article("reef").uuid)["place"] is None
    assert signed_in(bruno).get("/account/history/").context["listed"] == []
    signed_in(bruno).post(f"/account/history/{magazine.article('reef').uuid}/forget/")
    assert OpenedArticle.objects.exists()


def test_nothing_is_kept_once_it_was_ended_in_another_tab(magazine: Magazine, ada: Person) -> None:
    history = ReadingHistory.objects.begin(ada)
    ReadingHistory.objects.get().end(clears=True)
    history.note(magazine.article("reef").uuid, 3, 9)
    assert not OpenedArticle.objects.exists()


def test_queries_do_not_grow_with_the_history(magazine: Magazine, ada: Person) -> None:
    client, history = signed_in(ada), ReadingHistory.objects.begin(ada)
    SavedArticle.objects.add(ada, magazine.article("reef"))
    addresses = ("/account/history/", f"/own/{magazine.article('reef').uuid}")

    def asked(address: str) -> int:
        client.get(address)
        with CaptureQueriesContext(connection) as queries:
            client.get(address)
        return sum("platform_invalidation" not in query["sql"] for query in queries)

    for slug in METERED[:2]:
        history.note(magazine.article(slug).uuid, 3, 9)
    few = [asked(address) for address in addresses]
    for slug in METERED[2:]:
        history.note(magazine.article(slug).uuid, 3, 9)
    assert [asked(address) for address in addresses] == few
