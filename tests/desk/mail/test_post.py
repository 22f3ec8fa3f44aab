"""The desk’s pages of the post room: who got what, what can be told to a send, and whom not to write to."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from wagtail.models import ModelLogEntry

from broadsheet.delivery.forgetting import forget
from broadsheet.delivery.intake import Kind, Report
from broadsheet.delivery.models import Batch, Bounce, Lane, Recipient, Send, Suppression, SuppressionHold
from broadsheet.people.models import Person
from broadsheet.platform import clock
from tests.cast import signed_in
from tests.delivery.envelopes import became, freeze, path_of, submitted

ADA, BRUNO = "ada@reader.example", "bruno@reader.example"
State = Recipient.State


@pytest.fixture
def client(edith: Person) -> Client:
    """Edith's, who is the audience editor."""
    return signed_in(edith)


@pytest.fixture
def morning(db: None) -> Send:
    """On its way: Ada has it, Bruno does not yet."""
    send = freeze(ADA, BRUNO, subject="The Morning Meridian")
    send.recipients.filter(address=ADA).update(state=State.SUBMITTED, words="250 2.0.0 Queued as 4T1")
    return send


@pytest.fixture
def unknown(db: None) -> Send:
    send = freeze(ADA, BRUNO, subject="The Evening Meridian", key="evening")
    became(send, State.UNKNOWN, "The connection died before the server answered.")
    return send


def returned(recipient: Recipient, number: int = 1) -> Bounce | None:
    words = "550 5.1.1 no such user"
    return Bounce.objects.take_in(
        Report(Kind.HARD, f"{number:064}", (path_of(recipient),), words=words, reported_by="mx.example")
    )


def text(client: Client, address: str) -> str:
    answer = client.get(address, follow=True)
    assert answer.status_code == 200, address
    return " ".join(answer.text.split())


# --- Sends --------------------------------------------------------------------------------------------


def test_the_list_says_how_far_each_send_is_and_asks_again_while_one_is_on_its_way(
    client: Client, morning: Send, unknown: Send
) -> None:
    page = text(client, "/desk/sends/")
    assert "1 of 2" in page
    assert "0 of 2" in page
    assert '<live-part src="/desk/sends/results/?" live>' in page
    became(morning, State.SUBMITTED)
    assert '<live-part src="/desk/sends/results/?" >' in text(client, "/desk/sends/")


def test_letters_are_not_among_the_sends(client: Client, morning: Send) -> None:
    letter = freeze(ADA, key="letter", subject="")
    Send.objects.filter(pk=letter.pk).update(lane=Lane.LETTERS)
    assert f"/desk/sends/{letter.pk}/" not in text(client, "/desk/sends/")


def test_a_letter_that_is_stuck_is_named_above_them(client: Client, morning: Send) -> None:
    letter = freeze(ADA, key="letter", subject="")
    Send.objects.filter(pk=letter.pk).update(lane=Lane.LETTERS)
    assert "Nobody can tell" not in text(client, "/desk/sends/")
    letter.batches.update(state=Batch.State.HELD, words="The journal is damaged.")
    assert f'<a href="/desk/sends/{letter.pk}/">letters {letter.pk}</a>' in text(client, "/desk/sends/")
    assert "The journal is damaged." in text(client, f"/desk/sends/{letter.pk}/")


def test_a_send_tells_of_each_reader_in_the_servers_own_words(client: Client, morning: Send) -> None:
    page = text(client, f"/desk/sends/{morning.pk}/")
    assert "250 2.0.0 Queued as 4T1" in page
    assert "1 of 2 done" in page
    assert BRUNO in page


def test_a_reader_is_found_in_a_sends_ledger_by_their_address(client: Client, morning: Send) -> None:
    found = text(client, f"/desk/sends/{morning.pk}/results/?q=ADA@")
    assert ADA in found
    assert BRUNO not in found
    queued = text(client, f"/desk/sends/{morning.pk}/results/?state=queued")
    assert BRUNO in queued
    assert ADA not in queued


def test_the_progress_alone_can_be_asked_for(client: Client, morning: Send) -> None:
    part = text(client, f"/desk/sends/{morning.pk}/progress/")
    assert part.startswith("<live-part")
    assert "1 of 2 done" in part
    assert "1 submitted" in part


