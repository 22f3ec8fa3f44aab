"""The contact desk, by each role that it is for."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from wagtail.models import ModelLogEntry

from broadsheet.contact.models import Attachment, Conversation, Message, Move, SavedReply, State
from broadsheet.membership.models import FulfilmentHouse, PrintSubscriber
from broadsheet.people.models import Person
from broadsheet.platform import clock
from tests.cast import introduce, signed_in
from tests.shop import subscribe


@pytest.fixture
def asked(magazine: Any) -> Conversation:
    """Ada asks from an address that her account doesn’t have."""
    conversation = Conversation.objects.create(
        subject="Which address did I use?",
        topic="subscription",
        email="ada@new.example",
        name="Ada Brandt",
        edition="en-us",
        waiting_since=clock.now(),
        clues={"name": "Ada Brandt", "postcode": "N1 9GU"},
    )
    conversation.receive("I moved in May.", email="ada@new.example")
    return conversation


def record(conversation: Conversation) -> str:
    return f"/desk/conversations/{conversation.pk}/"


def field(page: str, name: str) -> str:
    """The value of a hidden field, as a browser would send it."""
    found = re.search(rf'name="{name}"[^>]*value="([^"]*)"|value="([^"]*)"[^>]*name="{name}"', page)
    assert found, name
    return found[1] or found[2] or ""


def answer(client: Client, conversation: Conversation, text: str, act: str = "answer", **more: str) -> Any:
    seen = more.pop("seen", None) or field(client.get(record(conversation)).text, "seen")
    return client.post(record(conversation), {"text": text, "act": act, "seen": seen, **more})


def test_who_may_see_questions(
    asked: Conversation, carla: Person, dev: Person, edith: Person, farid: Person, greta: Person
) -> None:
    for person, may in ((carla, True), (farid, True), (greta, True), (dev, False), (edith, False)):
        client = signed_in(person)
        for address in ("/desk/conversations/", record(asked), "/desk/saved_replies/"):
            assert (client.get(address).status_code == 200) is may, (person, address)
        menu = client.get("/desk/").text
        assert ("/desk/conversations/" in menu) is may
        response = client.post(record(asked), {"text": "Hello", "act": "note", "seen": "9"})
        assert (response.status_code == 302 and "/desk/conversations" in response.headers["Location"]) is may


def test_an_editor_answers_and_sees_no_accounts(
    asked: Conversation, ada: Person, yearly, carla: Person, mailoutbox: list[Any]
) -> None:
    subscribe(ada, yearly, buyer_name="Ada Brandt", buyer_address="London N1 9GU")
    client = signed_in(carla)
    page = client.get(record(asked)).text
    assert "Accounts it may be about" not in page
    assert ada.email not in page
    answer(client, asked, "We look into it.")
    assert mailoutbox[0].to == ["ada@new.example"]
    assert client.get(f"/desk/conversations/{asked.pk}/move/{ada.pk}/").status_code != 200
    assert client.get(f"/desk/conversations/{asked.pk}/account/{ada.pk}/").status_code != 200
    assert client.get(f"/desk/conversations/{asked.pk}/delete/").status_code != 200


def test_the_accounts_stand_beside_the_question(
    asked: Conversation, ada: Person, yearly, farid: Person
) -> None:
    subscription = subscribe(
        ada, yearly, buyer_name="Ada Brandt", buyer_address="12 Canal Row\nLondon N1 9GU"
    )
    near = introduce("Ada B.", "ada@nev.example")
    page = signed_in(farid).get(record(asked)).text
    assert ada.email in page
    assert subscription.number in page
    assert "the name and the postcode" in page
    assert near.email in page
    assert "doubtful" in page
    assert page.index(ada.email) < page.index(near.email)


def test_readers_of_the_paper_without_an_account_stand_there_too(
    asked: Conversation, carla: Person, farid: Person
) -> None:
    house = FulfilmentHouse.objects.create(name="Quay Mailing", edition="en-us")
    filed = {"house": house, "name": "Ada Brandt", "postcode": "N1 9GU", "bare_postcode": "N19GU"}
    PrintSubscriber.objects.create(number="7001", bare_number="7001", email="ada@new.example", **filed)
    PrintSubscriber.objects.create(number="7002", bare_number="7002", **filed)
    page = signed_in(farid).get(record(asked)).text
    assert "whoever signs in with ada@new.example reads by it" in page
    assert "ask them to register" in page
    assert page.index("7001") < page.index("7002")
    assert "7001" not in signed_in(carla).get(record(asked)).text


def test_an_answer_is_sent_once_however_often_it_is_posted(
    asked: Conversation, farid: Person, mailoutbox: list[Any]
) -> None:
    client = signed_in(farid)
    page = client.get(record(asked)).text
    for _press in range(2):
        response = answer(client, asked, "It is in your old account.", seen=field(page, "seen"))
        assert response.status_code == 302
    assert len(mailoutbox) == 1
    asked.refresh_from_db()
    assert (asked.state, asked.assignee) == (State.ANSWERED, farid)
    page = client.get(record(asked)).text
    assert "It is in your old account." in page


def test_the_second_of_two_is_told_and_keeps_the_text(
    asked: Conversation, farid: Person, greta: Person, mailoutbox: list[Any]
) -> None:
    first, second = signed_in(farid), signed_in(greta)
    before = field(second.get(record(asked)).text, "seen")
    answer(first, asked, "Farid was first")
    response = answer(second, asked, "Greta was second", seen=before)
    assert response.status_code == 409
    assert "Nothing was sent" in response.text
    assert "Greta was second" in response.text
    assert re.search(r"data-new\s*>", response.text)
    assert len(mailoutbox) == 1
    assert answer(second, asked, "Greta adds", seen=field(response.text, "seen")).status_code == 302
    assert len(mailoutbox) == 2


def test_an_answer_can_close_and_a_note_goes_nowhere(
    asked: Conversation, farid: Person, mailoutbox: list[Any]
) -> None:
    client = signed_in(farid)
    for _press in range(2):
        answer(client, asked, "Call her back", act="note")
    assert mailoutbox == []
    assert asked.messages.filter(kind="note").count() == 1
    answer(client, asked, "Done.", act="close")
    asked.refresh_from_db()
    assert asked.state == State.CLOSED
    assert len(mailoutbox) == 1


def test_what_is_not_sent_is_kept_in_the_form(asked: Conversation, farid: Person, settings: Any) -> None:
    from harness.ports import free_port

    backend = "django.core.mail.backends.smtp.EmailBackend"
    options = {"host": "127.0.0.1", "port": free_port(), "timeout": 5}
    settings.MAILERS = {"default": {"BACKEND": backend, "OPTIONS": options}}
    response = answer(signed_in(farid), asked, "Kept <b>text</b>")
    assert "could not be sent" in response.text
    assert "Kept &lt;b&gt;text&lt;/b&gt;" in response.text
    assert answer(signed_in(farid), asked, "").status_code == 200


def test_a_saved_reply_is_filled_in_beneath_what_was_typed(
    asked: Conversation, farid: Person, mailoutbox: list[Any]
) -> None:
    reply = SavedReply.objects.create(
        name="Found", text="Dear {name},\nit is in {number}.\n{staff}, {publication} {unknown}"
    )
    response = answer(signed_in(farid), asked, "One moment.", act="insert", reply=str(reply.pk))
    assert response.status_code == 200
    filled = (
        f"One moment.\n\nDear Ada Brandt,\nit is in {asked.number}.\nFarid Haddad, The Meridian {{unknown}}"
    )
    assert filled in response.text
    assert mailoutbox == []
    assert answer(signed_in(farid), asked, "One moment.", act="insert", reply="x").status_code == 200


def test_a_saved_reply_with_an_unknown_place_is_refused(farid: Person, magazine: Any) -> None:
    client = signed_in(farid)
    page = client.post("/desk/saved_replies/new/", {"name": "Hello", "text": "Dear {nmae}"})
    assert "Nothing can be filled in for {nmae}" in page.text
    client.post("/desk/saved_replies/new/", {"name": "Hello", "text": "Dear {name}"})
    reply = SavedReply.objects.get()
    client.post(f"/desk/saved_replies/edit/{reply.pk}/", {"name": "Hello", "text": "Dear {name}!"})
    reply.refresh_from_db()
    assert reply.text == "Dear {name}!"


def press(client: Client, address: str, **typed: str) -> Any:
    token = field(client.get(address).text, "once")
    return client.post(address, {"once": token, **typed})


def test_acts_leave_their_reason_in_the_log(asked: Conversation, farid: Person) -> None:
    client, base = signed_in(farid), record(asked)
    press(client, f"{base}assign/", to=str(farid.pk), why="Mine")
    press(client, f"{base}close/", why="She called")
    asked.refresh_from_db()
    assert (asked.state, asked.assignee) == (State.CLOSED, farid)
    assert "This has been done already." in press(client, f"{base}close/").text
    press(client, f"{base}reopen/")
    press(client, f"{base}spam/")
    asked.refresh_from_db()
    assert asked.state == State.SPAM
    assert asked.subject not in client.get("/desk/conversations/").text
    assert asked.subject in client.get("/desk/conversations/?state=spam").text
    entries = ModelLogEntry.objects.filter(object_id=str(asked.pk)).order_by("timestamp")
    assert [entry.action.partition(".")[2] for entry in entries] == ["assign", "close", "reopen", "spam"]
    assert entries[1].data["why"] == "She called"
    assert "She called" in client.get(base).text


def test_merging_leads_to_the_other_conversation(asked: Conversation, farid: Person) -> None:
    other = Conversation.objects.create(
        subject="Again", email="ada@new.example", edition="en-us", waiting_since=clock.now()
    )
    client = signed_in(farid)
    address = f"{record(asked)}merge/"
    assert "no conversation with this number" in press(client, address, number="C-999999", why="x").text
    assert "into itself" in press(client, address, number=asked.number, why="x").text
    response = press(client, address, number=other.number.lower(), why="The same")
    assert response.headers["Location"] == record(other)
    assert other.number in client.get(record(asked)).text
    assert "Send to" not in client.get(record(asked)).text


def test_a_conversation_is_deleted_with_a_reason(asked: Conversation, farid: Person) -> None:
    response = press(signed_in(farid), f"{record(asked)}delete/", why="She asked us to")
    assert response.headers["Location"] == "/desk/conversations/"
    assert not Conversation.objects.exists()
    assert not Message.objects.exists()
    assert ModelLogEntry.objects.get(action="conversation.delete").data["why"] == "She asked us to"


def test_a_move_is_asked_for_beside_the_question(
    asked: Conversation, ada: Person, yearly, farid: Person
) -> None:
    subscription = subscribe(ada, yearly)
    client = signed_in(farid)
    address = f"{record(asked)}move/{ada.pk}/"
    page = client.get(address).text
    assert 'value="ada@new.example"' in page
    typed = {"what": str(subscription.pk), "to_email": "ada@new.example", "why": "She moved"}
    assert "looks" in press(client, address, **(typed | {"to_email": "nobody"})).text.replace(
        "look like", "looks"
    )
    assert press(client, address, **typed).status_code == 302
    move = Move.objects.get()
    assert (move.person, move.subscription, move.conversation, move.why) == (
        ada,
        subscription,
        asked,
        "She moved",
    )
    assert "There is a move from this account already" in press(client, address, **typed).text
    assert "unless the old mailbox objects" in client.get(record(asked)).text
    assert "unless this mailbox objects" in client.get(f"/desk/readers/{ada.pk}/").text
    press(client, f"{record(asked)}moves/{move.pk}/stop/", why="A mistake")
    move.refresh_from_db()
    assert move.outcome == Move.Outcome.STOPPED


def test_a_move_is_asked_for_in_a_readers_record(ada: Person, bruno: Person, farid: Person) -> None:
    client = signed_in(farid)
    response = press(
        client, f"/desk/readers/{bruno.pk}/move/", what="account", to_email=ada.email, why="One reader"
    )
    assert response.headers["Location"] == f"/desk/readers/{bruno.pk}/"
    assert Move.objects.get().is_of_account


def test_a_reader_is_recognised_and_their_record_lists_it(
    asked: Conversation, ada: Person, farid: Person
) -> None:
    client = signed_in(farid)
    assert asked.number not in client.get(f"/desk/readers/{ada.pk}/").text
    press(client, f"{record(asked)}account/{ada.pk}/")
    asked.refresh_from_db()
    assert asked.person == ada
    assert asked.number in client.get(f"/desk/readers/{ada.pk}/").text


def test_a_file_is_saved_and_never_shown(asked: Conversation, farid: Person, dev: Person) -> None:
    message = asked.messages.get()
    kept = Attachment.objects.create(
        message=message, name="label “1”.png", media_type="image/png", size=3, content=b"abc"
    )
    address = f"{record(asked)}files/{kept.pk}/"
    response = signed_in(farid).get(address)
    assert response.content == b"abc"
    assert response.headers["Content-Type"] == "application/octet-stream"
    assert response.headers["Content-Disposition"].startswith("attachment")
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Cache-Control"].startswith("private, no-store")
    assert signed_in(dev).get(address).status_code != 200
    assert Client().get(address).status_code == 302
    assert signed_in(farid).get(f"/desk/conversations/{asked.pk + 1}/files/{kept.pk}/").status_code == 404


def test_what_somebody_writes_is_text_and_nothing_else(asked: Conversation, farid: Person) -> None:
    asked.receive(
        "<script>alert(1)</script>\nsee javascript:alert(1) https://pills.example/"
        "\n\nOn May 1, you wrote:\n> Hello",
        email=asked.email,
        name="<img src=x>",
    )
    page = signed_in(farid).get(record(asked)).text
    assert "<script>alert(1)" not in page
    assert "<img src=x>" not in page
    assert 'href="javascript' not in page
    assert "<summary>Quoted</summary>" in page
    assert 'rel="nofollow' in page


def test_the_list_finds_and_filters_and_has_who_waits_longest_first(
    asked: Conversation, farid: Person
) -> None:
    older = Conversation.objects.create(
        subject="An older one",
        email="bea@reader.example",
        edition="en-us",
        waiting_since=clock.now() - timedelta(days=2),
    )
    closed = Conversation.objects.create(
        subject="Over", email="c@reader.example", edition="en-us", state=State.CLOSED, closed_at=clock.now()
    )
    client = signed_in(farid)
    page = client.get("/desk/conversations/").text
    assert page.index(older.subject) < page.index(asked.subject) < page.index(closed.subject)
    assert "2 waiting" in page
    for query, found in (
        ("bea@", older),
        ("An older", older),
        (older.number, older),
        ("Ada Brandt", asked),
    ):
        page = client.get("/desk/conversations/", {"q": query}).text
        assert found.subject in page, query
        assert closed.subject not in page, query
    assert closed.subject in client.get("/desk/conversations/?state=closed").text
    assert asked.subject not in client.get("/desk/conversations/?state=closed").text
    assert asked.subject not in client.get("/desk/conversations/?assigned=me").text
    assert asked.subject in client.get("/desk/conversations/?assigned=nobody&topic=subscription").text


def test_home_says_who_waits_and_how_long_an_answer_takes(
    asked: Conversation, farid: Person, dev: Person, mailoutbox: list[Any]
) -> None:
    page = signed_in(farid).get("/desk/").text
    assert "Questions from readers" in page
    assert "1 waits." in page
    assert asked.subject in page
    assert "Questions from readers" not in signed_in(dev).get("/desk/").text
    with clock.moved_to(clock.now() + timedelta(hours=3)):
        answer(signed_in(farid), asked, "Here it is.")
    page = signed_in(farid).get("/desk/").text
    assert "Nobody waits for an answer." in page
    assert "Half of all answers of the last 30 days came within 3" in page


@pytest.mark.parametrize("many", [1, 6])
def test_the_list_takes_as_many_queries_however_long(asked: Conversation, farid: Person, many: int) -> None:
    client = signed_in(farid)
    counts = []
    for size in (1, many):
        for number in range(size):
            row = Conversation.objects.create(
                subject=f"{size} {number}", email="b@r.example", edition="en-us", waiting_since=clock.now()
            )
            row.receive("?", email="b@r.example")
            asked.receive(f"More {number}", email=asked.email)
        client.get("/desk/conversations/")
        pair = []
        for address in ("/desk/conversations/", record(asked)):
            client.get(address)
            with CaptureQueriesContext(connection) as queries:
                client.get(address)
            pair.append(len(queries))
        counts.append(pair)
    assert counts[0] == counts[1]
