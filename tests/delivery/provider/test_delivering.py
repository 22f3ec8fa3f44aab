"""Messages handed to a provider’s API, and what its answers come to."""

import asyncio
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from typing import Any

import pytest
from pytest_django import Settings

from broadsheet.delivery.provider import Provider
from broadsheet.delivery.provider.delivering import deliver
from broadsheet.delivery.smtp import Answer, Envelope, Result, Sealed, Unreachable, Unsendable
from harness.ports import free_port
from tests.delivery.provider.api import HANG_UP, Api, served

SENDER = "bounces+7-abcdefghijklmnop@meridian.example"


class Ledger:
    """A fence that writes down whom it let pass and what they were answered."""

    def __init__(self, *sealed: int) -> None:
        self.sealed = sealed
        self.passed: list[int] = []
        self.answers: dict[int, Answer] = {}

    def before_dot(self, key: int) -> None:
        if key in self.sealed:
            raise Sealed
        self.passed.append(key)

    def after(self, key: int, answer: Answer) -> None:
        assert key not in self.answers
        self.answers[key] = answer

    @property
    def results(self) -> list[Result]:
        return [answer.result for _key, answer in sorted(self.answers.items())]


@pytest.fixture
def api() -> Iterator[Api]:
    with served() as api:
        yield api


@pytest.fixture
def reach(settings: Settings) -> Callable[[str], Provider]:
    def reach(url: str) -> Provider:
        provider = Provider.at(url)
        settings.ANYMAIL = provider.for_anymail("")
        return provider

    return reach


@pytest.fixture
def postmark(api: Api, reach: Callable[[str], Provider]) -> Provider:
    return reach(f"postmark://token@?at={api.url}")


def letter(subject: str = "Tuesday – naïve", **headers: str) -> bytes:
    message = EmailMessage()
    message["From"], message["To"] = "The Meridian <letters@meridian.example>", "Ada <ada@reader.example>"
    message["Subject"] = subject
    message["Message-ID"] = "<ours@meridian.example>"
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content("Good morning.\n.dot")
    message.add_alternative("<p>Good morning.</p>", subtype="html")
    return message.as_bytes()


def envelopes(count: int = 1, **headers: str) -> list[Envelope]:
    content = letter(**headers)
    return [Envelope(key, SENDER, f"reader-{key}@reader.example", content) for key in range(count)]


def send(provider: Provider, envelopes: list[Envelope], ledger: Ledger, **options: Any) -> None:
    asyncio.run(deliver(provider, envelopes, ledger, **options))


def test_each_message_is_handed_over_once_to_its_own_address(postmark: Provider, api: Api) -> None:
    ledger = Ledger()
    send(postmark, envelopes(30), ledger, connections=5)
    assert ledger.results == [Result.SUBMITTED] * 30
    assert sorted(ledger.passed) == list(range(30))
    assert {message["To"] for message in api.taken} == {f"reader-{n}@reader.example" for n in range(30)}
    assert len(api.taken) == 30


def test_all_of_a_message_arrives_and_what_is_told_of_it_comes_with_it(postmark: Provider, api: Api) -> None:
    headers = {"List_Unsubscribe": "<https://meridian.example/leave/x>", "DKIM_Signature": "v=1"}
    send(postmark, envelopes(**headers), Ledger())
    (taken,) = api.taken
    assert taken["From"] == "The Meridian <letters@meridian.example>"
    assert taken["Subject"] == "Tuesday – naïve"
    assert taken["TextBody"].splitlines() == ["Good morning.", ".dot"]
    assert taken["HtmlBody"].strip() == "<p>Good morning.</p>"
    assert taken["Headers"] == [{"Name": "List-Unsubscribe", "Value": "<https://meridian.example/leave/x>"}]
    assert taken["Metadata"] == {"return-path": SENDER}
    assert (taken["TrackOpens"], taken["TrackLinks"]) == (False, "None")
    assert taken["_headers"]["X-Postmark-Server-Token"] == "token"


@pytest.mark.parametrize(
    ("url", "field"),
    [
        ("mailgun://key@meridian.example?at={}", "to"),
        ("brevo://key@?at={}", "to"),
        ("resend://key@?at={}", "to"),
    ],
)
def test_other_providers_take_it_in_their_own_words(
    api: Api, reach: Callable[[str], Provider], url: str, field: str
) -> None:
    ledger = Ledger()
    send(reach(url.format(api.url)), envelopes(), ledger)
    assert ledger.results == [Result.SUBMITTED], ledger.answers
    assert "reader-0@reader.example" in str(api.taken[0][field])
    assert SENDER in str(api.taken[0])


@pytest.mark.parametrize(
    ("status", "said", "result"),
    [
        (422, {"ErrorCode": 300, "Message": "Invalid email"}, Result.REFUSED),
        (413, {"Message": "Too large"}, Result.REFUSED),
    ],
)
def test_what_it_refuses_is_refused_in_its_own_words(
    postmark: Provider, api: Api, status: int, said: dict[str, Any], result: Result
) -> None:
    api.answers = [(status, said)]
    ledger = Ledger()
    send(postmark, envelopes(3), ledger, connections=1)
    assert ledger.results == [result, Result.SUBMITTED, Result.SUBMITTED]
    assert said["Message"] in ledger.answers[0].words
    assert ledger.answers[0].code == status


def test_an_address_that_it_keeps_nothing_for_is_refused(postmark: Provider, api: Api) -> None:
    api.answers = [
        (
            422,
            {
                "ErrorCode": 406,
                "Message": "Found inactive addresses: reader-0@reader.example. Inactive recipients are",
            },
        )
    ]
    ledger = Ledger()
    send(postmark, envelopes(), ledger)
    assert ledger.results == [Result.REFUSED]
    assert "inactive" in ledger.answers[0].words