def test_a_send_is_held_and_goes_on_and_says_who_said_so(client: Client, morning: Send) -> None:
    assert "It is held." in client.post(f"/desk/sends/{morning.pk}/hold/", follow=True).text
    morning.refresh_from_db()
    assert morning.state == Send.State.HELD
    page = text(client, f"/desk/sends/{morning.pk}/")
    assert "Held by Edith Moreau" in page
    assert "Go on" in page
    client.post(f"/desk/sends/{morning.pk}/resume/")
    morning.refresh_from_db()
    assert morning.state == Send.State.SENDING


def test_stopping_is_asked_for_first(client: Client, morning: Send) -> None:
    address = f"/desk/sends/{morning.pk}/stop/"
    assert "1 reader is still to get it, and won’t." in text(client, address)
    morning.refresh_from_db()
    assert morning.state == Send.State.SENDING
    assert "It is stopped." in client.post(address, follow=True).text
    morning.refresh_from_db()
    assert morning.state == Send.State.STOPPED
    Batch.objects.skip_stopped()
    assert morning.recipients.get(address=BRUNO).state == State.SKIPPED


@pytest.mark.parametrize("what", ["hold", "resume", "stop"])
def test_what_comes_too_late_is_said_to(client: Client, morning: Send, what: str) -> None:
    became(morning, State.SUBMITTED)
    answer = client.post(f"/desk/sends/{morning.pk}/{what}/", follow=True)
    assert "Nothing was changed: meanwhile it is done." in answer.text


@pytest.mark.parametrize("what", ["hold", "resume"])
def test_nothing_is_told_to_a_send_by_a_look(client: Client, morning: Send, what: str) -> None:
    assert client.get(f"/desk/sends/{morning.pk}/{what}/").status_code == 405


# --- What nobody knows --------------------------------------------------------------------------------


def test_an_editor_decides_that_all_unknown_are_sent_it_again(client: Client, unknown: Send) -> None:
    assert "Nobody knows whether 2 readers have it:" in text(client, f"/desk/sends/{unknown.pk}/")
    address = f"/desk/sends/{unknown.pk}/again/"
    assert "Nobody knows whether 2 readers have it." in text(client, address)
    assert unknown.recipients.filter(state=State.UNKNOWN).count() == 2
    assert "It is sent to 2 readers again." in client.post(address, follow=True).text
    assert unknown.recipients.filter(state=State.QUEUED).count() == 2
    unknown.refresh_from_db()
    assert unknown.is_on_its_way


def test_an_editor_decides_it_for_one_alone(client: Client, unknown: Send) -> None:
    ada = unknown.recipients.get(address=ADA)
    address = f"/desk/sends/{unknown.pk}/again/?recipient={ada.pk}"
    assert address.replace("&", "&amp;") in text(client, f"/desk/sends/{unknown.pk}/")
    assert "Nobody knows whether 1 reader has it." in text(client, address)
    client.post(address)
    assert set(unknown.recipients.values_list("address", "state")) == {
        (ADA, State.QUEUED),
        (BRUNO, State.UNKNOWN),
    }


@pytest.mark.parametrize("recipient", ["ada", "12x", "-1", "9" * 30, "٣"])
def test_nobody_is_sent_anything_again_by_a_number_that_is_none(
    client: Client, unknown: Send, recipient: str
) -> None:
    assert client.post(f"/desk/sends/{unknown.pk}/again/?recipient={recipient}").status_code == 404
    assert unknown.counts() == {"unknown": 2}


def test_a_batch_whose_journal_is_lost_waits_until_an_editor_gives_it_up(
    client: Client, morning: Send
) -> None:
    batch = morning.batches.get()
    batch.lease("worker", "a machine")
    batch.hold_unreadable("The journal is cut short.")
    page = text(client, f"/desk/sends/{morning.pk}/")
    assert "1 wait, and nobody can tell" in page
    assert "The journal is cut short." in page
    client.post(f"/desk/sends/{morning.pk}/give-up/")
    assert morning.recipients.get(address=BRUNO).state == State.UNKNOWN
    assert morning.recipients.get(address=ADA).state == State.SUBMITTED


