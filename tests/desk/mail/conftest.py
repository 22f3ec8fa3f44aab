"""The audience editor's desk, and sends to look at."""

import pytest
from django.test import Client

from broadsheet.delivery.intake import Kind, Report
from broadsheet.delivery.models import Bounce, Recipient, Send
from broadsheet.people.models import Person
from tests.cast import signed_in
from tests.delivery.envelopes import became, freeze, path_of

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
