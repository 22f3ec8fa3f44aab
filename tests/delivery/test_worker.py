"""What a worker does with what is due: to a real SMTP server, from real rows."""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from email import message_from_string, policy
from email.message import EmailMessage
from pathlib import Path
from threading import Thread

import pytest
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

from broadsheet.delivery import retries, sources
from broadsheet.delivery.message import Segments
from broadsheet.delivery.models import Addressee, Lane, Recipient, Send, Suppression
from broadsheet.delivery.spool import Spool
from broadsheet.platform import clock
from harness.ports import free_port
from harness.smtp_script import Act, Rule, Script, resets, says
from harness.smtp_server import SmtpServer
from tests.delivery.conftest import SendTo, readers
from tests.delivery.worker_process import work

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def server() -> Iterator[SmtpServer]:
    with SmtpServer() as server:
        yield server


def states(send: Send) -> dict[str, str]:
    return {
        address.partition("@")[0]: state for address, state in send.recipients.values_list("address", "state")
    }


def arrived(server: SmtpServer) -> Counter[str]:
    return Counter(taken.recipient for taken in server.taken)


def test_each_recipient_gets_one_message(send_to: SendTo, spool: Spool, server: SmtpServer) -> None:
    send = send_to(*readers(450))
    work(spool, server.port)

    send.refresh_from_db()
    assert arrived(server) == Counter(readers(450))
    assert send.counts() == {"submitted": 450}
    assert send.state == Send.State.DONE
    assert send.batches.count() == 3


def test_the_servers_own_words_stand_in_the_ledger(send_to: SendTo, spool: Spool) -> None:
    script = Script((Rule("rcpt", says("550 5.1.1 No such mailbox"), to="bruno"),))
    with SmtpServer(script) as server:
        send = send_to("ada@reader.example", "bruno@reader.example")
        work(spool, server.port)

    ada, bruno = send.recipients.order_by("address")
    assert (ada.state, ada.words, ada.tries) == ("submitted", "250 2.0.0 Taken", 1)
    assert (bruno.state, bruno.words, bruno.tries) == ("refused", "550 5.1.1 No such mailbox", 1)
    assert ada.answered_at is not None


def test_who_was_put_off_is_tried_again_later_and_alone(send_to: SendTo, spool: Spool) -> None:
    script = Script((Rule("rcpt", says("450 4.2.0 Greylisted"), times=1, to="bruno"),))
    with SmtpServer(script) as server:
        send = send_to("ada@reader.example", "bruno@reader.example")
        work(spool, server.port)
        assert states(send) == {"ada": "submitted", "bruno": "deferred"}
        work(spool, server.port)
        assert states(send)["bruno"] == "deferred", "not before its time"
        with clock.moved_to(clock.now() + timedelta(minutes=retries.ISSUES[0] + 1)):
            work(spool, server.port)

        assert states(send) == {"ada": "submitted", "bruno": "submitted"}
        assert arrived(server) == {"ada@reader.example": 1, "bruno@reader.example": 1}


def test_greylisting_that_never_ends_is_a_refusal_in_the_end(send_to: SendTo, spool: Spool) -> None:
    with SmtpServer(Script((Rule("rcpt", says("450 4.2.0 Greylisted")),))) as server:
        send = send_to("ada@reader.example")
        at = clock.now()
        for tries, wait in enumerate([*retries.ISSUES, 0], start=1):
            with clock.moved_to(at):
                work(spool, server.port)
            assert send.recipients.get().tries == tries
            at += timedelta(minutes=wait + 1)

    ada = send.recipients.get()
    assert ada.state == Recipient.State.REFUSED
    assert ada.words == f"Given up after {len(retries.ISSUES) + 1} tries: 450 4.2.0 Greylisted"
    send.refresh_from_db()
    assert send.state == Send.State.DONE


def test_a_message_whose_answer_was_lost_is_unknown_and_not_sent_again(send_to: SendTo, spool: Spool) -> None:
    script = Script((Rule("dot", resets(takes=True), to="bruno"),))
    with SmtpServer(script) as server:
        send = send_to("ada@reader.example", "bruno@reader.example")
        for _ in range(2):
            work(spool, server.port)

        assert states(send) == {"ada": "submitted", "bruno": "unknown"}
        assert arrived(server)["bruno@reader.example"] == 1


def test_an_editor_sends_to_the_unknown_again(send_to: SendTo, spool: Spool) -> None:
    with SmtpServer(Script((Rule("dot", resets(), times=1),))) as server:
        send = send_to("ada@reader.example")
        work(spool, server.port)
        assert states(send) == {"ada": "unknown"}
        send.refresh_from_db()
        assert send.state == Send.State.DONE

        assert send.send_unknown_again("Iris") == 1
        work(spool, server.port)

    assert states(send) == {"ada": "submitted"}
    assert send.instructions.get().by == "Iris"


def test_while_the_server_is_away_everything_waits(send_to: SendTo, spool: Spool) -> None:
    send = send_to(*readers(3))
    port = free_port()
    work(spool, port, seconds=1.5)
    assert set(states(send).values()) == {"queued"}

    with SmtpServer(port=port) as server:
        with clock.moved_to(clock.now() + timedelta(minutes=1)):
            work(spool, port)
        assert arrived(server) == Counter(readers(3))
    assert {recipient.tries for recipient in send.recipients.all()} == {1}


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


