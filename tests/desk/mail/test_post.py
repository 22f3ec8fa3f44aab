"""The desk’s pages of the post room: who got what, what can be told to a send, and whom not to write to."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from broadsheet.delivery.models import Batch, Lane, Send, Suppression
from broadsheet.people.models import Person
from broadsheet.platform import clock
from tests.cast import signed_in
from tests.delivery.envelopes import became, freeze, submitted
from tests.desk.mail.conftest import ADA, BRUNO, State, returned, text

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
    assert "It is on hold." in client.post(f"/desk/sends/{morning.pk}/hold/", follow=True).text
    morning.refresh_from_db()
    assert morning.state == Send.State.HELD
    page = text(client, f"/desk/sends/{morning.pk}/")
    assert "Held by Edith Moreau" in page
    assert "Resume" in page
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
    assert "1 is waiting, and it isn’t known" in page
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