def test_so_does_one_whose_machine_is_gone_but_not_one_that_is_being_sent(
    client: Client, morning: Send
) -> None:
    morning.batches.get().lease("worker", "a machine")
    assert "nobody can tell" not in text(client, f"/desk/sends/{morning.pk}/")
    client.post(f"/desk/sends/{morning.pk}/give-up/")
    assert morning.recipients.get(address=BRUNO).state == State.QUEUED
    with clock.moved_to(clock.now() + timedelta(hours=1)):
        assert "the machine that was sending to them is gone" in text(client, f"/desk/sends/{morning.pk}/")
        client.post(f"/desk/sends/{morning.pk}/give-up/")
    assert morning.recipients.get(address=BRUNO).state == State.UNKNOWN


# --- “Did she get it, and why not?” --------------------------------------------------------------------


def test_the_ledger_answers_for_one_address_in_all_sends(
    client: Client, morning: Send, unknown: Send
) -> None:
    nothing = text(client, "/desk/ledger/")
    assert "Did she get it" in nothing
    assert "Meridian" not in nothing.partition("listing-results")[2]
    found = text(client, "/desk/ledger/?q=Ada@Reader.example")
    assert "The Morning Meridian" in found
    assert "The Evening Meridian" in found
    assert "The connection died before the server answered." in found
    assert "Nothing went to a@b.example" in text(client, "/desk/ledger/?q=a@b.example")


def test_it_says_first_that_an_address_is_suppressed(client: Client, morning: Send) -> None:
    returned(morning.recipients.get(address=ADA))
    found = text(client, f"/desk/ledger/?q={ADA}")
    assert f"No issue goes to {ADA} since" in found
    assert "the mailbox does not exist" in found
    assert "550 5.1.1 no such user" in found


def test_a_readers_record_leads_to_it(farid: Person, ada: Person, morning: Send) -> None:
    page = text(signed_in(farid), f"/desk/readers/{ada.pk}/")
    assert "/desk/ledger/?q=ada%40reader.example" in page


# --- What came back, and whom not to write to -----------------------------------------------------------


def test_bounces_are_listed_with_what_was_sent_and_the_servers_words(client: Client, morning: Send) -> None:
    returned(morning.recipients.get(address=ADA))
    page = text(client, "/desk/bounces/")
    assert all(words in page for words in (ADA, "hard", "The Morning Meridian", "no such user", "mx.example"))
    assert "no such user" not in text(client, "/desk/bounces/?kind=soft")


def test_a_suppression_is_lifted_with_a_note_which_the_history_keeps(client: Client, morning: Send) -> None:
    returned(morning.recipients.get(address=ADA))
    suppression = Suppression.objects.get()
    page = f"/desk/suppressions/{suppression.pk}/"
    assert page in text(client, "/desk/suppressions/")
    assert "550 5.1.1 no such user" in text(client, page)

    assert "This field is required" in client.post(page, {"note": ""}, follow=True).text
    assert Suppression.objects.active().exists()

    answer = client.post(page, {"note": "She called: moved house"}, follow=True)
    assert "Issues go to this address again." in answer.text
    assert not Suppression.objects.active().exists()
    logged = ModelLogEntry.objects.get(action="delivery.lift")
    assert (logged.user.email, logged.data["note"]) == ("edith@magazine.example", "She called: moved house")
    shown = text(client, page)
    assert "Edith Moreau: Lift a suppression. She called: moved house" in shown
    assert page not in text(client, "/desk/suppressions/")


def test_staff_suppress_an_address_and_say_why(client: Client) -> None:
    assert "Suppress an address" in text(client, "/desk/suppressions/")
    bad = client.post("/desk/suppressions/new/", {"address": "nonsense", "note": "Asked by letter"})
    assert "valid email" in bad.text
    assert "Asked by letter" in bad.text
    client.post("/desk/suppressions/new/", {"address": ADA, "note": "Asked by letter"})
    assert Suppression.objects.among([ADA])[ADA].reason == Suppression.Reason.STAFF
    assert ModelLogEntry.objects.get(action="delivery.suppress").data["note"] == "Asked by letter"


def test_an_erased_readers_suppression_is_found_by_who_knows_the_address(client: Client) -> None:
    returned(submitted(ADA))
    Suppression.suppress(BRUNO, Suppression.Reason.STAFF)
    forget(ADA)
    assert ADA not in text(client, "/desk/suppressions/")
    found = text(client, f"/desk/suppressions/?q={ADA}").partition("listing-results")[2]
    assert "erased account" in found
    assert BRUNO not in found
    assert "erased account" in text(client, "/desk/bounces/")


# --- Who, and how quickly -------------------------------------------------------------------------------