def test_two_cohorts_each_get_their_own_message(send_to: SendTo, spool: Spool, server: SmtpServer) -> None:
    send = send_to("ada@reader.example")
    other = send.cohorts.create(name="subscribers", message=send.cohorts.get().message)
    other.materialise([Addressee("carla@reader.example", "carla", {"name": "Carla"})])
    work(spool, server.port)

    assert b"Carla" in server.to("carla@reader.example")[0].content
    assert b"dear reader" in server.to("ada@reader.example")[0].content


def restore_backup_from_before(send: Send) -> None:
    """The rows as they were when nothing of `send` had left yet."""
    send.recipients.update(state=Recipient.State.QUEUED, tries=0, words="", answered_at=None)
    send.batches.update(state="queued", epoch=0, due_at=clock.now())
    Send.objects.filter(pk=send.pk).update(state=Send.State.SENDING, ended_at=None)


def test_a_restored_backup_sends_nothing_that_left_since(
    send_to: SendTo, tmp_path: Path, server: SmtpServer
) -> None:
    send = send_to(*readers(3))
    work(Spool(tmp_path / "post"), server.port)
    restore_backup_from_before(send)

    work(Spool(tmp_path / "post"), server.port)
    assert arrived(server) == Counter(readers(3))
    (stuck,) = send.batches.stuck()
    assert "backup" in stuck.words
    assert stuck.give_up() == 3
    assert send.counts() == {"unknown": 3}

    # If a person decides that they get it again, they do.
    assert send.send_unknown_again("Iris") == 3
    work(Spool(tmp_path / "post"), server.port)
    assert set(arrived(server).values()) == {2}


def test_what_is_new_after_a_restored_backup_is_sent_though_its_numbers_were_given_before(
    send_to: SendTo, tmp_path: Path, server: SmtpServer
) -> None:
    send = send_to("ada@reader.example")
    work(Spool(tmp_path / "post"), server.port)
    restore_backup_from_before(send)
    Send.objects.filter(pk=send.pk).update(frozen_at=clock.now() + timedelta(seconds=1))

    work(Spool(tmp_path / "post"), server.port)
    assert arrived(server) == {"ada@reader.example": 2}


def test_who_is_due_again_is_sent_by_a_worker_that_begins_anew(send_to: SendTo, tmp_path: Path) -> None:
    script = Script((Rule("rcpt", says("450 4.2.0 Greylisted"), times=1),))
    with SmtpServer(script) as server:
        send_to("ada@reader.example")
        work(Spool(tmp_path / "post"), server.port)
        with clock.moved_to(clock.now() + timedelta(minutes=retries.ISSUES[0] + 1)):
            work(Spool(tmp_path / "post"), server.port)
        assert arrived(server) == {"ada@reader.example": 1}


def test_a_message_at_which_the_server_always_hangs_up_waits_its_turn_and_stops_no_other(
    send_to: SendTo, spool: Spool
) -> None:
    with SmtpServer(Script((Rule("rcpt", resets(), to="bruno"),))) as server:
        send = send_to("ada@reader.example", "bruno@reader.example")
        work(spool, server.port)

    assert states(send) == {"ada": "submitted", "bruno": "deferred"}
    assert send.recipients.get(address="bruno@reader.example").tries == 1


def test_many_letters_during_an_issue_disturb_neither(
    send_to: SendTo, spool: Spool, server: SmtpServer
) -> None:
    issue = send_to(*readers(250))
    several = [send_to(f"late-{number}@reader.example") for number in range(6)]
    work(spool, server.port)

    assert issue.counts() == {"submitted": 250}
    assert all(send.counts() == {"submitted": 1} for send in several)
    assert set(arrived(server).values()) == {1}


def test_a_name_that_looks_like_an_escaped_nul_stops_nobodys_issue(
    send_to: SendTo, spool: Spool, server: SmtpServer
) -> None:
    send = send_to()
    send.cohorts.get().materialise(
        Addressee(f"{name}@reader.example", name, {"name": word})
        for name, word in (("ada", r"\u0000"), ("bruno", "a\0b"))
    )
    work(spool, server.port)
    assert arrived(server) == {"ada@reader.example": 1, "bruno@reader.example": 1}


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


def test_a_sender_beyond_ascii_needs_no_server_that_knows_such_addresses(
    send_to: SendTo, spool: Spool
) -> None:
    send = send_to("ada@reader.example")
    raw = "From: <letters@zürich.example>\nSubject: x\n\nHello\n"
    message = message_from_string(raw, _class=EmailMessage, policy=policy.default)
    send.cohorts.update(message=Segments.compile(message, [], clock.now()).frozen())
    Send.objects.update(sender="letters@zürich.example")
    with SmtpServer(extensions=("PIPELINING", "8BITMIME")) as server:
        work(spool, server.port)
    assert states(send) == {"ada": "submitted"}


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
