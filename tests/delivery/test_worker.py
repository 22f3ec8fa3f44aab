"""What a worker does with what is due: to a real SMTP server, from real rows."""

from collections import Counter
from datetime import timedelta
from email import message_from_string, policy
from email.message import EmailMessage
from pathlib import Path

import pytest

from broadsheet.delivery import retries
from broadsheet.delivery.message import Segments
from broadsheet.delivery.models import Addressee, Recipient, Send
from broadsheet.delivery.spool import Spool
from broadsheet.platform import clock
from harness.ports import free_port
from harness.smtp_script import Rule, Script, resets, says
from harness.smtp_server import SmtpServer
from tests.delivery.conftest import SendTo, arrived, readers, states
from tests.delivery.worker_process import work

pytestmark = pytest.mark.django_db(transaction=True)


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
