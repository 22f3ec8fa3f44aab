"""The rows of the post room: who is on a send, once each, and what a person may tell it."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from broadsheet.delivery.models import Addressee, Batch, Recipient, Send, Suppression
from broadsheet.delivery.models.materialising import BATCH
from broadsheet.platform import clock
from tests.delivery.conftest import SendTo, readers


def addressees(*addresses: str) -> list[Addressee]:
    return [Addressee(address, address) for address in addresses]


def test_asked_twice_a_source_gets_the_same_send(db: None) -> None:
    first, is_new = Send.objects.freeze("briefing", "2026-03-03", subject="Tuesday")
    again, is_new_again = Send.objects.freeze("briefing", "2026-03-03", subject="Tuesday, again")
    assert (first, is_new, is_new_again) == (again, True, False)
    assert again.subject == "Tuesday"


def test_an_address_is_on_a_send_once(send_to: SendTo) -> None:
    send = send_to("Ada@Reader.example", "ada@reader.example", "ADA@READER.EXAMPLE ")
    ada = send.recipients.get()
    assert ada.address == "Ada@reader.example", "the mailbox as it was written, the domain in small letters"


def test_dots_and_plus_signs_make_other_mailboxes(send_to: SendTo) -> None:
    send = send_to("ada.l@reader.example", "adal@reader.example", "adal+news@reader.example")
    assert send.recipients.count() == 3


def test_the_database_refuses_a_recipient_twice(send_to: SendTo) -> None:
    send = send_to("ada@reader.example")
    ada = send.recipients.get()
    for twin in (
        {"address": "ADA@reader.example", "key": "new"},
        {"address": "new@reader.example", "key": ada.key},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Recipient.objects.create(send=send, batch=ada.batch, **twin)


def test_one_reader_on_two_sends_is_two_recipients(send_to: SendTo) -> None:
    for _ in range(2):
        send_to("ada@reader.example")
    assert Recipient.objects.filter(address="ada@reader.example").count() == 2


def test_what_was_cut_short_is_materialised_again_from_the_beginning(send_to: SendTo) -> None:
    send = send_to(*readers(3))
    before = set(send.recipients.values_list("pk", flat=True))
    assert send.cohorts.get().materialise(Addressee(address, address) for address in readers(5)) == 2
    assert send.recipients.count() == 5
    assert before < set(send.recipients.values_list("pk", flat=True))


@pytest.mark.parametrize(
    "address",
    [
        "",
        "ada",
        "ada@",
        "@reader.example",
        "ada\r\nRCPT TO:<x@y.example>@b.example",
        "a da@reader.example",
        "<ada@reader.example>",
        "ada\0@reader.example",
        "a" * 250 + "@reader.example",
    ],
)
def test_what_is_no_address_is_skipped_and_stands_in_the_ledger(send_to: SendTo, address: str) -> None:
    send = send_to(address, "bruno@reader.example")
    skipped = send.recipients.get(state="skipped")
    assert skipped.words == "Not an e-mail address."
    assert send.counts() == {"skipped": 1, "queued": 1}


def test_tokens_come_back_as_they_went_in(send_to: SendTo) -> None:
    names = {"name": "Noël “Ñandú” مريم 🗞 {{name}} <b>", "empty": "", "nul": "a\0b"}
    send = send_to()
    send.cohorts.get().materialise([Addressee("ada@reader.example", "ada", names)])
    assert send.recipients.get().tokens == names | {"nul": "ab"}


def test_many_recipients_take_as_many_queries_as_few(send_to: SendTo) -> None:
    cohort = send_to().cohorts.get()
    taken = []
    for count in (BATCH // 2, 5 * BATCH):
        some = addressees(*(f"{count}-{number}@reader.example" for number in range(count)))
        with CaptureQueriesContext(connection) as queries:
            assert cohort.materialise(some) == count
        taken.append(len(queries))
    assert taken[0] == taken[1]
    assert [batch.recipients.count() for batch in cohort.batches.all()] == [BATCH // 2] + 5 * [BATCH]


def test_a_worker_can_lease_a_batch_that_nobody_else_gets(send_to: SendTo) -> None:
    send = send_to(*readers(3))
    first, second = send.batches.get(), send.batches.get()
    assert first.lease("worker", "here")
    assert not second.lease("another", "here")
    assert (second.holder, second.epoch) == ("worker", 1)


def test_only_the_present_lease_is_settled(send_to: SendTo) -> None:
    send = send_to(*readers(3))
    old = send.batches.get()
    old.lease("worker", "here")
    assert old.settle({})
    new = send.batches.get()
    assert new.state == Batch.State.QUEUED
    new.lease("another", "here")
    assert not old.settle({})
    assert new.settle({})


def test_a_person_holds_resumes_and_stops_a_send(send_to: SendTo) -> None:
    send = send_to("ada@reader.example")
    assert [
        send.hold("Iris"),
        send.hold("Iris"),
        send.resume("Omar"),
        send.stop("Iris"),
        send.resume("Omar"),
    ] == [
        True,
        False,
        True,
        True,
        False,
    ]
    assert [(step.state, step.by) for step in send.instructions.all()] == [
        ("held", "Iris"),
        ("sending", "Omar"),
        ("stopped", "Iris"),
    ]
    assert send.is_over


def test_a_send_to_nobody_is_done_at_once(send_to: SendTo) -> None:
    send = send_to()
    Send.objects.finish()
    send.refresh_from_db()
    assert send.state == Send.State.DONE
    assert send.ended_at is not None
    assert send.ended_at <= clock.now()


def test_a_suppression_is_found_by_capitals_and_by_an_earlier_key(db: None, settings: Settings) -> None:
    Suppression.suppress("Ada@reader.example", Suppression.Reason.COMPLAINT)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "a new key, since the old one leaked"
    found = Suppression.objects.among(["ada@READER.example", "bruno@reader.example"])
    assert list(found) == ["ada@READER.example"]
