"""Mail to the contact address that a provider takes in for us and posts."""

import hashlib
import hmac
import json
import time
from base64 import b64encode
from typing import Any
from urllib.parse import urlencode

import pytest
from django.http import HttpResponse
from django.test import Client
from pytest_django import Settings

from broadsheet.contact.models import Conversation, Message, State
from broadsheet.contact.threads import address_of
from broadsheet.delivery.models import Bounce
from broadsheet.delivery.provider import Provider

SECRET = "a-word-between-the-two"
QUESTION = """\
From: Ada Brandt <ada@reader.example>
To: Questions <contact@magazine.example>
Subject: Wo ist meine Zeitung?
Message-ID: <one@reader.example>
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit

Sie kam gestern nicht. Gr\u00fc\u00dfe
"""

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _mail_comes_in(settings: Settings, magazine: Any) -> None:
    settings.CONTACT_ADDRESS = "contact@magazine.example"


def configure(settings: Settings, url: str, secret: str = SECRET) -> None:
    settings.MAIL_PROVIDER = Provider.at(url)
    settings.INTAKE_SECRET = secret
    settings.ANYMAIL = settings.MAIL_PROVIDER.for_anymail(secret)


def post(provider: str, said: Any, secret: str = SECRET, **more: Any) -> HttpResponse:
    headers = {"Accept": "application/json"}
    if secret:
        headers["Authorization"] = f"Basic {b64encode(f'post:{secret}'.encode()).decode()}"
    if "content_type" not in more:
        said, more["content_type"] = json.dumps(said), "application/json"
    client = Client(enforce_csrf_checks=True)
    return client.post(f"/post/arriving/{provider}/", said, headers=headers, **more)


def by_postmark(raw: str = QUESTION, to: str = "contact@magazine.example") -> dict[str, Any]:
    return {"MessageID": "1", "OriginalRecipient": to, "RawEmail": raw, "Headers": []}


@pytest.fixture
def postmark(settings: Settings) -> None:
    configure(settings, "postmark://token@")


def test_a_question_becomes_a_conversation_once(postmark: None) -> None:
    for _time in range(2):
        assert post("postmark", by_postmark()).status_code == 200
    message = Message.objects.get()
    assert message.email == "ada@reader.example"
    assert "Gr\u00fc\u00dfe" in message.text
    assert message.conversation.subject == "Wo ist meine Zeitung?"


def test_an_answer_finds_its_conversation_by_the_address_in_the_envelope(postmark: None) -> None:
    post("postmark", by_postmark())
    first = Conversation.objects.get()
    more = QUESTION.replace("<one@", "<two@").replace("Wo ist", "Immer noch nicht:")
    assert post("postmark", by_postmark(more, address_of(first.pk))).status_code == 200
    assert Conversation.objects.get().messages.count() == 2


def test_a_message_in_parts_brings_its_files(postmark: None) -> None:
    parsed = {
        "MessageID": "2",
        "OriginalRecipient": "contact@magazine.example",
        "FromFull": {"Email": "ada@reader.example", "Name": "Ada"},
        "ToFull": [{"Email": "contact@magazine.example", "Name": ""}],
        "Subject": "A letter",
        "TextBody": "Gr\u00fc\u00dfe",
        "Headers": [{"Name": "Message-ID", "Value": "<three@reader.example>"}],
        "Attachments": [
            {
                "Name": "letter.pdf",
                "ContentType": "application/pdf",
                "Content": b64encode(b"%PDF-1.7 and so on").decode(),
            }
        ],
    }
    assert post("postmark", parsed).status_code == 200
    (file,) = Message.objects.get().attachments.all()
    assert (file.name, file.why_not, bytes(file.content)) == ("letter.pdf", "", b"%PDF-1.7 and so on")


def test_what_the_provider_takes_for_spam_is_spam(postmark: None) -> None:
    post("postmark", by_postmark(f"X-Spam-Status: Yes\n{QUESTION}"))
    assert Conversation.objects.get().state == State.SPAM


def test_mailgun_signs_what_it_posts(settings: Settings) -> None:
    configure(settings, "mailgun://key@magazine.example?signing-key=signs")
    at, token = str(int(time.time())), "t" * 50
    signature = hmac.new(b"signs", f"{at}{token}".encode(), hashlib.sha256).hexdigest()
    said = {
        "timestamp": at,
        "token": token,
        "signature": signature,
        "sender": "ada@reader.example",
        "recipient": "contact@magazine.example",
        "body-mime": QUESTION,
    }
    kind = {"content_type": "application/x-www-form-urlencoded"}
    assert post("mailgun", urlencode(said | {"signature": "0" * 64}), **kind).status_code == 403
    assert not Conversation.objects.exists()
    assert post("mailgun", urlencode(said), **kind).status_code == 200
    assert Conversation.objects.get().email == "ada@reader.example"


@pytest.mark.parametrize("secret", ["", "another-word"])
def test_nothing_without_the_secret_is_taken_in(postmark: None, secret: str) -> None:
    assert post("postmark", by_postmark(), secret).status_code == 403
    assert not Conversation.objects.exists()


def test_without_a_secret_of_ours_nothing_is_taken_in(settings: Settings) -> None:
    configure(settings, "postmark://token@", secret="")
    assert post("postmark", by_postmark(), secret="").status_code == 403
    assert not Conversation.objects.exists()


def test_no_other_provider_has_an_address_here(postmark: None, settings: Settings) -> None:
    assert post("mailgun", {}).status_code == 404
    configure(settings, "resend://key@")
    assert post("resend", {}).status_code == 404
    settings.MAIL_PROVIDER = None
    assert post("postmark", by_postmark()).status_code == 404


def test_what_belongs_to_the_other_address_is_refused(postmark: None) -> None:
    assert post("postmark", {"RecordType": "Bounce"}).status_code == 400
    assert not Conversation.objects.exists()


def test_a_loop_waits_at_the_provider(postmark: None) -> None:
    for number in range(30):
        post("postmark", by_postmark(QUESTION.replace("<one@", f"<n{number}@")))
    assert post("postmark", by_postmark()).status_code == 503
    assert Message.objects.count() == 30


def test_a_mailbox_that_is_forwarded_to_the_provider_is_known_by_its_header(postmark: None) -> None:
    assert post("postmark", by_postmark(to="0a1b2c@inbound.postmark.example")).status_code == 200
    assert Conversation.objects.exists()


def test_what_is_for_nobody_here_is_passed_over(postmark: None) -> None:
    other = QUESTION.replace("contact@", "nobody@")
    assert post("postmark", by_postmark(other, "nobody@magazine.example")).status_code == 200
    assert not Conversation.objects.exists()
    assert not Bounce.objects.exists()
