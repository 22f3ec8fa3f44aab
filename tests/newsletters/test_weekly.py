"""The letter of a weekly issue: to subscribers who want it, once, with nothing in it that is withheld."""

from datetime import timedelta

import pytest
from django.test import Client

from broadsheet.delivery.models import Recipient, Send
from broadsheet.delivery.signals import unsubscribed
from broadsheet.delivery.sources import Held, Skip
from broadsheet.membership.models import Entitlement
from broadsheet.newsletters.forgetting import forget_unconfirmed
from broadsheet.newsletters.models import Mailbox, WeeklyLetter
from broadsheet.newsletters.reader_links import preferences_path
from broadsheet.newsletters.weekly import sending
from broadsheet.newsletters.weekly.renewal import mailed_to, renew
from broadsheet.people.account import everything_about
from broadsheet.people.models import Person
from broadsheet.platform import clock
from broadsheet.platform.models import Lease
from broadsheet.weekly.models import WeeklyIssue
from tests.cast import signed_in
from tests.magazine import Magazine, make_picture
from tests.site.test_leaks import all_withheld
from tests.weekly.files.conftest import small_maker  # noqa: F401 (used by all tests here)
from tests.weekly.files.made import issue_of, with_files

HERE = {"Sec-Fetch-Site": "same-origin"}
LINES = "Harbour towns & the tide\nReefs that heal"


def choose(reader: Person, wants: str = "yes", edition: str = "") -> Client:
    client = signed_in(reader)
    answer = client.post(f"{edition}/newsletters/weekly/", {"wants": wants}, headers=HERE)
    assert (answer.status_code, answer["Location"]) == (303, f"{edition}/account/#weekly-letter")
    return client


@pytest.fixture
def issue(magazine: Magazine) -> WeeklyIssue:
    return with_files(magazine, "harbour", "reef", cover=make_picture("Harbour"), cover_lines=LINES)


def due(later: timedelta = timedelta()) -> list[Send]:
    sending.send_due(clock.now() + later)
    return list(Send.objects.filter(source="weekly").order_by("pk"))


def message_of(send: Send) -> str:
    return bytes(send.cohorts.latest("pk").message).decode().replace("=\\r\\n", "")


def test_whoever_wants_it_gets_it_once(issue: WeeklyIssue, bruno: Person, ada: Person) -> None:
    choose(bruno)
    (send,) = due()
    assert send.state == Send.State.SENDING
    assert [one.address for one in send.recipients.all()] == [bruno.email]
    assert due(timedelta(hours=1)) == [send]
    assert send.recipients.count() == 1


def test_it_has_cover_contents_and_links(issue: WeeklyIssue, bruno: Person) -> None:
    choose(bruno)
    (send,) = due()
    assert send.subject == "Harbour towns & the tide (No. 1)"
    said = message_of(send)
    within = ("/issues/1/world/harbour/", "/issues/1/", "/issues/1/download/text")
    for part in ("Reefs that heal", *within, "/pictures/"):
        assert part in said, part
    assert "List-Unsubscribe-Post" in said
    assert not {mark for mark in all_withheld() if mark in said}


def test_without_a_cover_and_lines_it_is_called_by_its_number(magazine: Magazine, bruno: Person) -> None:
    with_files(magazine, "harbour")
    choose(bruno)
    (send,) = due()
    assert send.subject.startswith("No. 1, ")


def test_it_waits_for_the_files_but_not_for_ever(magazine: Magazine, bruno: Person) -> None:
    issue_of(magazine, "harbour")
    choose(bruno)
    assert due() == []
    (send,) = due(timedelta(minutes=31))
    assert "download" not in message_of(send)


def test_an_old_issue_and_a_draft_are_announced_to_nobody(magazine: Magazine, bruno: Person) -> None:
    with_files(magazine, "harbour", published_at=clock.now() - timedelta(days=2))
    issue_of(magazine, "reef", number=2, state="draft", published_at=None)
    choose(bruno)
    assert due() == []


def test_where_nobody_wants_it_nothing_is_left_behind(issue: WeeklyIssue) -> None:
    assert due() == []


def test_no_task_is_made_while_nobody_wants_it(issue: WeeklyIssue) -> None:
    due()
    assert not Lease.objects.filter(name__startswith="newsletters.weekly").exists()


def test_another_editions_readers_do_not_get_it(issue: WeeklyIssue, bruno: Person) -> None:
    choose(bruno, edition="/uk")
    assert due() == []


def renewed(send: Send) -> dict | Skip:
    recipient = send.recipients.get()
    return renew(send, [recipient])[recipient.key]


def test_the_right_is_asked_for_when_it_is_sent(issue: WeeklyIssue, bruno: Person) -> None:
    choose(bruno)
    (send,) = due()
    assert set(renewed(send)) == {"preferences", "leave"}
    Entitlement.objects.filter(person=bruno).update(ends_at=clock.now() - timedelta(seconds=1))
    assert isinstance(renewed(send), Skip)


