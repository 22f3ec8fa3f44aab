"""What becomes of a message that the server says no to."""

from collections.abc import Sequence

import pytest

from broadsheet.delivery.smtp import Answer, Result, Unsendable
from harness.smtp_script import Act, Rule, Script, says
from harness.smtp_server import EVERYTHING, SmtpServer
from tests.delivery.smtp.conftest import CountingFence, envelope, envelopes, send

ONE_AT_A_TIME = ["SIZE 1000000"]
BOTH_WAYS = pytest.mark.parametrize("extensions", [EVERYTHING, ONE_AT_A_TIME], ids=["pipelined", "not"])


def tried(
    *rules: Rule, count: int = 3, extensions: Sequence[str] = EVERYTHING
) -> tuple[CountingFence, SmtpServer]:
    with SmtpServer(Script(rules), extensions) as server:
        return send(server, envelopes(count)), server


@BOTH_WAYS
def test_one_refused_recipient_harms_no_other(extensions: Sequence[str]) -> None:
    refuse = Rule("rcpt", says("550 5.1.1 No such user"), to="reader-2@")
    fence, server = tried(refuse, extensions=extensions)
    assert fence.results == {1: Result.SUBMITTED, 2: Result.REFUSED, 3: Result.SUBMITTED}
    assert fence.answers[2] == Answer(Result.REFUSED, 550, "5.1.1", "No such user")
    assert [taken.recipient for taken in server.taken] == [
        "reader-1@reader.example",
        "reader-3@reader.example",
    ]
    assert 2 not in fence.passed
    assert server.connections == 1


@BOTH_WAYS
@pytest.mark.parametrize("step", ["mail", "rcpt", "data"])
@pytest.mark.parametrize("key", [1, 2, 3])
def test_a_refusal_is_of_its_own_message_at_every_step(
    step: str, key: int, extensions: Sequence[str]
) -> None:
    refuse = Rule(step, says("554 5.7.1 Not that one"), after=key - 1, times=1)
    fence, server = tried(refuse, extensions=extensions)
    assert [each for each, result in fence.results.items() if result is Result.REFUSED] == [key]
    assert len(server.taken) == 2
    assert server.connections == 1


def test_a_message_wanted_though_its_recipient_was_refused_is_ended_empty() -> None:
    fence, server = tried(
        Rule("rcpt", says("550 5.1.1 No such user"), times=1), Rule("data", says("354 Go ahead"), times=1)
    )
    assert fence.results == {1: Result.REFUSED, 2: Result.SUBMITTED, 3: Result.SUBMITTED}
    assert [taken.recipient for taken in server.taken] == [
        "reader-2@reader.example",
        "reader-3@reader.example",
    ]
    assert server.connections == 1


def test_a_recipient_accepted_without_a_sender_gets_no_empty_message() -> None:
    # It says no to MAIL, and still yes to all that came with it.
    fence, server = tried(Rule("mail", Act("550 5.7.1 Not from you", takes=True), times=1))
    assert fence.results == {1: Result.REFUSED, 2: Result.SUBMITTED, 3: Result.SUBMITTED}
    assert [taken.recipient for taken in server.taken] == [
        "reader-2@reader.example",
        "reader-3@reader.example",
    ]


@pytest.mark.parametrize(
    ("reply", "result"),
    [
        ("250 Ok", Result.SUBMITTED),
        ("450 4.2.0 Greylisted", Result.DEFERRED),
        ("451 4.3.0 Try again later", Result.DEFERRED),
        ("452 4.3.1 Disk full", Result.DEFERRED),
        ("550 5.7.1 Spam", Result.REFUSED),
        ("354 What?", Result.UNKNOWN),
    ],
)
def test_the_answer_to_the_dot_decides(reply: str, result: Result) -> None:
    fence, _server = tried(Rule("dot", says(reply), times=1))
    assert fence.results == {1: result, 2: Result.SUBMITTED, 3: Result.SUBMITTED}
    assert fence.answers[1].code == int(reply[:3])


def test_greylisting_is_the_servers_own_words() -> None:
    fence, _server = tried(Rule("rcpt", says("451 4.7.1 Greylisted, come back in 300 seconds")), count=1)
    assert fence.answers[1] == Answer(Result.DEFERRED, 451, "4.7.1", "Greylisted, come back in 300 seconds")
    assert fence.passed == []


@pytest.mark.parametrize("step", ["mail", "rcpt", "data"])
@BOTH_WAYS
def test_421_opens_another_connection_for_the_same_message(step: str, extensions: Sequence[str]) -> None:
    goodbye = Rule(step, says("421 4.3.2 Closing", then="close"), after=1, times=1)
    fence, server = tried(goodbye, extensions=extensions)
    assert set(fence.results.values()) == {Result.SUBMITTED}
    assert len(server.taken) == 3
    assert server.connections == 2


