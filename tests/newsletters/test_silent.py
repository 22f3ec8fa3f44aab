"""Who is silent for long is asked once whether to go on, and then paused."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from broadsheet.editorial.models import Publication
from broadsheet.newsletters import forgetting
from broadsheet.newsletters.models import Consent, Mailbox, Newsletter, Place, SignUp
from broadsheet.newsletters.models.mailbox import month_of
from broadsheet.newsletters.reader_links import preferences_path
from broadsheet.notices.posting import post_due
from broadsheet.people.models import Person
from broadsheet.platform import clock
from tests.magazine import Magazine
from tests.newsletters.conftest import link_in, reader, receives, sign_up
from tests.people.conftest import new_browser, page, sign_in

pytestmark = pytest.mark.usefixtures("letters_are_translatable")
ADA = "ada@reader.example"
DAY = timedelta(days=1)


def later(days: int, work: Any) -> None:
    at: datetime = clock.now() + timedelta(days=days)
    with clock.moved_to(at):
        work(at)
        post_due(at)


@pytest.fixture
def silent(briefing: Newsletter) -> Mailbox:
    made = clock.now() - 500 * DAY
    return reader(ADA, briefing, created_at=made, seen_in=f"{made:%Y-%m}")


def test_they_are_asked_once_and_then_paused(silent: Mailbox, mailoutbox: list[Any]) -> None:
    later(0, forgetting.ask_the_silent)
    later(2, forgetting.ask_the_silent)
    assert [letter.to for letter in mailoutbox] == [[ADA]]
    assert link_in(mailoutbox[0]) == preferences_path(silent)
    assert receives(ADA) == {"briefing"}
    later(31, forgetting.ask_the_silent)
    assert receives(ADA) == set()
    later(90, forgetting.ask_the_silent)
    assert len(mailoutbox) == 1


def test_any_press_on_the_page_is_an_answer(silent: Mailbox, browser: Client, mailoutbox: list[Any]) -> None:
    assert "Yes, keep sending them" not in page(browser.get(preferences_path(silent)))
    later(0, forgetting.ask_the_silent)
    assert "Yes, keep sending them" in page(browser.get(link_in(mailoutbox[0])))
    silent.refresh_from_db()
    assert silent.asked_whether_to_go_on_at
    browser.post(link_in(mailoutbox[0]), {"do": "zone", "time_zone": ""})
    later(31, forgetting.ask_the_silent)
    assert receives(ADA) == {"briefing"}


def test_whoever_was_paused_goes_on_by_a_press(
    silent: Mailbox, browser: Client, mailoutbox: list[Any]
) -> None:
    later(0, forgetting.ask_the_silent)
    later(31, forgetting.ask_the_silent)
    assert "did not hear from you" in " ".join(page(browser.get(preferences_path(silent))).split())
    browser.post(preferences_path(silent), {"do": "resume"})
    assert receives(ADA) == {"briefing"}


def test_who_is_not_silent_objects_gets_nothing_or_is_new_is_not_asked(
    silent: Mailbox, briefing: Newsletter, mailoutbox: list[Any]
) -> None:
    long_ago = clock.now() - 500 * DAY
    reader("here@reader.example", briefing, created_at=long_ago, seen_in=f"{clock.now():%Y-%m}")
    reader("new@reader.example", briefing)
    reader("none@reader.example", created_at=long_ago)
    reader("paused@reader.example", briefing, created_at=long_ago, paused_until=clock.now() + DAY)
    silent.object_to_signs_of_life()
    later(0, forgetting.ask_the_silent)
    assert mailoutbox == []


def test_objecting_forgets_the_month_and_keeps_none(silent: Mailbox, browser: Client) -> None:
    browser.post(preferences_path(silent), {"do": "signs", "objects": "yes"})
    browser.post(preferences_path(silent), {"do": "zone", "time_zone": ""})
    silent.refresh_from_db()
    assert (silent.seen_in, silent.objects_to_signs_of_life) == ("", True)
    browser.post(preferences_path(silent), {"do": "signs", "objects": "no"})
    silent.refresh_from_db()
    assert silent.seen_in == month_of(clock.now(), Publication.load())


def test_the_month_of_a_sign_of_life_is_the_publications(silent: Mailbox) -> None:
    publication = Publication.load()
    publication.time_zone = "America/New_York"
    publication.save()
    # Half past eight in the evening there; the first of July by UTC.
    with clock.stopped_at(datetime(2026, 7, 1, 0, 30, tzinfo=UTC)):
        Mailbox.objects.update(seen_in="2026-01")
        silent.see()
    assert silent.seen_in == "2026-06"


def test_signing_in_is_a_sign_of_life(silent: Mailbox, mailoutbox: list[Any]) -> None:
    sign_in(new_browser(), ADA, mailoutbox)
    silent.refresh_from_db()
    assert silent.seen_in == month_of(clock.now(), Publication.load())
    assert silent.person


def test_opening_an_article_while_signed_in_is_a_sign_of_life(
    silent: Mailbox, ada: Person, magazine: Magazine
) -> None:
    browser = new_browser()
    browser.force_login(ada)
    Mailbox.objects.update(seen_in="2020-01")
    browser.get("/")
    assert Mailbox.objects.get().seen_in == "2020-01"
    answer = browser.post(f"/read/{magazine.article('reef').uuid}", headers={"Accept": "application/json"})
    assert answer.json()["opened"]
    assert Mailbox.objects.get().seen_in == f"{clock.now():%Y-%m}"


def test_opening_the_page_or_an_article_as_a_stranger_is_none(
    silent: Mailbox, browser: Client, magazine: Magazine
) -> None:
    before = silent.seen_in
    browser.get(preferences_path(silent))
    browser.post(f"/read/{magazine.article('reef').uuid}")
    silent.refresh_from_db()
    assert silent.seen_in == before


def test_who_never_confirms_is_forgotten_in_a_week(
    browser: Client, briefing: Newsletter, weekly: Newsletter, mailoutbox: list[Any]
) -> None:
    stays = reader("stays@reader.example", briefing)
    sign_up(browser, ADA, "briefing")
    sign_up(browser, stays.address, "week")
    later(6, forgetting.forget_unconfirmed)
    assert Mailbox.objects.at(ADA).exists()
    later(8, forgetting.forget_unconfirmed)
    assert not Mailbox.objects.at(ADA).exists()
    assert Consent.objects.count() == 0
    assert list(SignUp.objects.values_list("mailbox", "place")) == [(stays.pk, Place.PAGE)]
