"""From approval to the post room: who gets an issue, when, and what keeps it from them."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from broadsheet.delivery.models import Batch, Recipient, Send
from broadsheet.delivery.sources import Held, Skip
from broadsheet.editorial.models import Correction
from broadsheet.membership import passes
from broadsheet.membership.models import Entitlement
from broadsheet.newsletters.models import Issue, Newsletter, SignUp
from broadsheet.newsletters.sending.freezing import freeze, hand_over
from broadsheet.newsletters.sending.minutes import keep_issues
from broadsheet.newsletters.sending.renewal import renew
from broadsheet.people.models import Person
from broadsheet.platform import clock
from broadsheet.platform.http.signed_cookies import signing_keys
from tests.magazine import Magazine
from tests.newsletters.issues import NIGHT, at_night, make_issue, make_newsletter, names, sign_up

pytestmark = pytest.mark.django_db

DAYS = timedelta(days=9)
NEW_YORK_MORNING = datetime(2026, 3, 3, 12, tzinfo=UTC)


@pytest.fixture
def briefing(magazine: Magazine) -> Newsletter:
    return make_newsletter()


def send_out(issue: Issue) -> Send:
    """Approved in the night, and handed over then."""
    with at_night():
        issue.approve()
        assert freeze(issue)
        hand_over(issue)
    issue.refresh_from_db()
    assert issue.send is not None
    return issue.send


def due_of(send: Send) -> dict[str, datetime]:
    return dict(send.recipients.values_list("address", "batch__due_at"))


def fates(send: Send, at: datetime = NEW_YORK_MORNING) -> dict[str, str]:
    """Address → why they don't get it; empty for those who do."""
    recipients = list(send.recipients.all())
    with clock.moved_to(at):
        renewal = renew(send, recipients)
    return {
        recipient.address: new.why if isinstance(new := renewal[recipient.key], Skip) else ""
        for recipient in recipients
    }


def test_everyone_gets_it_at_seven_in_their_own_morning(briefing: Newsletter) -> None:
    zones = {"tokyo": "Asia/Tokyo", "berlin": "Europe/Berlin", "here": "", "far": "Pacific/Kiritimati"}
    for name, zone in zones.items():
        sign_up(briefing, f"{name}@reader.example", zone)
    sign_up(briefing, "nowhere@reader.example", "Mars/Olympus")
    send = send_out(make_issue(briefing, "harbour"))
    due = {address.partition("@")[0]: moment for address, moment in due_of(send).items()}
    assert due["here"] == due["nowhere"] == NEW_YORK_MORNING
    assert due["tokyo"] == datetime(2026, 3, 2, 22, tzinfo=UTC)
    assert due["berlin"] == datetime(2026, 3, 3, 6, tzinfo=UTC)
    assert abs(due["far"] - NIGHT) < timedelta(minutes=1), "their morning is over: at once"


def test_by_the_editions_clock_all_get_it_at_once(briefing: Newsletter) -> None:
    briefing.clock = "edition"
    briefing.save()
    for zone in ("Asia/Tokyo", ""):
        sign_up(briefing, f"reader{len(zone)}@reader.example", zone)
    send = send_out(make_issue(briefing, "harbour"))
    assert set(due_of(send).values()) == {NEW_YORK_MORNING}


def test_whoever_moves_to_another_zone_gets_it_once(briefing: Newsletter) -> None:
    ada = sign_up(briefing, zone="Asia/Tokyo")
    issue = make_issue(briefing, "harbour")
    send = send_out(issue)
    ada.mailbox.time_zone = "America/Los_Angeles"
    ada.mailbox.save()
    Issue.objects.filter(pk=issue.pk).update(state="frozen")
    issue.refresh_from_db()
    with at_night():
        assert hand_over(issue) == 0
    assert send.recipients.count() == 1


@pytest.mark.parametrize("state", ["pending", "left"])
def test_nobody_without_consent_is_on_the_send(briefing: Newsletter, state: str) -> None:
    sign_up(briefing)
    left = {"left_at": NIGHT, "leaving": "preferences"} if state == "left" else {}
    sign_up(briefing, "bruno@reader.example", state=state, **left)
    paused = sign_up(briefing, "carla@reader.example").mailbox
    paused.paused_until = NIGHT + timedelta(days=30)
    paused.save()
    send = send_out(make_issue(briefing, "harbour"))
    assert set(due_of(send)) == {"ada@reader.example"}