@pytest.mark.parametrize("status", [401, 403, 429])
def test_where_it_takes_none_now_nothing_counts_as_sent(postmark: Provider, api: Api, status: int) -> None:
    api.answers = [(status, {"Message": "Not now"})] * 50
    ledger = Ledger()
    with pytest.raises(Unreachable, match="Not now"):
        send(postmark, envelopes(50), ledger, connections=4)
    assert set(ledger.results) == {Result.UNSENT}
    # Nobody went on asking.
    assert len(ledger.passed) <= 4


@pytest.mark.parametrize("status", [HANG_UP, 500, 502, 504])
def test_what_broke_after_it_was_handed_over_is_unknown_and_the_rest_is_kept(
    postmark: Provider, api: Api, status: int
) -> None:
    api.answers = [(status, {"Message": "Oh"})] * 50
    ledger = Ledger()
    with pytest.raises(Unreachable):
        send(postmark, envelopes(50), ledger, connections=4)
    unknown = [key for key, answer in ledger.answers.items() if answer.result is Result.UNKNOWN]
    assert sorted(unknown) == sorted(ledger.passed)
    assert 1 <= len(unknown) <= 4
    assert set(ledger.results) == {Result.UNKNOWN, Result.UNSENT}


def test_where_nobody_listens_nothing_was_sent(reach: Callable[[str], Provider]) -> None:
    ledger = Ledger()
    with pytest.raises(Unreachable):
        send(reach(f"postmark://token@?at=http://127.0.0.1:{free_port()}/"), envelopes(5), ledger)
    assert set(ledger.results) == {Result.UNSENT}


@pytest.mark.parametrize(
    "said", [{"surprise": True}, {"ErrorCode": 0, "MessageID": "1", "Message": "OK", "To": "?"}]
)
def test_an_answer_that_nobody_understands_may_mean_that_it_was_taken(
    postmark: Provider, api: Api, said: dict[str, Any]
) -> None:
    api.answers = [(200, said)]
    ledger = Ledger()
    send(postmark, envelopes(2), ledger, connections=1)
    assert ledger.results == [Result.UNKNOWN, Result.SUBMITTED]


def test_a_sealed_message_is_not_handed_over(postmark: Provider, api: Api) -> None:
    ledger = Ledger(1)
    send(postmark, envelopes(3), ledger)
    assert sorted(ledger.answers) == [0, 2]
    assert "reader-1@reader.example" not in {message["To"] for message in api.taken}


def test_once_it_is_to_stop_nothing_more_is_handed_over(postmark: Provider, api: Api) -> None:
    ledger = Ledger()

    async def stopped() -> None:
        stop = asyncio.Event()

        async def endless() -> Any:
            key = 0
            while True:
                yield Envelope(key, SENDER, f"reader-{key}@reader.example", letter())
                key += 1
                if len(api.taken) >= 3:
                    stop.set()
                await asyncio.sleep(0)

        await deliver(postmark, endless(), ledger, connections=2, stop=stop)

    asyncio.run(asyncio.wait_for(stopped(), 20))
    submitted = [answer for answer in ledger.answers.values() if answer.result is Result.SUBMITTED]
    assert len(submitted) == len(api.taken) == len(ledger.passed)
    assert set(ledger.results) <= {Result.SUBMITTED, Result.UNSENT}


def test_a_message_that_cannot_be_made_is_refused_by_itself(postmark: Provider, api: Api) -> None:
    def unsendable() -> bytes:
        raise Unsendable(554, "5.6.0", "No name for this reader")

    ledger = Ledger()
    broken = Envelope(9, SENDER, "ada@reader.example", unsendable)
    send(postmark, [broken, *envelopes(2)], ledger, connections=1)
    assert ledger.answers[9].result is Result.REFUSED
    assert len(api.taken) == 2
    assert 9 not in ledger.passed


def test_what_an_envelope_raises_ends_it(postmark: Provider, api: Api) -> None:
    def broken() -> bytes:
        raise LookupError("no token")

    with pytest.raises(LookupError, match="no token"):
        send(postmark, [Envelope(1, SENDER, "ada@reader.example", broken)], Ledger())
    assert api.taken == []


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("pigeon://key@", "it must begin with brevo:// or mailgun://"),
        ("postmark://", "Postmark needs server_token"),
        ("mailgun://key@", "Mailgun needs api_key, sender_domain"),
        ("mailjet://key@", "Mailjet needs api_key, secret_key"),
    ],
)
def test_an_address_of_a_provider_that_cannot_be_is_refused(url: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        Provider.at(url)


def test_a_message_that_cannot_be_taken_apart_is_refused_alone(postmark: Provider, api: Api) -> None:
    def unknown() -> bytes:
        head = b"From: letters@meridian.example\r\nSubject: x\r\nMIME-Version: 1.0\r\n"
        part = b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: message/rfc822\r\n"
        return head + part + b"Content-Transfer-Encoding: base64\r\n\r\n!!!!\r\n--x--\r\n"

    def odd() -> bytes:
        head = b"From: letters@meridian.example\r\nSubject: x\r\nMIME-Version: 1.0\r\n"
        return head + b"Content-Type: text/plain; charset=x-unknown\r\n\r\nHello\r\n"

    ledger = Ledger()
    odd_one = Envelope(1, SENDER, "ada@reader.example", odd)
    send(postmark, [odd_one, Envelope(2, SENDER, "bruno@reader.example", unknown)], ledger)
    assert ledger.answers.keys() == {1, 2}
    assert ledger.answers[1].result is Result.SUBMITTED
    texts = {message["To"]: message["TextBody"].strip() for message in api.taken}
    assert texts["ada@reader.example"] == "Hello"
