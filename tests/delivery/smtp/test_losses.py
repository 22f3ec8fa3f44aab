"""Servers that fall silent, talk nonsense or go away; and senders that have to stop."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import replace

import pytest

from broadsheet.delivery.smtp import Envelope, Relay, Result, Security, Timeouts, Unreachable, deliver
from harness.ports import free_port
from harness.smtp_script import Act, Rule, Script, closes, half, resets, says, stalls
from harness.smtp_server import EVERYTHING, SmtpServer
from tests.delivery.smtp.conftest import HASTE, CountingFence, envelope, envelopes, relay_of, send

BOTH_WAYS = pytest.mark.parametrize("extensions", [EVERYTHING, ["SIZE 100000000"]], ids=["pipelined", "not"])
SHORT = Timeouts(connecting=20, greeting=1, command=1, data=1, content=20, dot=1, idle=0.3)
SHORT_IN_THE_MIDDLE = replace(HASTE, content=1)
LARGE = b"Subject: x\r\n\r\n" + b"many lines\r\n" * 2_000_000


def tried(
    *rules: Rule, count: int = 3, timeouts: Timeouts = HASTE, extensions: Sequence[str] = EVERYTHING
) -> tuple[CountingFence, SmtpServer]:
    with SmtpServer(Script(rules), extensions) as server:
        return send(server, envelopes(count), relay=relay_of(server, timeouts)), server


@BOTH_WAYS
@pytest.mark.parametrize(
    "act",
    [
        closes(),
        closes(takes=True),
        resets(),
        resets(takes=True),
        half(2),
        half(6),
        half(14, takes=False),
        Act("250-2.0.0 Taken, and", end="close", takes=True),
        Act("Taken!", takes=True),
        Act("25 Taken", takes=True),
        Act("999 Taken", takes=True),
    ],
)
def test_a_server_that_goes_between_dot_and_answer_leaves_it_unknown(
    act: Act, extensions: Sequence[str]
) -> None:
    fence, server = tried(Rule("dot", act, after=1, times=1), extensions=extensions)
    assert fence.results == {1: Result.SUBMITTED, 2: Result.UNKNOWN, 3: Result.SUBMITTED}
    # It is never sent again: the server has it once, or not.
    assert len(server.to("reader-2@reader.example")) == bool(act.takes)
    assert len(server.taken) == 2 + bool(act.takes)
    assert fence.answers[2].words


@BOTH_WAYS
def test_a_dot_that_is_not_answered_in_time_is_unknown(extensions: Sequence[str]) -> None:
    fence, server = tried(Rule("dot", stalls(4, takes=True), times=1), timeouts=SHORT, extensions=extensions)
    assert fence.results == {1: Result.UNKNOWN, 2: Result.SUBMITTED, 3: Result.SUBMITTED}
    assert len(server.to("reader-1@reader.example")) == 1


@BOTH_WAYS
@pytest.mark.parametrize("step", ["mail", "rcpt", "data"])
@pytest.mark.parametrize("act", [closes(), resets(), half(3), stalls(4), says("What?")])
def test_what_is_lost_before_its_dot_is_sent_over_another_connection(
    step: str, act: Act, extensions: Sequence[str]
) -> None:
    timeouts = SHORT if act.waits else HASTE
    fence, server = tried(Rule(step, act, after=1, times=1), timeouts=timeouts, extensions=extensions)
    assert set(fence.results.values()) == {Result.SUBMITTED}
    assert sorted(taken.recipient for taken in server.taken) == [
        f"reader-{key}@reader.example" for key in (1, 2, 3)
    ]
    assert server.connections == 2


@pytest.mark.parametrize("act", [closes(), resets(), stalls(4)])
def test_what_is_lost_in_its_middle_is_sent_over_another_connection(act: Act) -> None:
    with SmtpServer(Script((Rule("content", act, times=1),))) as server:
        given = [envelope(1, message=LARGE), envelope(2)]
        fence = send(server, given, relay=relay_of(server, SHORT_IN_THE_MIDDLE))
    assert fence.results == {1: Result.SUBMITTED, 2: Result.SUBMITTED}
    assert len(server.to("reader-1@reader.example")) == 1
    assert fence.passed.count(1) == 1


@pytest.mark.parametrize("step", ["greeting", "ehlo"])
@pytest.mark.parametrize(
    "act", [closes(), resets(), half(3), stalls(4), says("What?"), says("554 5.7.1 Go away")]
)
def test_a_server_that_lets_nobody_in_is_unreachable(step: str, act: Act) -> None:
    fence = CountingFence()
    rules = (Rule(step, act), Rule("helo", says("554 Go away")))
    with SmtpServer(Script(rules)) as server, pytest.raises(Unreachable):
        send(server, envelopes(1), fence, relay=relay_of(server, SHORT if act.waits else HASTE))
    assert fence.results == {1: Result.UNSENT}
    assert server.taken == []


def test_without_a_server_everything_taken_is_unsent() -> None:
    fence = CountingFence()
    relay = Relay("127.0.0.1", free_port(), Security.NONE, timeouts=HASTE)
    drawn = []

    def counted() -> Iterator[Envelope]:
        for each in envelopes(1000):
            drawn.append(each.key)
            yield each

    with pytest.raises(Unreachable, match=str(relay.port)):
        asyncio.run(deliver(relay, counted(), fence, connections=4))
    assert set(fence.results.values()) == {Result.UNSENT}
    assert list(fence.results) == drawn
    assert len(drawn) < 100


def test_a_server_that_takes_few_connections_gets_all_over_those() -> None:
    crowded = Rule("greeting", says("421 4.7.0 Too many connections", then="close"), after=2, times=6)
    with SmtpServer(Script((crowded,))) as server:
        fence = send(server, envelopes(60), connections=8)
    assert set(fence.results.values()) == {Result.SUBMITTED}
    assert len(server.taken) == len(fence.answers) == 60


def test_a_message_that_loses_every_connection_is_given_up() -> None:
    poison = Rule("content", resets(), to="reader-2@")
    with SmtpServer(Script((poison,))) as server:
        fence = send(server, [envelope(1), envelope(2, message=LARGE), envelope(3)])
    assert fence.results == {1: Result.SUBMITTED, 2: Result.DEFERRED, 3: Result.SUBMITTED}
    assert 2 not in fence.passed


def test_a_server_that_comes_and_goes_gets_each_message_at_most_once() -> None:
    steps = ("mail", "rcpt", "data", "content", "dot")
    rules = [Rule(step, act, chance=0.05) for step in steps for act in (closes(takes=True), resets())]
    with SmtpServer(Script(tuple(rules), seed=7)) as server:
        fence = send(server, envelopes(300), connections=5)
    arrived = [taken.recipient for taken in server.taken]
    assert len(arrived) == len(set(arrived))
    assert len(fence.answers) == 300
    submitted = {
        f"reader-{key}@reader.example" for key, result in fence.results.items() if result is Result.SUBMITTED
    }
    unknown = {
        f"reader-{key}@reader.example" for key, result in fence.results.items() if result is Result.UNKNOWN
    }
    assert submitted <= set(arrived) <= submitted | unknown
    assert unknown


def test_a_reply_without_end_is_not_listened_to() -> None:
    endless = "\n".join(["250 and so on"] * 20_000)
    fence, server = tried(Rule("rcpt", says(endless), times=1))
    assert set(fence.results.values()) == {Result.SUBMITTED}
    assert server.connections == 2


def test_replies_that_nobody_asked_for_are_not_taken_for_answers() -> None:
    # Two to one command: the second would be the answer to the dot.
    twice = Rule("data", Act("354 Go ahead\r\n250 2.0.0 Taken"), times=1)
    fence, server = tried(twice)
    assert set(fence.results.values()) == {Result.SUBMITTED}
    assert sorted(taken.recipient for taken in server.taken) == [
        f"reader-{key}@reader.example" for key in (1, 2, 3)
    ]


# The fence


def test_a_sealed_message_never_leaves_and_the_others_do() -> None:
    fence = CountingFence(sealed={2, 5, 6})
    with SmtpServer() as server:
        send(server, envelopes(8), fence)
    assert sorted(taken.recipient for taken in server.taken) == [
        f"reader-{key}@reader.example" for key in (1, 3, 4, 7, 8)
    ]
    assert fence.results == dict.fromkeys((1, 3, 4, 7, 8), Result.SUBMITTED)


def test_a_fence_that_breaks_ends_the_delivery_before_the_dot() -> None:
    def fail(key: int) -> None:
        if key == 3:
            raise OSError("No space left on device")

    fence = CountingFence(at_dot=fail)
    with SmtpServer() as server, pytest.raises(OSError, match="No space left"):
        send(server, envelopes(100), fence, connections=2)
    arrived = {taken.recipient for taken in server.taken}
    assert "reader-3@reader.example" not in arrived
    assert fence.results[3] is Result.UNSENT
    assert arrived == {
        f"reader-{key}@reader.example" for key, result in fence.results.items() if result is Result.SUBMITTED
    }


def test_an_iterator_that_breaks_ends_the_delivery_with_every_message_answered() -> None:
    async def broken() -> AsyncIterator[Envelope]:
        for each in envelopes(5):
            yield each
        raise LookupError("the database is away")

    fence = CountingFence()
    with SmtpServer() as server, pytest.raises(LookupError):
        send(server, broken(), fence)
    assert len(fence.answers) == 5
    submitted = [key for key, result in fence.results.items() if result is Result.SUBMITTED]
    assert len(server.taken) == len(submitted)


# Stopping


def stopped_at(act: Rule, when: str, connections: int = 1) -> tuple[CountingFence, SmtpServer]:
    """Sends, and stops once the server has heard `when`."""
    fence = CountingFence()

    async def run(server: SmtpServer) -> None:
        stop = asyncio.Event()
        given = envelopes(200)
        sending = asyncio.ensure_future(
            deliver(relay_of(server), given, fence, connections=connections, stop=stop)
        )
        while not any(when in heard for heard in server.heard):
            await asyncio.sleep(0.005)
        stop.set()
        async with asyncio.timeout(20):
            await sending

    with SmtpServer(Script((act,))) as server:
        asyncio.run(run(server))
    return fence, server


@pytest.mark.parametrize("connections", [1, 4])
def test_stopped_at_a_dot_it_waits_for_the_answer_and_sends_no_more(connections: int) -> None:
    slow = Rule("dot", stalls(0.1))
    fence, server = stopped_at(slow, "reader-20@", connections)
    submitted = [key for key, result in fence.results.items() if result is Result.SUBMITTED]
    assert set(fence.results.values()) == {Result.SUBMITTED, Result.UNSENT}
    assert len(server.taken) == len(submitted) == len(fence.passed)
    assert len(submitted) < 40


def test_stopped_before_a_dot_it_does_not_wait_for_a_slow_server() -> None:
    fence, server = stopped_at(Rule("rcpt", stalls(), after=2), "reader-3@")
    assert [key for key, result in fence.results.items() if result is Result.SUBMITTED] == [1, 2]
    assert fence.results[3] is Result.UNSENT
    assert fence.passed == [1, 2]
    assert len(server.taken) == 2


def test_stopped_while_it_waits_for_letters_it_ends() -> None:
    fence = CountingFence()

    async def letters() -> AsyncIterator[Envelope]:
        yield envelope(1)
        await asyncio.sleep(3600)

    async def run(server: SmtpServer) -> None:
        stop = asyncio.Event()
        sending = asyncio.ensure_future(deliver(relay_of(server), letters(), fence, connections=2, stop=stop))
        while not fence.answers:
            await asyncio.sleep(0.005)
        stop.set()
        async with asyncio.timeout(20):
            await sending

    with SmtpServer() as server:
        asyncio.run(run(server))
    assert fence.results == {1: Result.SUBMITTED}


def test_cancelled_it_leaves_without_an_answer_only_what_was_past_its_dot() -> None:
    fence = CountingFence()

    async def run(server: SmtpServer) -> None:
        sending = asyncio.ensure_future(deliver(relay_of(server), envelopes(3), fence, connections=1))
        while not fence.passed:
            await asyncio.sleep(0.005)
        sending.cancel()
        with pytest.raises(asyncio.CancelledError):
            await sending

    with SmtpServer(Script((Rule("dot", stalls()),))) as server:
        asyncio.run(run(server))
    assert fence.passed == [1]
    assert 1 not in fence.answers