PAGES = ("/desk/sends/", "/desk/ledger/", "/desk/bounces/", "/desk/suppressions/")


def test_reporters_and_editors_see_nothing_of_readers_mail(carla: Person, dev: Person, morning: Send) -> None:
    returned(morning.recipients.get(address=ADA))
    inside = (f"/desk/sends/{morning.pk}/", f"/desk/suppressions/{Suppression.objects.get().pk}/")
    for person in (carla, dev):
        for page in (*PAGES, *inside, f"/desk/sends/{morning.pk}/progress/"):
            answer = signed_in(person).get(page)
            assert answer.status_code != 200, page
        assert "/desk/sends/" not in signed_in(person).get("/desk/").text


def test_the_subscriptions_manager_looks_but_does_not_direct(farid: Person, morning: Send) -> None:
    client = signed_in(farid)
    assert all(client.get(page).status_code == 200 for page in (*PAGES, f"/desk/sends/{morning.pk}/"))
    assert "Stop…" not in text(client, f"/desk/sends/{morning.pk}/")
    for what in ("hold", "resume", "stop", "again", "give-up"):
        client.post(f"/desk/sends/{morning.pk}/{what}/")
    morning.refresh_from_db()
    assert morning.state == Send.State.SENDING
    assert not morning.instructions.exists()


def test_the_operator_sees_it_too(greta: Person, morning: Send) -> None:
    client = signed_in(greta)
    assert all(page in client.get("/desk/").text for page in PAGES)
    assert "Stop…" in text(client, f"/desk/sends/{morning.pk}/")


def test_a_group_of_ones_own_can_be_given_it(greta: Person) -> None:
    page = text(signed_in(greta), "/desk/groups/new/")
    assert "Can change suppression" in page
    assert "Can delete recipient" not in page


def queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
    return len(asked)


def test_longer_lists_take_as_many_queries(client: Client, unknown: Send) -> None:
    def grow(first: int, last: int) -> None:
        for number in range(first, last):
            address = f"reader-{number}@reader.example"
            sent = submitted(address, key=f"send {number}")
            returned(sent, number)
            cohort = unknown.cohorts.get()
            batch = unknown.batches.create(cohort=cohort, state=Batch.State.DONE)
            for reader in (address, f"{number}@other.example"):
                unknown.recipients.create(batch=batch, address=reader, key=reader, state=State.UNKNOWN)
            again = freeze(ADA, key=f"to Ada {number}")
            became(again, State.SUBMITTED)

    pages = (*PAGES, f"/desk/sends/{unknown.pk}/", f"/desk/ledger/?q={ADA}")
    grow(2, 4)
    for page in pages:
        queries(client, page)
    few = [queries(client, page) for page in pages]
    grow(4, 14)
    assert [queries(client, page) for page in pages] == few


def test_the_history_of_a_suppression_does_not_keep_the_address(client: Client) -> None:
    client.post("/desk/suppressions/new/", {"address": ADA, "note": "She asked"})
    forget(ADA)
    assert ADA not in str(list(ModelLogEntry.objects.values()))


def test_many_reports_from_one_provider_at_once_are_shown_and_decided(client: Client, db: None) -> None:
    send = freeze(*(f"reader-{number}@reader.example" for number in range(12)), key="many")
    became(send, State.SUBMITTED, "250 2.0.0 OK")
    for number, recipient in enumerate(send.recipients.all()[:10]):
        returned(recipient, number)
    hold = SuppressionHold.objects.get()
    page = f"/desk/suppressions/held/{hold.pk}/"
    for index in ("/desk/bounces/", "/desk/suppressions/"):
        assert page in text(client, index)
    assert "10 messages to reader.example" in text(client, page)

    answer = client.post(page, {"suppress": ""}, follow=True)
    assert "No issue goes to these addresses any more." in answer.text
    assert Suppression.objects.active().count() == 10
    assert "they are suppressed" in text(client, page)
    assert page not in text(client, "/desk/bounces/")
    assert "somebody else has decided" in client.post(page, {"dismiss": ""}, follow=True).text


def test_who_may_not_lift_may_not_decide_of_many_reports(dev: Person) -> None:
    hold = SuppressionHold.objects.create(domain="reader.example")
    answer = signed_in(dev).post(f"/desk/suppressions/held/{hold.pk}/", {"suppress": ""})
    assert answer.status_code in {302, 403}
    hold.refresh_from_db()
    assert hold.decision == ""
