"""The letter of what a reader follows: what is new since the last one, once, at the edition's seven."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from broadsheet.delivery.models import Recipient, Send, Suppression
from broadsheet.delivery.sources import Held, Skip
from broadsheet.editorial.models import Author, Topic
from broadsheet.library.models import Follow
from broadsheet.newsletters.followed import sending
from broadsheet.newsletters.followed.renewal import mailed_to, renew
from broadsheet.newsletters.models import FollowedLetter, LetterItem, Mailbox, Pace
from broadsheet.newsletters.reader_links import preferences_path
from broadsheet.people.account import everything_about
from broadsheet.people.models import Person
from broadsheet.platform import clock
from tests.cast import signed_in
from tests.magazine import Magazine, mark

HERE = {"Sec-Fetch-Site": "same-origin"}
MONDAY = datetime(2026, 3, 9, 12, tzinfo=UTC)
"""Noon in London, seven or eight in New York: summer time began there the day before."""
SEVEN = datetime(2026, 3, 10, 11, 0, tzinfo=UTC)
"""Seven o'clock on Tuesday in New York."""


def choose(reader: Person, *followed: object, pace: str = "daily", edition: str = "") -> Client:
    client = signed_in(reader)
    with clock.stopped_at(MONDAY):
        for what in followed:
            Follow.objects.add(reader, what)
        answer = client.post(f"{edition}/newsletters/followed/", {"pace": pace}, headers=HERE)
    assert (answer.status_code, answer["Location"]) == (303, f"{edition}/account/following/")
    return client


@pytest.fixture
def oceans(magazine: Magazine) -> Topic:
    return Topic.objects.get(slug="oceans")


def publish(magazine: Magazine, slug: str, topic: Topic, at: datetime = MONDAY + timedelta(hours=2)) -> None:
    article = magazine.publish(slug, at=at)
    article.topics.add(topic)
    article.save()


def due(at: datetime = SEVEN) -> list[Send]:
    with clock.stopped_at(at):
        sending.send_due(at)
    return list(Send.objects.filter(source="followed").order_by("pk"))


def got(send: Send) -> dict[str, list[str]]:
    """Address → the headlines' slugs, in order."""
    found = {}
    for recipient in send.recipients.select_related("batch__cohort"):
        items = LetterItem.objects.filter(cohort=recipient.batch.cohort)
        found[recipient.address] = [str(item.article_uuid) for item in items]
    return found


def uuids(magazine: Magazine, *slugs: str) -> list[str]:
    return [str(magazine.article(slug).uuid) for slug in slugs]


def test_a_reader_gets_what_is_new_once(magazine: Magazine, ada: Person, oceans: Topic) -> None:
    choose(ada, oceans)
    publish(magazine, "sluice", oceans)
    publish(magazine, "weir", oceans, MONDAY + timedelta(hours=3))
    assert due(SEVEN - timedelta(minutes=1)) == []
    (send,) = due()
    assert got(send) == {ada.email: uuids(magazine, "weir", "sluice")}
    assert send.state == Send.State.SENDING
    assert due(SEVEN + timedelta(minutes=1)) == [send]
    assert due(SEVEN + timedelta(days=1)) == [send]  # nothing was published since


