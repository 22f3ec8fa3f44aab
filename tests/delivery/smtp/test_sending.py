"""What arrives, with servers that can more and less."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from broadsheet.delivery.smtp import Envelope, Relay, Result, deliver
from harness.smtp_script import Act, Rule, Script, closes, says
from harness.smtp_server import SmtpServer, read, serving
from tests.delivery.smtp.conftest import MESSAGE, CountingFence, envelope, envelopes, send

HELD_BACK = Act(held_back=True)


def test_every_message_arrives_once_over_several_connections() -> None:
    with SmtpServer() as server:
        fence = send(server, envelopes(200), connections=4)
    assert set(fence.results.values()) == {Result.SUBMITTED}
    assert len(fence.results) == 200
    assert sorted(taken.recipient for taken in server.taken) == sorted(
        f"reader-{key}@reader.example" for key in range(1, 201)
    )
    assert {taken.content for taken in server.taken} == {MESSAGE}
    assert server.connections == server.most_at_once == 4


def test_each_message_has_its_own_return_path() -> None:
    with SmtpServer() as server:
        send(server, envelopes(2))
    assert [taken.sender for taken in server.taken] == [
        "bounces+1@magazine.example",
        "bounces+2@magazine.example",
    ]


def test_the_next_commands_travel_behind_the_dot() -> None:
    # To whoever waits for the answer to the dot before saying more, none would come.
    held_back = (Rule("dot", HELD_BACK, times=4), Rule("mail", HELD_BACK), Rule("rcpt", HELD_BACK))
    with SmtpServer(Script(held_back)) as server:
        fence = send(server, envelopes(5))
    assert set(fence.results.values()) == {Result.SUBMITTED}
    assert server.connections == 1


def test_without_pipelining_one_command_goes_at_a_time() -> None:
    with SmtpServer(extensions=["SIZE 1000000"]) as server:
        fence = send(server, envelopes(5))
    assert set(fence.results.values()) == {Result.SUBMITTED}
    assert server.hasty == []
    assert server.connections == 1


def test_a_server_that_only_knows_helo_gets_its_mail() -> None:
    with SmtpServer(Script((Rule("ehlo", says("502 What?")),))) as server:
        fence = send(server, envelopes(3))
    assert set(fence.results.values()) == {Result.SUBMITTED}
    assert server.heard[1] == "HELO magazine.example"
    assert server.hasty == []


def test_a_server_that_loses_what_is_pipelined_is_told_one_command_at_a_time() -> None:
    # It reads no further than the first command of a packet.
    with SmtpServer(Script((Rule("mail", closes(), times=1),))) as server:
        fence = send(server, envelopes(1))
    assert fence.results == {1: Result.SUBMITTED}
    assert server.hasty == []
    assert server.connections == 2


def test_replies_may_come_byte_by_byte() -> None:
    bytewise = Act(bytewise=True)
    steps = ("greeting", "ehlo", "mail", "rcpt", "data", "dot")
    with SmtpServer(Script(tuple(Rule(step, bytewise) for step in steps))) as server:
        fence = send(server, envelopes(3))
    assert set(fence.results.values()) == {Result.SUBMITTED}
    assert len(server.taken) == 3


@pytest.mark.parametrize(
    "message",
    [
        b".\r\n",
        b"..\r\n.\r\n",
        b"Subject: x\r\n\r\n.\r\n.first\r\nlast.\r\n\r\n..\r\n.\r\n",
        b"Subject: x\r\n\r\nno end of line.",
        b"\r\n\r\n\r\n",
    ],
)
def test_dots_arrive_as_they_were_written(message: bytes) -> None:
    with SmtpServer() as server:
        send(server, [envelope(1, message=message), envelope(2)])
    whole = message if message.endswith(b"\r\n") else message + b"\r\n"
    assert [taken.content for taken in server.taken] == [whole, MESSAGE]


@pytest.mark.parametrize("end", [b"\n", b"\r"])
def test_a_lone_end_of_line_hides_no_second_message(end: bytes) -> None:
    smuggled = b"Subject: x\r\n\r\nBye." + end + b"." + end + b"MAIL FROM:<eve@crime.example>\r\n.\r\n"
    with SmtpServer() as server:
        send(server, [envelope(1, message=smuggled)])
    taken = server.taken[0].content
    assert len(server.taken) == 1
    # However a server ends lines: what was sent had no line of one dot but the last.
    assert taken.startswith(b"Subject: x\r\n\r\nBye.\r\n.")
    assert taken.count(b"MAIL FROM") == 1


def test_a_large_message_arrives_whole() -> None:
    large = b"Subject: x\r\n\r\n" + b"".join(b"%d of many lines\r\n" % line for line in range(100_000))
    with SmtpServer() as server:
        send(server, [envelope(1, message=large), envelope(2)])
    assert server.taken[0].content == large
    assert len(server.taken) == 2


def test_a_message_is_built_once_even_where_it_is_tried_again() -> None:
    built = []

    def build() -> bytes:
        built.append(1)
        return MESSAGE

    with SmtpServer(Script((Rule("data", closes(), times=2),))) as server:
        fence = send(server, [envelope(1, message=build)])
    assert fence.results == {1: Result.SUBMITTED}
    assert len(built) == 1


def test_a_letter_leaves_at_once_though_no_other_follows() -> None:
    fence, seen_at_wait = CountingFence(), []

    async def letters() -> AsyncIterator[Envelope]:
        for key in (1, 2, 3):
            yield envelope(key)
            async with asyncio.timeout(20):
                while key not in fence.answers:
                    await asyncio.sleep(0.005)
            seen_at_wait.append(key)

    with SmtpServer() as server:
        send(server, letters(), fence)
    assert seen_at_wait == [1, 2, 3]
    assert server.connections == 1


def test_an_idle_connection_is_closed_and_opened_again_for_the_next() -> None:
    async def letters() -> AsyncIterator[Envelope]:
        yield envelope(1)
        await asyncio.sleep(0.7)
        yield envelope(2)

    with SmtpServer() as server:
        fence = send(server, letters())
    assert set(fence.results.values()) == {Result.SUBMITTED}
    assert server.connections == 2
    assert server.heard.count("QUIT") == 2


def test_no_more_connections_are_opened_than_there_are_messages() -> None:
    with SmtpServer() as server:
        send(server, envelopes(2), connections=10)
    assert server.connections <= 2


def test_nothing_to_send_opens_no_connection() -> None:
    with SmtpServer() as server:
        send(server, [])
    assert server.connections == 0


def test_an_iterator_is_not_emptied_far_ahead_of_the_sending() -> None:
    taken_by_answers: list[int] = []
    fence = CountingFence()

    async def many() -> AsyncIterator[Envelope]:
        for key in range(1, 301):
            taken_by_answers.append(key - len(fence.answers))
            yield envelope(key)

    with SmtpServer() as server:
        send(server, many(), fence, connections=2)
    assert len(fence.answers) == 300
    assert max(taken_by_answers) < 20


def test_a_server_in_a_process_of_its_own_keeps_a_ledger(tmp_path: Path) -> None:
    ledger = tmp_path / "ledger"
    refuse = Script((Rule("rcpt", says("550 5.1.1 Nobody"), to="reader-2"),))
    fence = CountingFence()
    with serving(ledger, refuse, keeps=True) as port:
        asyncio.run(deliver(Relay.at(f"smtp://127.0.0.1:{port}?tls=no"), envelopes(3), fence, connections=1))
    assert fence.results == {1: Result.SUBMITTED, 2: Result.REFUSED, 3: Result.SUBMITTED}
    assert [taken.recipient for taken in read(ledger)] == [
        "reader-1@reader.example",
        "reader-3@reader.example",
    ]
    assert {taken.content for taken in read(ledger)} == {MESSAGE}
