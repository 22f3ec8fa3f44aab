"""Mail that one person waits for: by Django's mail, through a row, to a real server."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.db import connection, transaction
from pytest_django import Settings

from broadsheet.delivery import letters
from broadsheet.delivery.letters import NotTakenError
from broadsheet.delivery.models import Cohort, Lane, Recipient, Send, Suppression
from broadsheet.delivery.spool import Spool
from broadsheet.platform import clock
from harness.smtp_script import Rule, Script, says
from harness.smtp_server import SmtpServer
from tests.delivery.worker_process import work


@pytest.fixture(autouse=True)
def _by_the_post_room(settings: Settings) -> None:
    settings.MAILERS = {"default": {"BACKEND": "broadsheet.delivery.mailer.PostRoomBackend"}}


@pytest.fixture
def server() -> Iterator[SmtpServer]:
    with SmtpServer() as server:
        yield server


def post_code(*to: str) -> Send:
    message = EmailMultiAlternatives("482913 is your code", "Your code: 482913\n.\nÀ bientôt\n", to=to)
    message.attach_alternative("<p>Your code: 482913</p>", "text/html")
    assert message.send() == 1
    return Send.objects.get()


@pytest.mark.django_db(transaction=True)
def test_it_leaves_as_it_was_written(spool: Spool, server: SmtpServer) -> None:
    post_code("ada@reader.example")
    work(spool, server.port, Lane.LETTERS)

    message = server.to("ada@reader.example")[0].message
    assert message["Subject"] == "482913 is your code"
    assert message["To"] == "ada@reader.example"
    assert message.get_body(("plain",)).get_content().splitlines() == ["Your code: 482913", ".", "À bientôt"]
    assert "482913" in message.get_body(("html",)).get_content()


@pytest.mark.django_db(transaction=True)
def test_when_it_has_left_nobody_can_read_it_any_more(spool: Spool, server: SmtpServer) -> None:
    send = post_code("ada@reader.example")
    assert b"482913" in bytes(Cohort.objects.get().message)
    assert not send.subject, "the desk shows it to those who must not sign in as others"
    work(spool, server.port, Lane.LETTERS)

    assert bytes(Cohort.objects.get().message) == b""
    assert send.counts() == {"submitted": 1}


@pytest.mark.django_db(transaction=True)
def test_a_letter_that_is_refused_keeps_the_servers_words_and_not_its_own(spool: Spool) -> None:
    with SmtpServer(Script((Rule("rcpt", says("550 5.1.1 No such mailbox")),))) as server:
        post_code("ada@reader.example")
        work(spool, server.port, Lane.LETTERS)

    ada = Recipient.objects.get()
    assert (ada.state, ada.words) == ("refused", "550 5.1.1 No such mailbox")
    assert bytes(Cohort.objects.get().message) == b""


@pytest.mark.django_db(transaction=True)
def test_each_of_its_recipients_gets_it_and_nobody_sees_the_hidden_ones(
    spool: Spool, server: SmtpServer
) -> None:
    EmailMessage("Minutes", "Text", to=["ada@reader.example"], bcc=["bruno@reader.example"]).send()
    work(spool, server.port, Lane.LETTERS)

    assert {taken.recipient for taken in server.taken} == {"ada@reader.example", "bruno@reader.example"}
    assert not any(b"bruno" in taken.content for taken in server.taken)


@pytest.mark.django_db(transaction=True)
def test_it_is_sent_to_a_suppressed_address_too(spool: Spool, server: SmtpServer) -> None:
    """Somebody asked for it just now, which no list that they are on says anything about."""
    Suppression.suppress("ada@reader.example", Suppression.Reason.COMPLAINT)
    post_code("ada@reader.example")
    work(spool, server.port, Lane.LETTERS)
    assert len(server.taken) == 1


def test_it_is_queued_with_what_it_tells_of_or_not_at_all(db: None) -> None:
    with transaction.atomic():
        post_code("ada@reader.example")
        transaction.set_rollback(True)
    assert not Send.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_where_no_row_can_be_written_the_sender_is_told() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE delivery_send RENAME TO delivery_elsewhere")
    try:
        with pytest.raises(NotTakenError):
            EmailMessage("Code", "482913", to=["ada@reader.example"]).send()
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE delivery_elsewhere RENAME TO delivery_send")


def test_after_a_month_the_ledger_forgets_it(db: None) -> None:
    send = post_code("ada@reader.example")
    send.stop()
    with clock.moved_to(clock.now() + timedelta(days=29)):
        letters.forget_old()
        assert Send.objects.exists()
    with clock.moved_to(clock.now() + timedelta(days=31)):
        letters.forget_old()
        assert not Send.objects.exists()
        assert not Recipient.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_an_address_may_bear_a_name(spool: Spool, server: SmtpServer) -> None:
    assert EmailMessage("Your code", "482913", to=["Ada Brandt <ada@reader.example>"]).send() == 1
    work(spool, server.port, Lane.LETTERS)
    assert server.to("ada@reader.example")[0].message["To"] == "Ada Brandt <ada@reader.example>"


@pytest.mark.django_db(transaction=True)
def test_a_server_that_takes_seven_bits_gets_no_more(spool: Spool) -> None:
    send = post_code("ada@reader.example")
    with SmtpServer(extensions=("PIPELINING",)) as server:
        work(spool, server.port, Lane.LETTERS)
    assert send.counts() == {"submitted": 1}
    content = server.taken[0].message.get_body(("plain",)).get_content()
    assert "À bientôt" in content
