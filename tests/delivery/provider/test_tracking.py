"""A provider’s webhooks: believed once they are verified, and idempotent in any order."""

import hmac
import json
from base64 import b64encode
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from pytest_django import Settings

from broadsheet.delivery.models import Bounce, Recipient, Suppression
from broadsheet.delivery.provider import Provider
from tests.delivery.envelopes import became, freeze, path_of, submitted

ADA = "ada@reader.example"
SECRET = "a-word-between-the-two"
State = Recipient.State

pytestmark = pytest.mark.django_db


def configure(settings: Settings, url: str, secret: str = SECRET) -> None:
    settings.MAIL_PROVIDER = Provider.at(url)
    settings.INTAKE_SECRET = secret
    settings.ANYMAIL = settings.MAIL_PROVIDER.for_anymail(secret)


@pytest.fixture
def postmark(settings: Settings) -> None:
    configure(settings, "postmark://token@")


def tell(provider: str, said: dict[str, Any], secret: str = SECRET, accept: str = "application/json") -> Any:
    """Posted as from outside: without a cookie, and with the check that guards forms."""
    headers = {"Accept": accept}
    if secret:
        headers["Authorization"] = f"Basic {b64encode(f'post:{secret}'.encode()).decode()}"
    client = Client(enforce_csrf_checks=True)
    return client.post(f"/post/news/{provider}/", json.dumps(said), "application/json", headers=headers)


def returned(recipient: Recipient, kind: str = "HardBounce", number: int = 1) -> dict[str, Any]:
    """As Postmark tells of it."""
    return {
        "RecordType": "Bounce",
        "ID": number,
        "Type": kind,
        "MessageID": "0a1b",
        "Description": "The server was unable to deliver your message",
        "Details": "smtp;552 5.2.2 full" if kind == "SoftBounce" else "smtp;550 5.1.1 no such user",
        "Email": recipient.address,
        "BouncedAt": "2026-11-24T07:00:08Z",
        "Metadata": {"return-path": path_of(recipient)},
    }


def complained(recipient: Recipient) -> dict[str, Any]:
    return returned(recipient, "SpamComplaint", 9) | {"RecordType": "SpamComplaint"}


def delivered(recipient: Recipient) -> dict[str, Any]:
    return {
        "RecordType": "Delivery",
        "MessageID": "0a1b",
        "Recipient": recipient.address,
        "DeliveredAt": "2026-11-24T07:00:05Z",
        "Details": "250 2.0.0 OK",
        "Metadata": {"return-path": path_of(recipient)},
    }


def test_a_bounce_reaches_the_ledger_and_suppresses(postmark: None) -> None:
    ada = submitted(ADA)
    assert tell("postmark", returned(ada)).status_code == 200
    ada.refresh_from_db()
    assert ada.state == State.BOUNCED
    assert "no such user" in ada.words
    assert Suppression.objects.get().reason == Suppression.Reason.HARD_BOUNCE
    assert Bounce.objects.get().reported_by == "Postmark"


@pytest.mark.parametrize("secret", ["", "another-word"])
def test_what_is_not_signed_is_refused_with_the_reason(postmark: None, secret: str) -> None:
    ada = submitted(ADA)
    answer = tell("postmark", returned(ada), secret)
    assert answer.status_code == 403
    assert "basic auth" in answer.json()["error"]
    ada.refresh_from_db()
    assert ada.state == State.SUBMITTED
    assert not Bounce.objects.exists()


def test_without_a_secret_nothing_is_believed(settings: Settings) -> None:
    configure(settings, "postmark://token@", secret="")
    answer = tell("postmark", returned(submitted(ADA)), secret="")
    assert answer.status_code == 403
    assert "INTAKE_SECRET is not set" in answer.json()["error"]
    assert not Bounce.objects.exists()


def test_nobody_but_the_provider_in_use_has_an_address_here(postmark: None, settings: Settings) -> None:
    assert tell("mailgun", {}).status_code == 404
    assert tell("nobody", {}).status_code == 404
    settings.MAIL_PROVIDER = None
    assert tell("postmark", {}).status_code == 404


def test_it_is_not_looked_at_by_get(postmark: None) -> None:
    assert Client().get("/post/news/postmark/").status_code == 405


def test_a_signature_of_the_providers_own_is_checked_too(settings: Settings) -> None:
    configure(settings, "mailgun://key@meridian.example?signing-key=its-own")
    ada = submitted(ADA)

    def signed(key: str) -> HttpResponse:
        signature = hmac.digest(key.encode(), b"1764000000a-token", "sha256").hex()
        event = {
            "event": "failed",
            "severity": "permanent",
            "id": "G9Bn5sl1TC6nu79C8C0bwg",
            "timestamp": 1764000000.0,
            "recipient": ADA,
            "reason": "bounce",
            "delivery-status": {"code": 550, "message": "5.1.1 no such user"},
            "message": {"headers": {"message-id": "0a1b@meridian.example"}},
            "user-variables": {"return-path": path_of(ada)},
        }
        block = {"timestamp": "1764000000", "token": "a-token", "signature": signature}
        answer: HttpResponse = tell("mailgun", {"signature": block, "event-data": event})
        return answer

    assert signed("somebody-elses").status_code == 403
    assert not Bounce.objects.exists()
    assert signed("its-own").status_code == 200
    assert Bounce.objects.get().kind == "hard"


def test_duplicate_and_reordered_webhooks_end_in_the_same(postmark: None) -> None:
    ends = []
    for number, backwards in enumerate((False, True)):
        send = freeze(f"reader-{number}@reader.example", key=f"send {number}")
        became(send, State.UNKNOWN)
        reader = send.recipients.get()
        soft, hard = returned(reader, "SoftBounce", 10 + number), returned(reader, "HardBounce", 20 + number)
        complaint = complained(reader) | {"ID": 30 + number}
        told = [delivered(reader), soft, hard, soft, complaint, hard, delivered(reader)]
        for said in reversed(told) if backwards else told:
            assert tell("postmark", said).status_code == 200
        reader.refresh_from_db()
        suppression = Suppression.objects.of(reader.address).get()
        ends.append((reader.state, reader.words, reader.bounces.count(), suppression.reason))
    assert ends[0] == ends[1]
    assert ends[0][0] == State.COMPLAINED
    assert ends[0][2:] == (3, Suppression.Reason.COMPLAINT)


def test_news_that_it_was_delivered_resolves_an_unknown(postmark: None) -> None:
    send = freeze(ADA)
    became(send, State.UNKNOWN)
    tell("postmark", delivered(send.recipients.get()))
    assert send.recipients.get().state == State.SUBMITTED
    assert not Bounce.objects.exists()


def test_a_complaint_of_a_reader_whose_row_is_gone_counts_by_address(postmark: None) -> None:
    ada = submitted(ADA)
    said = complained(ada)
    ada.send.delete()
    assert tell("postmark", said).status_code == 200
    assert Suppression.objects.get().address == ADA


def test_who_leaves_a_list_of_the_providers_own_has_not_complained(postmark: None) -> None:
    ada = submitted(ADA)
    said = returned(ada) | {"RecordType": "SubscriptionChange", "SuppressSending": True, "ChangedAt": None}
    said |= {"SuppressionReason": "ManualSuppression", "Recipient": ADA, "Origin": "Recipient"}
    assert tell("postmark", said).status_code == 200
    assert not Bounce.objects.exists()


def test_what_is_secret_stands_in_no_log_of_the_provider() -> None:
    assert "token" not in repr(Provider.at("postmark://token@"))