def test_whatever_changed_since_then_counts_when_a_batch_is_fetched(briefing: Newsletter) -> None:
    people = {
        name: sign_up(briefing, f"{name}@reader.example")
        for name in ("ada", "left", "paused", "moved", "gone")
    }
    send = send_out(make_issue(briefing, "harbour"))
    SignUp.objects.filter(pk=people["left"].pk).update(state="left", left_at=NIGHT, leaving="one_click")
    people["paused"].mailbox.paused_until = NEW_YORK_MORNING + timedelta(days=7)
    people["paused"].mailbox.save()
    people["moved"].mailbox.address = "new@reader.example"
    people["moved"].mailbox.save()
    people["gone"].mailbox.delete()
    assert {address.partition("@")[0]: why for address, why in fates(send).items()} == {
        "ada": "",
        "left": "Unsubscribed before its turn.",
        "paused": "All newsletters are paused.",
        "moved": "The reader’s address has changed.",
        "gone": "The account was erased.",
    }


def test_a_subscription_that_ended_yesterday_gets_nothing_today(
    magazine: Magazine, bruno: Person, ada: Person
) -> None:
    letter = make_newsletter("letter", subscribers_only=True)
    for person in (bruno, ada):
        mailbox = sign_up(letter, person.email).mailbox
        mailbox.person = person
        mailbox.save()
    Entitlement.objects.update(
        starts_at=NIGHT - timedelta(days=9), ends_at=NEW_YORK_MORNING + timedelta(days=9)
    )
    send = send_out(make_issue(letter, "index"))
    why = "No subscription at that moment, and it is for subscribers."
    assert fates(send) == {"bruno@reader.example": "", "ada@reader.example": why}
    Entitlement.objects.update(ends_at=NEW_YORK_MORNING - timedelta(hours=1))
    assert fates(send)["bruno@reader.example"] == why


def test_links_carry_a_pass_where_the_newsletter_opens_articles(magazine: Magazine, bruno: Person) -> None:
    opening = make_newsletter("opening", opens_articles=True)
    ada = sign_up(opening)
    bruno_here = sign_up(opening, bruno.email)
    bruno_here.mailbox.person = bruno
    bruno_here.mailbox.save()
    Entitlement.objects.update(
        starts_at=NIGHT - timedelta(days=9), ends_at=NEW_YORK_MORNING + timedelta(days=9)
    )
    issue = make_issue(opening, "harbour", "index")
    send = send_out(issue)
    with clock.moved_to(NEW_YORK_MORNING):
        tokens = renew(send, list(send.recipients.all()))
        found = {
            key: [
                passes.read(new[f"pass{item.pk}"], signing_keys(), clock.now()).opens_subscribers
                for item in issue.shown_items
            ]
            for key, new in tokens.items()
        }
    assert found == {str(ada.pk): [False, False], str(bruno_here.pk): [False, True]}


@pytest.mark.parametrize("fate", ["retracted", "unpublished", "subscribers", "deleted"])
def test_an_article_withdrawn_in_the_middle_is_pulled(
    briefing: Newsletter, magazine: Magazine, fate: str
) -> None:
    sign_up(briefing)
    issue = make_issue(briefing, "harbour", "reef")
    send = send_out(issue)
    reef = magazine.article("reef")
    match fate:
        case "retracted":
            reef.correct("All of it was wrong.", kind=Correction.Kind.RETRACTION)
        case "unpublished":
            reef.unpublish()
        case "subscribers":
            reef.access = "subscribers"
            reef.save_revision().publish()
        case "deleted":
            reef.delete()
    assert fates(send) == {"ada@reader.example": ""}
    assert names(issue) == ["harbour"]
    batch = send.batches.get()
    assert b"Harbour" in bytes(batch.cohort.message)
    assert b"Reef" not in bytes(batch.cohort.message)


def test_an_issue_whose_last_article_was_withdrawn_is_held_and_never_sent_blank(
    briefing: Newsletter, magazine: Magazine
) -> None:
    sign_up(briefing)
    issue = make_issue(briefing, "harbour")
    send = send_out(issue)
    magazine.article("harbour").unpublish()
    with pytest.raises(Held):
        fates(send)
    issue.refresh_from_db()
    send.refresh_from_db()
    assert (issue.state, send.state) == ("held", "held")


