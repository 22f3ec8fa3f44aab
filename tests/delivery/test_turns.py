"""Whose turn it is: what is held, stopped, suppressed or throttled, and what goes first."""

import time
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import timedelta
from threading import Thread

import pytest
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

from broadsheet.delivery import sources
from broadsheet.delivery.models import Addressee, Lane, Recipient, Send, Suppression
from broadsheet.delivery.spool import Spool
from broadsheet.platform import clock
from harness.smtp_script import Act, Rule, Script, says
from harness.smtp_server import SmtpServer
from tests.delivery.conftest import BRIEFING, SendTo, arrived, readers, states
from tests.delivery.worker_process import work

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_suppressed_address_gets_no_issue(send_to: SendTo, spool: Spool, server: SmtpServer) -> None:
    Suppression.suppress("ADA@reader.example", Suppression.Reason.COMPLAINT)
    send = send_to("ada@reader.example", "bruno@reader.example")
    work(spool, server.port)

    assert arrived(server) == {"bruno@reader.example": 1}
    ada = send.recipients.get(address="ada@reader.example")
    assert (ada.state, ada.words, ada.tries) == ("skipped", "Suppressed: reported as spam", 0)


def test_what_a_source_says_when_a_batch_is_fetched_counts(
    send_to: SendTo, spool: Spool, server: SmtpServer
) -> None:
    """Who unsubscribed since the send was frozen, or whose subscription ended, gets nothing."""

    def renew(send: Send, recipients: Sequence[Recipient]) -> sources.Renewal:
        return {
            "ada@reader.example": sources.Skip("Unsubscribed."),
            "bruno@reader.example": {"name": "Bruno, since yesterday"},
        }

    sources.register("renewing", renew)
    send = send_to(*("ada@reader.example", "bruno@reader.example", "carla@reader.example"), source="renewing")
    work(spool, server.port)

    assert states(send) == {"ada": "skipped", "bruno": "submitted", "carla": "submitted"}
    assert send.recipients.get(state="skipped").words == "Unsubscribed."
    assert b"Bruno, since yesterday" in server.to("bruno@reader.example")[0].content
    assert b"dear reader" in server.to("carla@reader.example")[0].content


def test_a_source_can_have_a_person_decide(send_to: SendTo, spool: Spool, server: SmtpServer) -> None:
    def renew(send: Send, recipients: Sequence[Recipient]) -> sources.Renewal:
        raise sources.Held("This was due a week ago.")

    sources.register("stale", renew)
    send = send_to("ada@reader.example", source="stale")
    work(spool, server.port, until=lambda: Send.objects.filter(pk=send.pk, state="held").exists())

    send.refresh_from_db()
    assert (send.state, send.words) == (Send.State.HELD, "This was due a week ago.")
    assert send.counts() == {"queued": 1}
    assert not server.taken


def test_what_is_due_later_waits(send_to: SendTo, spool: Spool, server: SmtpServer) -> None:
    send = send_to("ada@reader.example")
    tomorrow = clock.now() + timedelta(days=1)
    later = [Addressee("bruno@reader.example", "bruno", {"name": "Bruno"})]
    assert send.cohorts.get().materialise(later, tomorrow) == 1
    work(spool, server.port, until=lambda: bool(server.taken))

    assert states(send) == {"ada": "submitted", "bruno": "queued"}
    send.refresh_from_db()
    assert send.state == Send.State.SENDING


def test_a_message_replaced_when_a_batch_is_fetched_goes_out_in_its_place(
    send_to: SendTo, spool: Spool, server: SmtpServer
) -> None:
    def renew(send: Send, recipients: Sequence[Recipient]) -> sources.Renewal:
        if send.cohorts.count() == 1:
            send.cohorts.get().replace(BRIEFING.replace(b"Hello", b"Good morning"))
        return {}

    sources.register("replacing", renew)
    send_to("ada@reader.example", source="replacing")
    work(spool, server.port)
    assert b"Good morning" in server.to("ada@reader.example")[0].content


def test_a_send_whose_source_fails_is_held_and_the_others_go_on(
    send_to: SendTo, spool: Spool, server: SmtpServer
) -> None:
    broken = send_to("ada@reader.example", source="of a room that is gone")
    sound = send_to("bruno@reader.example")
    work(spool, server.port, until=lambda: not sound.recipients.unsettled().exists())

    broken.refresh_from_db()
    assert broken.state == Send.State.HELD
    assert broken.words == "NoSuchSource: of a room that is gone"
    assert broken.batches.get().state == "queued"
    assert not list((spool.folder / "journals").iterdir())
    assert arrived(server) == {"bruno@reader.example": 1}


def test_a_send_of_which_everything_is_refused_is_held_before_it_is_too_late(
    send_to: SendTo, spool: Spool
) -> None:
    send = send_to()
    for first in range(0, 300, 20):
        some = [f"reader-{number}@reader.example" for number in range(first, first + 20)]
        send.cohorts.get().materialise(Addressee(address, address, {"name": "you"}) for address in some)
    script = Script((Rule("mail", Act("550 5.7.1 We do not know you", waits=0.05)),))
    with SmtpServer(script) as server:
        work(spool, server.port)

    send.refresh_from_db()
    assert send.state == Send.State.HELD
    assert send.words == "The server refused 50 messages in a row: 550 5.7.1 We do not know you"
    assert 50 <= send.counts()["refused"] < 150


def test_a_held_send_waits_until_it_is_resumed(send_to: SendTo, spool: Spool, server: SmtpServer) -> None:
    send = send_to(*readers(5))
    assert send.hold("Iris")
    work(spool, server.port)
    assert not server.taken

    assert send.resume("Iris")
    work(spool, server.port)
    assert arrived(server) == Counter(readers(5))


