"""Addresses and messages beyond ASCII, and those that are none."""

import pytest

from broadsheet.delivery.smtp import Envelope, Result
from harness.smtp_server import EVERYTHING, SmtpServer
from tests.delivery.smtp.conftest import MESSAGE, CountingFence, envelope, send

SEVEN_BITS = ["PIPELINING", "SIZE 1000000"]
EIGHT_BITS = [*SEVEN_BITS, "8BITMIME"]
UTF8 = [*EIGHT_BITS, "SMTPUTF8"]
RAW_BODY = "Subject: Briefing\r\n\r\nGuten Morgen, Jörg.\r\n".encode()
RAW_HEAD = "Subject: Für Jörg\r\n\r\nGuten Morgen.\r\n".encode()


def sent(*given: Envelope, extensions: list[str]) -> tuple[CountingFence, SmtpServer]:
    with SmtpServer(extensions=extensions) as server:
        return send(server, [*given, envelope(99)]), server


@pytest.mark.parametrize("extensions", [SEVEN_BITS, UTF8])
@pytest.mark.parametrize(
    ("address", "known_as"),
    [
        ("ada@bücher.example", "ada@xn--bcher-kva.example"),
        ("ada@BÜCHER.example", "ada@xn--bcher-kva.example"),
        ("ada@faß.example", "ada@xn--fa-hia.example"),
        ("ada@例え.テスト", "ada@xn--r8jz45g.xn--zckzah"),
        ("ada@xn--bcher-kva.example", "ada@xn--bcher-kva.example"),
    ],
)
def test_a_domain_is_told_as_dns_knows_it(address: str, known_as: str, extensions: list[str]) -> None:
    fence, server = sent(envelope(1, address), extensions=extensions)
    assert fence.results == {1: Result.SUBMITTED, 99: Result.SUBMITTED}
    assert server.taken[0].recipient == known_as
    assert "SMTPUTF8" not in server.heard[1]


def test_a_mailbox_beyond_ascii_goes_to_a_server_that_can() -> None:
    fence, server = sent(envelope(1, "jörg@bücher.example"), extensions=UTF8)
    assert fence.results[1] is Result.SUBMITTED
    assert server.taken[0].recipient == "jörg@xn--bcher-kva.example"
    assert server.heard[1].endswith(" SMTPUTF8")


@pytest.mark.parametrize("extensions", [SEVEN_BITS, EIGHT_BITS])
def test_a_mailbox_beyond_ascii_is_refused_where_the_server_can_not(extensions: list[str]) -> None:
    fence, server = sent(envelope(1, "jörg@bücher.example"), extensions=extensions)
    assert fence.results == {1: Result.REFUSED, 99: Result.SUBMITTED}
    assert fence.answers[1].enhanced == "5.6.7"
    assert len(server.taken) == 1


@pytest.mark.parametrize(
    ("message", "extensions", "options"),
    [
        (MESSAGE, UTF8, ""),
        (RAW_BODY, EIGHT_BITS, " BODY=8BITMIME"),
        (RAW_BODY, UTF8, " BODY=8BITMIME"),
        (RAW_HEAD, UTF8, " BODY=8BITMIME SMTPUTF8"),
    ],
)
def test_what_a_message_needs_is_asked_for(message: bytes, extensions: list[str], options: str) -> None:
    fence, server = sent(envelope(1, message=message), extensions=extensions)
    assert fence.results[1] is Result.SUBMITTED
    assert server.heard[1] == f"MAIL FROM:<bounces+1@magazine.example> SIZE={len(message)}{options}"
    assert server.taken[0].content == message


@pytest.mark.parametrize(("message", "extensions"), [(RAW_BODY, SEVEN_BITS), (RAW_HEAD, EIGHT_BITS)])
def test_what_a_server_can_not_carry_is_refused_unsent(message: bytes, extensions: list[str]) -> None:
    fence, server = sent(envelope(1, message=message), extensions=extensions)
    assert fence.results == {1: Result.REFUSED, 99: Result.SUBMITTED}
    assert len(server.taken) == 1


@pytest.mark.parametrize(
    "address",
    [
        "ada@reader.example>\r\nRCPT TO:<eve@crime.example",
        "ada@reader.example\r\nDATA",
        "ada@reader.example> SIZE=1",
        "ada\n@reader.example",
        "ada lovelace@reader.example",
        "ada@reader\u2028.example",
        "ada",
        "@reader.example",
        "ada@",
        "ada@" + "ü" * 70 + ".example",
    ],
)
@pytest.mark.parametrize("is_sender", [False, True])
def test_an_address_can_say_nothing_but_an_address(address: str, is_sender: bool) -> None:
    sender, recipient = (
        (address, "bob@reader.example") if is_sender else ("bounces@magazine.example", address)
    )
    fence, server = sent(Envelope(1, sender, recipient, MESSAGE), extensions=list(EVERYTHING))
    assert fence.results == {1: Result.REFUSED, 99: Result.SUBMITTED}
    assert [taken.recipient for taken in server.taken] == ["reader-99@reader.example"]
    assert not [command for command in server.heard if "eve" in command]


def test_nobody_is_no_recipient() -> None:
    fence, _server = sent(Envelope(1, "bounces@magazine.example", "", MESSAGE), extensions=list(EVERYTHING))
    assert fence.results == {1: Result.REFUSED, 99: Result.SUBMITTED}


def test_mail_that_must_not_come_back_has_no_sender() -> None:
    fence, server = sent(Envelope(1, "", "bob@reader.example", MESSAGE), extensions=list(EVERYTHING))
    assert fence.results[1] is Result.SUBMITTED
    assert server.taken[0].sender == ""