def test_what_was_withdrawn_before_it_was_frozen_is_not_in_it(
    briefing: Newsletter, magazine: Magazine
) -> None:
    issue = make_issue(briefing, "harbour", "reef")
    issue.approve()
    magazine.article("reef").unpublish()
    with at_night():
        assert freeze(issue)
    assert names(issue) == ["harbour"]
    assert issue.shown_items[0].revision_id == magazine.article("harbour").live_revision_id


def test_two_issues_do_not_mail_one_article(briefing: Newsletter) -> None:
    first = make_issue(briefing, "harbour")
    second = make_issue(briefing, "harbour", "reef", kind="written")
    send_out(first)
    with at_night():
        second.approve()
        freeze(second)
    assert names(second) == ["reef"]


def test_a_restored_backup_sends_no_stale_schedule(briefing: Newsletter, edith: Person) -> None:
    sign_up(briefing)
    approved = make_issue(briefing, "harbour")
    approved.approve()
    on_its_way = make_issue(briefing, "reef", kind="written")
    send = send_out(on_its_way)
    approved.transitions.update(at=NIGHT)
    send.instructions.all().delete()
    with clock.moved_to(NEW_YORK_MORNING + timedelta(days=5)):
        keep_issues()
        approved.refresh_from_db()
        assert (approved.state, approved.send) == ("held", None)
        with pytest.raises(Held, match="more than a day ago"):
            renew(send, list(send.recipients.all()))
        send.hold()
        on_its_way.finish()
        on_its_way.resume(by=edith)
        renew(send, list(send.recipients.all()))
        approved.resume(by=edith)
        keep_issues()
    approved.refresh_from_db()
    assert approved.state == "sending", "a person let it go"


def test_held_resumed_and_stopped_the_send_obeys(briefing: Newsletter, edith: Person) -> None:
    sign_up(briefing)
    issue = make_issue(briefing, "harbour")
    send = send_out(issue)
    for verb, state in ((issue.hold, "held"), (issue.resume, "sending"), (issue.stop, "stopped")):
        verb(by=edith)
        send.refresh_from_db()
        assert (issue.state, send.state) == (state, state)
    assert [(step.state, step.by) for step in issue.transitions.all()][-3:] == [
        ("held", edith),
        ("sending", edith),
        ("stopped", edith),
    ]
    assert not issue.mailed_articles.exists(), "it reached nobody"


def test_one_reader_gets_two_newsletters_and_each_once(briefing: Newsletter) -> None:
    other = make_newsletter("evening")
    for newsletter in (briefing, other):
        sign_up(newsletter)
        send_out(make_issue(newsletter, "harbour"))
    assert Recipient.objects.filter(address="ada@reader.example").count() == 2


def test_by_itself_a_digest_is_assembled_approved_frozen_and_finished(briefing: Newsletter) -> None:
    briefing.goes_out_by_itself = True
    briefing.save()
    sign_up(briefing)
    for hours in (-9, -7, -0.2):
        with clock.moved_to(NEW_YORK_MORNING + timedelta(hours=hours)):
            keep_issues()
    issue = briefing.issues.get()
    assert issue.state == "sending"
    assert due_of(issue.send) == {"ada@reader.example": NEW_YORK_MORNING}
    with clock.moved_to(NEW_YORK_MORNING):
        issue.send.batches.update(state=Batch.State.DONE)
        Send.objects.finish()
        keep_issues()
    issue.refresh_from_db()
    assert issue.state == "done"
    assert Counter(step.state for step in issue.transitions.all()) == Counter(
        ["approved", "frozen", "sending", "done"]
    )


def test_a_digest_that_nobody_approved_waits(briefing: Newsletter) -> None:
    for hours in (-7, 0, 1):
        with clock.moved_to(NEW_YORK_MORNING + timedelta(hours=hours)):
            keep_issues()
    assert briefing.issues.get().state == "draft"


def test_a_batch_takes_as_many_queries_whatever_its_size(magazine: Magazine) -> None:
    opening = make_newsletter("opening", opens_articles=True)
    for number in range(12):
        sign_up(opening, f"reader{number}@reader.example")
    send = send_out(make_issue(opening, "harbour", "reef"))
    taken = []
    with clock.moved_to(NEW_YORK_MORNING):
        for count in (2, 12):
            recipients = list(send.recipients.all()[:count])
            with CaptureQueriesContext(
                connection,
            ) as queries:
                renew(send, recipients)
            taken.append(len(queries))
    assert taken[0] == taken[1]
