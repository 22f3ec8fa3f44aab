"""“What we told you was wrong”: a letter to whoever was mailed an article or opened it, once."""

from typing import Any

import pytest
from django.test import Client

from broadsheet.delivery.models import Recipient, Send
from broadsheet.delivery.sources import Skip
from broadsheet.newsletters.models import Mailbox, Newsletter, Recall
from broadsheet.newsletters.reader_links import preferences_path
from broadsheet.newsletters.recall.telling import SOURCE, renew, tell_due
from broadsheet.newsletters.sending.freezing import freeze, hand_over
from broadsheet.paywall.models import Grant
from broadsheet.people.models import Person
from broadsheet.platform import clock
from tests.magazine import Magazine
from tests.newsletters.issues import at_night, make_issue, make_newsletter, sign_up

pytestmark = pytest.mark.django_db

NOTE = "We said the pier opens in May. It opens in June."


@pytest.fixture
def mailed(magazine: Magazine) -> Newsletter:
    """Ada and Zoe were sent an issue with `harbour`; Zoe's came back."""
    briefing = make_newsletter()
    for name in ("ada", "zoe"):
        sign_up(briefing, f"{name}@reader.example")
    issue = make_issue(briefing, "harbour")
    with at_night():
        issue.approve()
        freeze(issue)
        hand_over(issue)
    issue.send.recipients.update(state="submitted", answered_at=clock.now())
    issue.send.recipients.filter(address__startswith="zoe").update(state="bounced")
    return briefing


def told() -> set[str]:
    return set(Recipient.objects.filter(send__source=SOURCE).values_list("address", flat=True))


def opened(person: Person, magazine: Magazine) -> None:
    Grant.objects.create(reader=person, article=magazine.article("harbour").uuid, period="2026-03")


def test_who_was_mailed_it_or_opened_it_is_told_once_what_is_right(
    mailed: Newsletter, magazine: Magazine, ada: Person, bruno: Person
) -> None:
    opened(ada, magazine)
    opened(bruno, magazine)
    magazine.article("harbour").correct(NOTE, tells_readers=True)
    tell_due()
    tell_due()
    assert told() == {"ada@reader.example", "bruno@reader.example"}
    send = Send.objects.get(source=SOURCE)
    assert (send.state, send.subject) == ("sending", "Correction: Harbour")
    message = bytes(send.cohorts.first().message)
    assert b"It opens in June." in message
    assert Recall.objects.get().readers == 2
    recipients = list(send.recipients.all())
    tokens = renew(send, recipients)
    for recipient in recipients:
        page = Client().get(f"/newsletters/preferences/{tokens[recipient.key]['preferences']}/")
        assert page.status_code == 200
        assert "We write to you when we correct an article" in " ".join(page.text.split())


def test_a_typing_error_is_nobody_s_business(mailed: Newsletter, magazine: Magazine) -> None:
    magazine.article("harbour").correct(NOTE)
    tell_due()
    assert told() == set()


def test_published_again_the_same_correction_is_not_told_again(
    mailed: Newsletter, magazine: Magazine
) -> None:
    magazine.article("harbour").correct(NOTE, tells_readers=True)
    tell_due()
    harbour = magazine.article("harbour")
    harbour.title = "Harbour, again"
    harbour.save_revision().publish()
    harbour.correct("Something else was wrong as well.")
    tell_due()
    assert Send.objects.filter(source=SOURCE).count() == 1


def test_who_wants_no_such_letters_gets_none(mailed: Newsletter, magazine: Magazine, bruno: Person) -> None:
    opened(bruno, magazine)
    Mailbox.objects.filter(address="ada@reader.example").update(wants_corrections=False)
    magazine.article("harbour").correct(NOTE, tells_readers=True)
    tell_due()
    assert told() == {bruno.email}
    Mailbox.objects.filter(address=bruno.email).update(wants_corrections=False)
    send = Send.objects.get(source=SOURCE)
    assert all(isinstance(new, Skip) for new in renew(send, list(send.recipients.all())).values())


def test_the_editor_ticks_it_on_the_correction(magazine: Magazine, carla: Person, client: Client) -> None:
    client.force_login(carla)
    page: Any = client.get(f"/desk/pages/{magazine.article('harbour').pk}/edit/")
    assert "tells_readers" in page.text
    assert "tell those who read it" in page.text.lower()


def test_such_letters_are_switched_off_by_the_link_in_them(mailed: Newsletter) -> None:
    ada = Mailbox.objects.get(address="ada@reader.example")
    page = preferences_path(ada)
    client = Client(headers={"Sec-Fetch-Site": "same-origin"})
    client.post(page, {"do": "corrections", "wants": "no"})
    ada.refresh_from_db()
    assert not ada.wants_corrections
    client.post(page, {"do": "corrections", "wants": "yes"})
    ada.refresh_from_db()
    assert ada.wants_corrections