def test_what_is_held_in_the_middle_comes_to_rest_and_goes_on(send_to: SendTo, spool: Spool) -> None:
    send = send_to(*readers(300))
    with SmtpServer(Script((Rule("dot", Act(waits=0.1)),))) as server:
        at_work = Thread(target=work, args=(spool, server.port), kwargs={"seconds": 4})
        at_work.start()
        while len(server.taken) < 10:
            time.sleep(0.01)
        send.hold("Iris")
        at_work.join()
        assert 10 <= len(server.taken) < 100, "within a second or so"
        assert send.counts() == {"submitted": len(server.taken), "queued": 300 - len(server.taken)}

        send.resume("Iris")
        server.script = Script()
        work(spool, server.port)
        assert arrived(server) == Counter(readers(300))


def test_whom_a_stopped_send_has_not_reached_is_skipped(
    send_to: SendTo, spool: Spool, server: SmtpServer
) -> None:
    send = send_to(*readers(5))
    send.stop("Iris")
    work(spool, server.port, until=lambda: not send.recipients.unsettled().exists())

    assert not server.taken
    assert send.counts() == {"skipped": 5}
    assert {recipient.words for recipient in send.recipients.all()} == {"Stopped before its turn."}
    assert not send.resume("Iris"), "what has ended stays so"


def test_a_receiving_domain_gets_no_more_than_it_may(
    send_to: SendTo, spool: Spool, server: SmtpServer
) -> None:
    send = send_to(*readers(40), "ada@small.example", "bruno@small.example", "carla@small.example")
    work(spool, server.port, per_minute={"small.example": 6})

    assert len(server.taken) == 41
    waiting = send.recipients.unsettled()
    assert [recipient.due_at is not None for recipient in waiting] == [True, True]
    assert {recipient.tries for recipient in waiting} == {0}


def test_a_domain_that_has_enough_is_left_in_peace(send_to: SendTo, spool: Spool) -> None:
    script = Script((Rule("rcpt", says("450 4.7.28 Too much mail from you"), to="@busy", times=1),))
    with SmtpServer(script) as server:
        send = send_to("ada@busy.example")
        later = send_to("bruno@busy.example", "carla@calm.example")
        work(spool, server.port, connections=1)

        assert states(send) == {"ada": "deferred"}
        assert states(later)["carla"] == "submitted"
        assert len(server.taken) <= 2


def test_a_letter_does_not_wait_behind_an_issue(send_to: SendTo, spool: Spool, server: SmtpServer) -> None:
    send_to(*readers(5))
    letter = send_to("ada@reader.example", lane=Lane.LETTERS, message=b"Subject: 123456\r\n\r\nYour code\r\n")
    work(spool, server.port, Lane.LETTERS)

    assert [taken.recipient for taken in server.taken] == ["ada@reader.example"]
    assert states(letter) == {"ada": "submitted"}


def test_whose_mailbox_is_not_there_gets_no_further_issue(send_to: SendTo, spool: Spool) -> None:
    send_to("ada@reader.example", "bruno@reader.example")
    gone = Rule("rcpt", says("550 5.1.1 No such user here"), to="bruno")
    with SmtpServer(Script((gone,))) as server:
        work(spool, server.port)
    assert Suppression.objects.get().address == "bruno@reader.example"


def test_where_a_server_refuses_everybody_nobody_is_suppressed(send_to: SendTo, spool: Spool) -> None:
    send_to("ada@reader.example", "bruno@reader.example")
    with SmtpServer(Script((Rule("rcpt", says("550 5.1.1 No such user here")),))) as server:
        work(spool, server.port)
    assert not Suppression.objects.exists()


def test_one_mailbox_written_in_two_ways_is_suppressed_in_both(
    send_to: SendTo, spool: Spool, server: SmtpServer
) -> None:
    Suppression.suppress("ada@bücher.example", Suppression.Reason.COMPLAINT)
    send_to("ada@xn--bcher-kva.example")
    work(spool, server.port)
    assert not server.taken


def test_a_hold_reaches_those_who_were_fetched_already(send_to: SendTo, spool: Spool) -> None:
    send = send_to(*readers(300))
    with SmtpServer(Script((Rule("dot", Act(waits=1.5)),))) as server:
        at_work = Thread(target=work, args=(spool, server.port), kwargs={"seconds": 8, "connections": 10})
        at_work.start()
        while len(server.taken) < 10:
            time.sleep(0.01)
        send.hold("Iris")
        at_work.join()
        assert len(server.taken) <= 20, "those past their dot, and at the most one more on each connection"
        assert send.counts() == {"submitted": len(server.taken), "queued": 300 - len(server.taken)}


def test_those_who_wait_for_their_turn_are_put_back_in_one_update(send_to: SendTo, spool: Spool) -> None:
    send = send_to(*(f"r{number}@small.example" for number in range(600)))
    settled: list[int] = []

    def note(execute: Callable, sql: str, params: list[object], many: bool, context: object) -> object:
        if sql.startswith("UPDATE delivery_recipient"):
            settled.append(len(params))
        return execute(sql, params, many, context)

    def listen(connection: BaseDatabaseWrapper, **kwargs: object) -> None:
        connection.execute_wrappers.append(note)

    connection_created.connect(listen)
    try:
        with SmtpServer() as server:
            work(spool, server.port, per_minute={"small.example": 60}, seconds=8, until=lambda: False)
    finally:
        connection_created.disconnect(listen)
    assert 10 <= len(server.taken) <= 20
    assert sum(settled) < 600, "once for each batch that sent something"
    assert send.counts()["submitted"] == len(server.taken)