def test_the_message_says_what_lists_say_and_leads_out_of_the_list(
    magazine: Magazine, ada: Person, oceans: Topic
) -> None:
    choose(ada, oceans)
    publish(magazine, "sluice", oceans)
    (send,) = due()
    message = bytes(send.cohorts.get().message)
    for part in (b"Sluice", b"The standfirst of sluice.", b"/world/sluice/", b"List-Unsubscribe-Post"):
        assert part in message, part
    assert mark("sluice", 1).encode() not in message
    assert mark("sluice", 4).encode() not in message
    recipient = send.recipients.get()
    with clock.stopped_at(SEVEN):
        tokens = renew(send, [recipient])[recipient.key]
    page = f"/newsletters/followed/leave/{tokens['leave']}/"
    assert "Stop the letter" in Client().get(page).text
    assert FollowedLetter.objects.exists()
    assert Client().post(page, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert not FollowedLetter.objects.exists()
    assert Follow.objects.of(ada).exists()
    with clock.stopped_at(SEVEN):
        assert isinstance(renew(send, [recipient])[recipient.key], Skip)


def test_who_follows_something_else_gets_something_else(
    magazine: Magazine, ada: Person, bruno: Person, carla: Person, oceans: Topic
) -> None:
    rivers = Topic.objects.create(name="Rivers", slug="rivers")
    choose(ada, oceans)
    choose(bruno, rivers)
    choose(carla, oceans)
    publish(magazine, "sluice", oceans)
    publish(magazine, "ford", rivers)
    (send,) = due()
    assert got(send) == {
        ada.email: uuids(magazine, "sluice"),
        carla.email: uuids(magazine, "sluice"),
        bruno.email: uuids(magazine, "ford"),
    }
    assert send.cohorts.count() == 2  # who gets the same is told the same


def test_an_author_is_followed_as_a_topic_is(magazine: Magazine, ada: Person, oceans: Topic) -> None:
    choose(ada, Author.objects.get(slug="nell-abernathy"), oceans)
    publish(magazine, "sluice", oceans)
    (send,) = due()
    assert got(send) == {ada.email: uuids(magazine, "sluice")}


def test_no_letter_comes_where_nothing_is_new(magazine: Magazine, ada: Person, oceans: Topic) -> None:
    choose(ada, oceans)
    magazine.publish("almond", at=MONDAY + timedelta(hours=1))
    publish(magazine, "older", oceans, MONDAY - timedelta(days=3))
    assert due() == []
    assert FollowedLetter.objects.get().covered_until == SEVEN


def test_whoever_was_served_before_a_process_died_is_not_served_again(
    magazine: Magazine, ada: Person, bruno: Person, oceans: Topic
) -> None:
    choose(ada, oceans)
    choose(bruno, oceans)
    publish(magazine, "sluice", oceans)
    # As far as one came that died: the send is frozen, and one of two readers is on it.
    send, _new = Send.objects.freeze("followed", "en-us:daily:2026-03-10", subject="What you follow")
    with clock.stopped_at(SEVEN):
        pieces = sending.pieces_in(magazine.us, MONDAY, SEVEN)
        first = FollowedLetter.objects.get(mailbox__person=ada).pk
        cohorts = sending.Cohorts(send, magazine.us, SEVEN.date())
        for contents, addressees in sending._by_contents([first], pieces):
            cohorts.of(contents).materialise(addressees)
    assert due(SEVEN + timedelta(minutes=30)) == [send]
    assert sorted(send.recipients.values_list("address", flat=True)) == sorted([ada.email, bruno.email])
    assert due(SEVEN + timedelta(minutes=31)) == [send]
    assert Recipient.objects.filter(send=send).count() == 2


def test_a_letter_that_was_missed_is_in_the_next(magazine: Magazine, ada: Person, oceans: Topic) -> None:
    choose(ada, oceans)
    publish(magazine, "sluice", oceans)
    assert due(SEVEN + timedelta(hours=7)) == []  # the machine was off in the morning
    (send,) = due(SEVEN + timedelta(days=1))
    assert got(send) == {ada.email: uuids(magazine, "sluice")}


def test_weekly_comes_on_saturday(magazine: Magazine, ada: Person, oceans: Topic) -> None:
    choose(ada, oceans, pace="weekly")
    publish(magazine, "sluice", oceans)
    assert due() == []
    assert due(datetime(2026, 3, 14, 10, 59, tzinfo=UTC)) == []
    (send,) = due(datetime(2026, 3, 14, 11, 0, tzinfo=UTC))
    assert send.key == "en-us:weekly:2026-03-14"


@pytest.mark.parametrize(
    ("at", "zone", "day"),
    [
        (datetime(2026, 3, 8, 10, 59, tzinfo=UTC), "America/New_York", "2026-03-07"),
        (datetime(2026, 3, 8, 11, 0, tzinfo=UTC), "America/New_York", "2026-03-08"),
        (datetime(2026, 10, 25, 6, 59, tzinfo=UTC), "Europe/London", "2026-10-24"),
        (datetime(2026, 10, 25, 7, 0, tzinfo=UTC), "Europe/London", "2026-10-25"),
        (datetime(2026, 3, 8, 18, 0, tzinfo=UTC), "Pacific/Auckland", "2026-03-09"),
    ],
)
def test_seven_o_clock_is_the_editions(at: datetime, zone: str, day: str) -> None:
    from zoneinfo import ZoneInfo

    found, due_at = Pace.DAILY.last_due(at, ZoneInfo(zone))
    assert found.isoformat() == day
    assert due_at <= at
    assert timezone.localtime(due_at, ZoneInfo(zone)).hour == 7


def test_each_edition_writes_its_own(magazine: Magazine, ada: Person, oceans: Topic) -> None:
    choose(ada, oceans, edition="/uk")
    publish(magazine, "sluice", oceans)
    magazine.article("sluice").share_with(magazine.uk)
    copy = magazine.article("sluice", "uk")
    copy.topics.add(oceans)
    copy.save()
    (send,) = due(datetime(2026, 3, 10, 7, 0, tzinfo=UTC))
    assert send.key == "en-gb:daily:2026-03-10"
    assert b"/uk/world/sluice/" in bytes(send.cohorts.get().message)


def test_who_paused_changed_or_left_gets_none(magazine: Magazine, ada: Person, oceans: Topic) -> None:
    choose(ada, oceans)
    publish(magazine, "sluice", oceans)
    (send,) = due()
    recipient = send.recipients.get()
    box = Mailbox.objects.get(person=ada)

    def outcome() -> object:
        with clock.stopped_at(SEVEN):
            return renew(send, [recipient])[recipient.key]

    assert not isinstance(outcome(), Skip)
    with clock.stopped_at(SEVEN):
        box.pause(2)
    assert isinstance(outcome(), Skip)
    box.resume()
    box.move_to("elsewhere@reader.example")
    assert isinstance(outcome(), Skip)
    box.move_to(ada.email)
    assert not isinstance(outcome(), Skip)
    ada.delete()
    assert isinstance(outcome(), Skip)
    assert not FollowedLetter.objects.exists()


def test_what_was_withdrawn_meanwhile_is_taken_out(magazine: Magazine, ada: Person, oceans: Topic) -> None:
    choose(ada, oceans)
    publish(magazine, "sluice", oceans)
    publish(magazine, "weir", oceans)
    (send,) = due()
    magazine.article("weir").unpublish()
    recipient = send.recipients.select_related("batch").get()
    with clock.stopped_at(SEVEN):
        assert not isinstance(renew(send, [recipient])[recipient.key], Skip)
    recipient.batch.refresh_from_db()
    assert b"/world/weir/" not in bytes(recipient.batch.cohort.message)
    magazine.article("sluice").unpublish()
    with clock.stopped_at(SEVEN):
        recipient = send.recipients.select_related("batch").get()
        assert isinstance(renew(send, [recipient])[recipient.key], Skip)


def test_a_restored_backup_sends_nothing_by_itself(magazine: Magazine, ada: Person, oceans: Topic) -> None:
    choose(ada, oceans)
    publish(magazine, "sluice", oceans)
    (send,) = due()
    with clock.stopped_at(SEVEN + timedelta(days=3)), pytest.raises(Held):
        renew(send, list(send.recipients.all()))


def test_who_was_sent_an_article_is_told_of_its_correction(
    magazine: Magazine, ada: Person, oceans: Topic
) -> None:
    choose(ada, oceans)
    publish(magazine, "sluice", oceans)
    (send,) = due()
    send.recipients.update(state="submitted", answered_at=clock.now())
    witnesses = list(mailed_to(magazine.article("sluice").uuid))
    assert [(witness.email, witness.edition) for witness in witnesses] == [(ada.email, "en-us")]


def test_the_page_says_what_is_chosen_and_never_stops_it(
    magazine: Magazine, ada: Person, oceans: Topic
) -> None:
    client = choose(ada, oceans)
    page = client.get("/account/following/").text
    assert "at 7 a.m. by the clock of the US edition" in " ".join(page.split())
    assert "From now on you get a letter when there is something new." in page
    assert everything_about(ada)["newsletters"]["letter_of_what_they_follow"]["pace"] == "daily"
    client.post("/newsletters/followed/", {"pace": "weekly"}, headers=HERE)
    assert FollowedLetter.objects.get().pace == "weekly"
    client.post("/newsletters/followed/", {"pace": "hourly"}, headers=HERE)
    assert not FollowedLetter.objects.exists()
    assert "You get no letter about what you follow." in client.get("/account/following/").text
    assert client.post("/newsletters/followed/", {"pace": "daily"}).status_code == 403


def test_the_page_says_that_nothing_goes_to_a_suppressed_address(
    magazine: Magazine, ada: Person, oceans: Topic
) -> None:
    client = choose(ada, oceans)
    assert "Nothing goes to this address" not in client.get("/account/following/").text
    Suppression.suppress(ada.email, Suppression.Reason.HARD_BOUNCE, "550 no such user")
    assert "Nothing goes to this address" in client.get("/account/following/").text


def test_the_preferences_stop_it_too(magazine: Magazine, ada: Person, oceans: Topic) -> None:
    choose(ada, oceans)
    address = preferences_path(Mailbox.objects.get(person=ada))
    assert "every day, if there is anything" in " ".join(Client().get(address).text.split())
    Client().post(address, {"do": "followed"}, headers=HERE)
    assert not FollowedLetter.objects.exists()


def test_old_letters_are_forgotten(magazine: Magazine, ada: Person, oceans: Topic) -> None:
    choose(ada, oceans)
    publish(magazine, "sluice", oceans)
    (send,) = due()
    Send.objects.filter(pk=send.pk).update(state="done", ended_at=SEVEN)
    sending.forget_old(SEVEN + timedelta(days=31))
    assert not Send.objects.filter(source="followed").exists()