@pytest.mark.parametrize("why", ["left", "paused", "closed", "moved"])
def test_whoever_is_not_to_have_it_any_more_is_skipped(issue: WeeklyIssue, bruno: Person, why: str) -> None:
    choose(bruno)
    (send,) = due()
    mailbox = Mailbox.objects.get(person=bruno)
    if why == "left":
        choose(bruno, "no")
    elif why == "paused":
        mailbox.pause(1)
    elif why == "closed":
        bruno.is_active = False
        bruno.save()
    else:
        mailbox.move_to("bruno@elsewhere.example")
    assert isinstance(renewed(send), Skip)


def test_staff_and_an_institutions_readers_have_the_right(
    issue: WeeklyIssue, carla: Person, halden: object
) -> None:
    reader = Person.objects.create_user("lena@halden.example")
    for one in (carla, reader):
        choose(one)
    (send,) = due()
    found = renew(send, list(send.recipients.all()))
    assert not [skip for skip in found.values() if isinstance(skip, Skip)]


def test_what_was_withdrawn_since_is_not_sent(issue: WeeklyIssue, magazine: Magazine, bruno: Person) -> None:
    choose(bruno)
    (send,) = due()
    assert "/world/reef/" in message_of(send) or "/reef/" in message_of(send)
    magazine.article("reef").unpublish()
    renewed(send)
    assert "/reef/" not in message_of(send)
    assert "/harbour/" in message_of(send)
    assert send.recipients.get().batch.cohort == send.cohorts.latest("pk")


def test_a_withdrawn_issue_and_an_overdue_letter_are_held(issue: WeeklyIssue, bruno: Person) -> None:
    choose(bruno)
    (send,) = due()
    Send.objects.filter(pk=send.pk).update(begun_at=clock.now() - timedelta(hours=25))
    send.refresh_from_db()
    with pytest.raises(Held):
        renewed(send)
    Send.objects.filter(pk=send.pk).update(begun_at=clock.now())
    send.refresh_from_db()
    issue.withdraw()
    with pytest.raises(Held):
        renewed(send)


def test_leaving_takes_one_click(issue: WeeklyIssue, bruno: Person) -> None:
    choose(bruno)
    (send,) = due()
    page = f"/newsletters/weekly/leave/{renewed(send)['leave']}/"
    assert "Stop the letter" in Client().get(page).text
    assert WeeklyLetter.objects.exists()
    assert Client().post(page, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert not WeeklyLetter.objects.exists()


def test_a_providers_own_button_stops_it(issue: WeeklyIssue, bruno: Person) -> None:
    choose(bruno)
    (send,) = due()
    unsubscribed.send(Recipient, recipient=send.recipients.get())
    assert not WeeklyLetter.objects.exists()


def test_who_had_it_is_known_when_an_article_was_wrong(
    issue: WeeklyIssue, magazine: Magazine, bruno: Person
) -> None:
    choose(bruno)
    (send,) = due()
    uuid = magazine.article("reef").uuid
    assert list(mailed_to(uuid)) == []
    Recipient.objects.filter(send=send).update(state="submitted")
    assert [(one.email, one.edition) for one in mailed_to(uuid)] == [(bruno.email, "en-us")]


def test_what_a_process_left_that_died_is_gone_on_with(issue: WeeklyIssue, bruno: Person) -> None:
    choose(bruno)
    send, _new = Send.objects.freeze("weekly", str(issue.pk), subject="x")
    Lease.objects.take_turn(f"newsletters.weekly.{issue.pk}", "dead", timedelta(minutes=15))
    assert due()[0].state == Send.State.FROZEN
    Lease.objects.update(expires_at=clock.now())
    (after,) = due()
    assert (after.pk, after.state) == (send.pk, Send.State.SENDING)


def test_the_account_offers_it_where_there_are_issues(magazine: Magazine, bruno: Person, ada: Person) -> None:
    assert "weekly-letter" not in signed_in(bruno).get("/account/").text
    with_files(magazine, "harbour")
    assert "Send me these letters" in signed_in(bruno).get("/account/").text
    assert "weekly-letter" not in signed_in(ada).get("/account/").text
    assert "Stop these letters" in choose(bruno).get("/account/").text


def test_the_page_of_preferences_can_stop_it(issue: WeeklyIssue, bruno: Person) -> None:
    choose(bruno)
    page = preferences_path(Mailbox.objects.get(person=bruno))
    assert "The weekly issue" in Client().get(page).text
    assert Client().post(page, {"do": "weekly"}, headers=HERE).status_code == 303
    assert not WeeklyLetter.objects.exists()


def test_it_is_in_ones_data_and_goes_with_the_account(issue: WeeklyIssue, bruno: Person) -> None:
    choose(bruno)
    assert everything_about(bruno)["newsletters"]["letter_of_the_weekly_issue"]["edition"] == "en-us"
    bruno.erase()
    assert not WeeklyLetter.objects.exists()


def test_a_mailbox_that_only_gets_this_letter_is_not_forgotten(issue: WeeklyIssue, bruno: Person) -> None:
    choose(bruno)
    Mailbox.objects.update(created_at=clock.now() - timedelta(days=90))
    forget_unconfirmed(clock.now())
    assert WeeklyLetter.objects.exists()
