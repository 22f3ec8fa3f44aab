"""A conversation's life: asked, answered by mail, closed, merged. Nothing is lost on the way."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command

from broadsheet.contact.keeping import forget_old, watch_answers
from broadsheet.contact.models import Conversation, Overtaken, State
from broadsheet.contact.models.answering import NotSent
from broadsheet.contact.threads import address_of
from broadsheet.delivery.models import Recipient
from broadsheet.membership.errors import Refused
from broadsheet.people.account import everything_about
from broadsheet.people.models import Person
from broadsheet.platform import clock
from broadsheet.platform.models import Lease
from tests.contact.mail import come, mail


def seen(conversation: Conversation) -> int:
    return conversation.messages.order_by("pk").last().pk  # type: ignore[union-attr]


def test_an_answer_is_plain_mail_in_its_thread(
    intake: str, farid: Person, monkeypatch, mailoutbox: list[Any]
) -> None:
    come(mail("Where is my paper?\n\nAda"), monkeypatch)
    asked = Conversation.objects.get()
    asked.answer("It is on its way.\n\nFarid", farid, seen(asked))
    (letter,) = mailoutbox
    assert letter.to == ["ada@reader.example"]
    assert letter.subject == "Re: My subscription"
    assert letter.reply_to == [address_of(asked.pk)]
    assert letter.extra_headers["In-Reply-To"] == "<first@reader.example>"
    assert letter.body.startswith("It is on its way.\n\nFarid\n\nOn ")
    assert "> Where is my paper?\n>\n> Ada" in letter.body
    assert "Auto-Submitted" not in letter.extra_headers
    asked.refresh_from_db()
    assert (asked.state, asked.waiting_since, asked.assignee) == (State.ANSWERED, None, farid)
    # An answer to it finds back, by either of its ways.
    sent = letter.extra_headers["Message-ID"]
    come(
        mail("Thanks", Message_ID="<2@r.example>", In_Reply_To=sent, Subject="Re: My subscription"),
        monkeypatch,
    )
    come(mail("Really", Message_ID="<3@r.example>"), monkeypatch, to=address_of(asked.pk))
    asked.refresh_from_db()
    assert asked.state == State.WAITING
    assert asked.messages.count() == 4
    asked.answer("Good.", farid, seen(asked))
    assert mailoutbox[1].subject == "Re: My subscription"
    assert mailoutbox[1].extra_headers["References"].split()[-1] == "<3@r.example>"
    assert sent in mailoutbox[1].extra_headers["References"]


def test_what_a_stranger_writes_can_end_no_header(
    intake: str, farid: Person, monkeypatch, mailoutbox: list[Any]
) -> None:
    come(mail(Subject="=?utf-8?q?Hi=0D=0ABcc:_all=40b.example?=", Message_ID="<a b@c> <d@e>"), monkeypatch)
    asked = Conversation.objects.get()
    asked.answer("Hello", farid, seen(asked))
    written = mailoutbox[0].message()
    assert written["Bcc"] is None
    assert written["Subject"] == "Re: Hi Bcc: all@b.example"


def test_two_who_answer_at_once_do_not_both_answer(
    asked: Conversation, farid: Person, greta: Person, mailoutbox: list[Any]
) -> None:
    before = seen(asked)
    asked.answer("Farid was first", farid, before)
    with pytest.raises(Overtaken):
        asked.answer("Greta was second", greta, before)
    assert asked.answer("Farid was first", farid, before).text == "Farid was first"
    assert len(mailoutbox) == 1


def test_a_message_that_came_meanwhile_is_seen_before_the_answer(
    asked: Conversation, farid: Person, mailoutbox: list[Any]
) -> None:
    before = seen(asked)
    asked.receive("Found it!", email=asked.email)
    with pytest.raises(Overtaken):
        asked.answer("We look for it", farid, before)
    assert mailoutbox == []


def test_an_answer_that_nobody_takes_is_not_there(asked: Conversation, farid: Person, settings: Any) -> None:
    from harness.ports import free_port

    backend = "django.core.mail.backends.smtp.EmailBackend"
    options = {"host": "127.0.0.1", "port": free_port(), "timeout": 5}
    settings.MAILERS = {"default": {"BACKEND": backend, "OPTIONS": options}}
    with pytest.raises(NotSent):
        asked.answer("Hello", farid, seen(asked))
    asked.refresh_from_db()
    assert asked.state == State.WAITING
    assert asked.messages.count() == 1


@pytest.mark.parametrize("state", [Recipient.State.REFUSED, Recipient.State.BOUNCED, Recipient.State.UNKNOWN])
def test_an_answer_that_does_not_arrive_shows_at_its_conversation(
    asked: Conversation, farid: Person, settings: Any, state: str
) -> None:
    settings.MAILERS = {"default": {"BACKEND": "broadsheet.delivery.mailer.PostRoomBackend"}}
    sent = asked.answer("Hello", farid, seen(asked))
    watch_answers(clock.now())
    asked.refresh_from_db()
    assert asked.state == State.ANSWERED
    assert sent.send
    assert sent.send.subject == f"Answer in {asked.number}"
    sent.send.recipients.update(state=state, words="550 No such user", answered_at=clock.now())
    watch_answers(clock.now())
    watch_answers(clock.now())
    asked.refresh_from_db()
    sent.refresh_from_db()
    assert asked.state == State.WAITING
    assert sent.fault == "550 No such user"
    assert [message.text for message in asked.messages.filter(kind="note")] == [
        "An answer did not reach ada@reader.example: 550 No such user"
    ]


def test_who_waits_longest_stands_first(asked: Conversation, farid: Person, mailoutbox: list[Any]) -> None:
    now = clock.now()
    later, earlier = (
        Conversation.objects.create(subject="x", email="b@r.example", edition="en-us", waiting_since=at)
        for at in (now + timedelta(hours=1), now - timedelta(hours=1))
    )
    answered = Conversation.objects.create(
        subject="y", email="b@r.example", edition="en-us", state=State.ANSWERED
    )
    assert list(Conversation.objects.longest_waiting_first()) == [earlier, asked, later, answered]
    # A second message does not put its writer behind the others.
    with clock.moved_to(now + timedelta(hours=2)):
        earlier.receive("Hello?", email="b@r.example")
    assert Conversation.objects.longest_waiting_first().first() == earlier


def test_the_median_time_to_answer(asked: Conversation, farid: Person, mailoutbox: list[Any]) -> None:
    assert Conversation.objects.median_time_to_answer() is None
    now = asked.waiting_since
    assert now
    for hours in (1, 3, 20):
        with clock.moved_to(now + timedelta(hours=hours)):
            conversation = Conversation.objects.create(
                subject="x", email="b@r.example", edition="en-us", waiting_since=now
            )
            conversation.receive("?", email="b@r.example")
            conversation.answer("!", farid, seen(conversation))
    with clock.moved_to(now + timedelta(days=1)):
        median = Conversation.objects.median_time_to_answer()
        assert median
        assert timedelta(hours=3) <= median < timedelta(hours=4)
    with clock.moved_to(now + timedelta(days=40)):
        assert Conversation.objects.median_time_to_answer() is None


def test_what_is_merged_is_one_and_cannot_be_answered_twice(
    asked: Conversation, farid: Person, mailoutbox: list[Any]
) -> None:
    other = Conversation.objects.create(
        subject="Same again", email="ada@new.example", edition="en-us", state=State.ANSWERED
    )
    asked.merge_into(other)
    other.refresh_from_db()
    assert (other.state, other.waiting_since) == (State.WAITING, asked.waiting_since or other.waiting_since)
    with pytest.raises(Refused):
        asked.answer("Hello", farid, 0)
    with pytest.raises(Refused):
        other.merge_into(asked)
    with pytest.raises(Refused):
        other.merge_into(other)


def test_what_was_written_is_in_the_export_and_goes_with_the_account(
    asked: Conversation, ada: Person, mailoutbox: list[Any]
) -> None:
    asked.note("She calls every week.")
    (exported,) = everything_about(ada)["conversations"]
    assert [message["text"] for message in exported["messages"]] == [
        "Where is my paper?",
        "She calls every week.",
    ]
    ada.erase()
    assert not Conversation.objects.exists()


def test_what_is_over_is_deleted_after_two_years(asked: Conversation) -> None:
    asked.close()
    now = clock.now()
    for days, is_there in ((729, True), (731, False)):
        Lease.objects.filter(name="contact.keeping").delete()
        forget_old(now + timedelta(days=days))
        assert Conversation.objects.exists() is is_there


def test_the_sweep_of_each_minute_does_all_of_it(asked: Conversation) -> None:
    call_command("sweep", verbosity=0)