def test_421_to_a_dot_defers_that_message_and_opens_another_connection_for_the_next() -> None:
    fence, server = tried(Rule("dot", says("421 4.3.2 Closing", then="close"), times=1))
    assert fence.results == {1: Result.DEFERRED, 2: Result.SUBMITTED, 3: Result.SUBMITTED}
    assert len(server.taken) == 2
    assert server.connections == 2


def test_421_each_time_defers_the_message_in_the_servers_words() -> None:
    fence, _server = tried(Rule("rcpt", says("421 4.7.0 Too busy", then="close"), to="reader-1@"), count=2)
    assert fence.results == {1: Result.DEFERRED, 2: Result.SUBMITTED}
    assert fence.answers[1].words == "Too busy"
    assert fence.answers[1].code == 421


@pytest.mark.parametrize("reply", ["452 4.5.3 Too many recipients", "452 Too many recipients"])
def test_too_many_recipients_opens_another_connection(reply: str) -> None:
    two_each = Rule("rcpt", says(reply), after=2, per_connection=True)
    fence, server = tried(two_each, count=6)
    assert set(fence.results.values()) == {Result.SUBMITTED}
    assert len(server.taken) == 6
    assert server.connections == 3


def test_too_many_recipients_at_the_first_one_defers() -> None:
    fence, server = tried(Rule("rcpt", says("452 4.5.3 Too many recipients")), count=1)
    assert fence.results == {1: Result.DEFERRED}
    assert server.connections == 1


def test_a_full_mailbox_opens_no_other_connection() -> None:
    fence, server = tried(Rule("rcpt", says("452 4.2.2 Mailbox full"), after=1, times=1))
    assert fence.results == {1: Result.SUBMITTED, 2: Result.DEFERRED, 3: Result.SUBMITTED}
    assert server.connections == 1


def test_a_message_larger_than_the_server_takes_is_not_begun() -> None:
    large = b"Subject: x\r\n\r\n" + b"x" * 70 * 100
    with SmtpServer(extensions=["PIPELINING", "SIZE 5000"]) as server:
        fence = send(server, [envelope(1, message=large), envelope(2)])
    assert fence.results == {1: Result.REFUSED, 2: Result.SUBMITTED}
    assert fence.answers[1].enhanced == "5.3.4"
    assert len(server.taken) == 1
    assert not [command for command in server.heard if "reader-1" in command]


def test_a_message_that_can_not_be_built_is_refused_and_no_other() -> None:
    def build() -> bytes:
        raise Unsendable(554, "5.6.0", "A token is missing.")

    with SmtpServer() as server:
        fence = send(server, [envelope(1), envelope(2, message=build), envelope(3)])
    assert fence.results == {1: Result.SUBMITTED, 2: Result.REFUSED, 3: Result.SUBMITTED}
    assert fence.answers[2].words == "A token is missing."
    assert server.connections == 1


def test_the_size_is_declared_where_it_is_asked_for() -> None:
    with SmtpServer() as server:
        send(server, envelopes(1))
    with SmtpServer(extensions=["PIPELINING"]) as other:
        send(other, envelopes(1))
    assert server.heard[1] == f"MAIL FROM:<bounces+1@magazine.example> SIZE={len(server.taken[0].content)}"
    assert other.heard[1] == "MAIL FROM:<bounces+1@magazine.example>"


def test_an_answer_of_several_lines_is_kept_as_one() -> None:
    lines = "550 5.7.1 Your message\n550 5.7.1 looks like spam;\n550 5.7.1 see our\tpage"
    fence, _server = tried(Rule("dot", says(lines), times=1))
    assert fence.answers[1] == Answer(
        Result.REFUSED, 550, "5.7.1", "Your message looks like spam; see our page"
    )


def test_long_words_are_cut() -> None:
    fence, _server = tried(Rule("dot", says("550 5.7.1 " + "spam " * 300), times=1))
    assert len(fence.answers[1].words) == 500


def test_words_that_are_no_utf8_are_kept_as_far_as_they_can_be() -> None:
    fence, _server = tried(Rule("rcpt", says("550 Boîte pleine \x07"), times=1))
    assert fence.answers[1].words == "Boîte pleine"


def test_a_no_in_the_middle_of_the_message_is_taken_for_its_answer() -> None:
    large = b"Subject: x\r\n\r\n" + b"many lines\r\n" * 3_000_000
    stop = Rule("content", says("552 5.3.4 Enough", then="close"), times=1)
    with SmtpServer(Script((stop,)), ["PIPELINING"]) as server:
        fence = send(server, [envelope(1, message=large), envelope(2)])
    assert fence.results == {1: Result.REFUSED, 2: Result.SUBMITTED}
    assert fence.answers[1].words == "Enough"
    assert fence.passed == [2]
    assert len(server.taken) == 1
