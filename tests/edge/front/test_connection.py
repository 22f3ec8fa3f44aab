"""What is asked of Django comes back whole, or not at all; a connection serves one question at a time."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.edge.front import connection, upstream
from broadsheet.edge.front.connection import BrokenError, UnsendableError, head_of
from broadsheet.edge.front.upstream import UnavailableError, Upstream
from tests.examples import many

pytestmark = pytest.mark.sqlite
HOST = [(b"host", b"magazine.example")]
WITH_LENGTH = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-Word: a\r\n\r\nhello"
IN_CHUNKS = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n"
TO_THE_END = b"HTTP/1.1 200 OK\r\n\r\nhello"
LAST = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello"
WITHOUT_BODY = b"HTTP/1.1 204 No Content\r\n\r\n"

type Script = Callable[["Django", asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class Django:
    """A server on a Unix socket that does what `script` says, and counts."""

    def __init__(self, script: Script) -> None:
        self._script = script
        self.connections = 0
        self.asked: list[bytes] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        with suppress(OSError, asyncio.IncompleteReadError):
            await self._script(self, reader, writer)
        writer.close()

    async def head(self, reader: asyncio.StreamReader) -> bytes:
        self.asked.append(await reader.readuntil(b"\r\n\r\n"))
        return self.asked[-1]


def always(*answers: bytes, ends: bool = False) -> Script:
    """Each question is answered by all of `answers`, one write each; `ends`: and by nothing more."""

    async def script(django: Django, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            await django.head(reader)
            for answer in answers:
                writer.write(answer)
                await writer.drain()
                await asyncio.sleep(0)
            if ends:
                return

    return script


@asynccontextmanager
async def before(script: Script) -> AsyncIterator[tuple[Django, Upstream]]:
    django = Django(script)
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "s")
        server = await asyncio.start_unix_server(django.serve, path)
        asking = Upstream(path)
        yield django, asking
        asking.close()
        server.close()


async def ask(asking: Upstream, method: bytes = b"GET", body: bytes = b"") -> tuple[int, bytes]:
    headers = [*HOST, *([(b"content-length", b"%d" % len(body))] if body else [])]
    answer = await asking.send(method, b"/", headers, body)
    try:
        return answer.status, b"".join([part async for part in answer.parts()])
    finally:
        answer.close()


@pytest.mark.parametrize(
    "answer", [WITH_LENGTH, IN_CHUNKS, b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + WITH_LENGTH]
)
def test_a_connection_serves_one_question_after_the_other(answer: bytes) -> None:
    async def go() -> None:
        async with before(always(answer)) as (django, asking):
            assert [await ask(asking) for _ in range(3)] == [(200, b"hello")] * 3
            assert django.connections == 1

    asyncio.run(go())


@pytest.mark.parametrize("answer", [TO_THE_END, LAST, WITH_LENGTH])
def test_one_that_django_ends_is_not_used_again(answer: bytes) -> None:
    async def go() -> None:
        async with before(always(answer, ends=True)) as (django, asking):
            for _ in range(3):
                assert await ask(asking) == (200, b"hello")
                await asyncio.sleep(0.01)  # so that its end is here
            assert django.connections == 3

    asyncio.run(go())


@pytest.mark.parametrize(
    ("method", "answer", "expected"),
    [
        (b"HEAD", WITH_LENGTH.removesuffix(b"hello"), (200, b"")),
        (b"GET", WITHOUT_BODY, (204, b"")),
        (b"GET", b"HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", (304, b"")),
        (b"GET", b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", (200, b"")),
    ],
)
def test_nothing_is_waited_for_where_no_body_comes(
    method: bytes, answer: bytes, expected: tuple[int, bytes]
) -> None:
    async def go() -> None:
        async with before(always(answer)) as (django, asking), asyncio.timeout(20):
            assert [await ask(asking, method) for _ in range(3)] == [expected] * 3
            assert django.connections == 1

    asyncio.run(go())


@many
@given(
    answer=st.sampled_from([WITH_LENGTH, IN_CHUNKS, TO_THE_END, LAST]),
    cuts=st.lists(st.integers(1, len(IN_CHUNKS)), max_size=4),
)
def test_it_is_the_same_in_whatever_pieces_it_comes(answer: bytes, cuts: list[int]) -> None:
    ends = sorted({cut for cut in cuts if cut < len(answer)})
    pieces = [answer[a:b] for a, b in zip([0, *ends], [*ends, len(answer)], strict=True)]
    found = connection.Connection()
    found.transport = Nowhere()  # type: ignore[assignment]
    found.is_open = True

    async def go() -> bytes:
        await found.send(b"GET", b"", b"", chunked=False)
        for piece in pieces:
            found.data_received(piece)
        found.eof_received()
        found.connection_lost(None)
        await found.answered(1)
        return b"".join([part async for part in found.body(1)])

    assert asyncio.run(go()) == b"hello"
    assert found.status == 200
    assert not found.is_reusable


class Nowhere:
    """A transport that takes everything."""

    def __init__(self) -> None:
        self.is_ended = False

    def write(self, data: bytes) -> None:
        pass

    def abort(self) -> None:
        self.is_ended = True

    pause_reading = resume_reading = abort


BROKEN = {
    "no answer": b"",
    "half a head": b"HTTP/1.1 200 OK\r\nContent-Le",
    "no HTTP": b"what did you say?\r\n\r\n",
    "a changed protocol": b"HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
}


@pytest.mark.parametrize("answer", BROKEN.values(), ids=BROKEN)
def test_what_is_no_answer_is_none(answer: bytes) -> None:
    """A question that changes nothing is asked once more; a post is not."""

    async def go() -> None:
        async with before(always(answer, ends=True)) as (django, asking), asyncio.timeout(20):
            with pytest.raises(UnavailableError):
                await ask(asking)
            assert len(django.asked) == 2
            with pytest.raises(UnavailableError):
                await ask(asking, b"POST", b"x")
            assert len(django.asked) == 3

    asyncio.run(go())


@pytest.mark.parametrize("answer", [WITH_LENGTH[:-1], IN_CHUNKS[:-5]])
def test_one_that_ends_early_is_not_taken_for_whole(answer: bytes) -> None:
    async def go() -> None:
        async with before(always(answer, ends=True)) as (_, asking), asyncio.timeout(20):
            with pytest.raises(BrokenError):
                await ask(asking)

    asyncio.run(go())


def test_what_nobody_asked_for_reaches_nobody() -> None:
    async def go() -> None:
        async with before(always(WITH_LENGTH + WITH_LENGTH.replace(b"hello", b"other"))) as (django, asking):
            for _ in range(3):
                assert await ask(asking) == (200, b"hello")
            assert django.connections == 3
        async with before(always(WITH_LENGTH, WITH_LENGTH.replace(b"hello", b"other"))) as (django, asking):
            for _ in range(3):
                assert await ask(asking) == (200, b"hello")
                await asyncio.sleep(0.01)
            assert django.connections == 3

    asyncio.run(go())


def test_whoever_does_not_read_an_answer_to_its_end_ends_its_connection() -> None:
    async def go() -> None:
        async with before(always(IN_CHUNKS[:-5], b"0\r\n\r\n")) as (django, asking):
            for _ in range(2):
                answer = await asking.send(b"GET", b"/", HOST)
                answer.close()
                answer.close()  # as often as one likes
            assert django.connections == 2

    asyncio.run(go())


def test_django_waits_while_nobody_takes_its_answer() -> None:
    size = 16 * 1024 * 1024
    written = 0

    async def pour(django: Django, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal written
        await django.head(reader)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % size)
        for _ in range(size // 65_536):
            writer.write(b"x" * 65_536)
            await writer.drain()
            written += 65_536

    async def go() -> None:
        async with before(pour) as (_, asking), asyncio.timeout(60):
            answer = await asking.send(b"GET", b"/", HOST)
            await asyncio.sleep(0.3)
            assert written < size // 4
            assert sum([len(part) async for part in answer.parts()]) == size
            answer.close()

    asyncio.run(go())


def test_a_body_is_sent_as_it_comes_and_no_further_once_it_is_answered() -> None:
    async def echo(django: Django, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await django.head(reader)
        got = await reader.readuntil(b"0\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(got), got))

    async def refuse(django: Django, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await django.head(reader)
        writer.write(WITH_LENGTH)
        await reader.read(-1)

    taken = 0

    async def parts() -> AsyncIterator[bytes]:
        nonlocal taken
        for part in (b"one", b"three", b"five"):
            taken += 1
            yield part
            await asyncio.sleep(0.02)

    async def go() -> None:
        chunked = [*HOST, (b"transfer-encoding", b"chunked")]
        async with before(echo) as (_, asking), asyncio.timeout(20):
            answer = await asking.send(b"POST", b"/", chunked, parts())
            assert b"".join([part async for part in answer.parts()]) == (
                b"3\r\none\r\n5\r\nthree\r\n4\r\nfive\r\n0\r\n\r\n"
            )
            answer.close()
        async with before(refuse) as (django, asking), asyncio.timeout(20):
            for _ in range(2):
                answer = await asking.send(b"POST", b"/", chunked, parts())
                assert b"".join([part async for part in answer.parts()]) == b"hello"
                answer.close()
            assert django.connections == 2, "half a request stands before the next one"

    asyncio.run(go())
    assert taken < 3 * 3


@pytest.mark.parametrize(
    ("target", "name", "value"),
    [
        (b"/a b", b"host", b"x"),
        (b"/\r\nx: y", b"host", b"x"),
        ("/ü".encode(), b"host", b"x"),
        (b"", b"host", b"x"),
        (b"/", b"ho st", b"x"),
        (b"/", b"host:", b"x"),
        (b"/", b"", b"x"),
        (b"/", b"host", b"x\r\ny: z"),
        (b"/", b"host", b"x\ny"),
        (b"/", b"host", b"\0"),
        (b"/", b"host", b"\x7f"),
    ],
)
def test_what_is_no_request_is_not_sent(target: bytes, name: bytes, value: bytes) -> None:
    with pytest.raises(UnsendableError):
        head_of(b"GET", target, [(name, value)])


def test_whoever_waits_waits_for_so_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upstream, "SECONDS_TO_ANSWER", 0.05)
    monkeypatch.setattr(upstream, "SECONDS_FOR_PLACE", 0.05)
    monkeypatch.setattr(upstream, "CONNECTIONS", 1)

    async def silent(django: Django, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await django.head(reader)
        await reader.read(-1)

    async def go() -> None:
        async with before(silent) as (_, asking), asyncio.timeout(20):
            with pytest.raises(UnavailableError, match="too long"):
                await ask(asking, b"POST", b"x")
        async with before(always(WITH_LENGTH)) as (_, asking), asyncio.timeout(20):
            answer = await asking.send(b"GET", b"/", HOST)
            with pytest.raises(UnavailableError, match="too many"):
                await ask(asking)
            answer.close()
            assert await ask(asking) == (200, b"hello")

    asyncio.run(go())


def test_a_place_comes_free_whatever_happens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upstream, "CONNECTIONS", 1)
    monkeypatch.setattr(upstream, "SECONDS_TO_RESTART", 0)

    async def failing() -> AsyncIterator[bytes]:
        yield b"x"
        raise ZeroDivisionError

    async def go() -> None:
        async with before(always(WITH_LENGTH)) as (_, asking), asyncio.timeout(20):
            with pytest.raises(ZeroDivisionError):
                await asking.send(b"POST", b"/", [*HOST, (b"content-length", b"9")], failing())
            with pytest.raises(UnsendableError):
                await asking.send(b"GET", b"/ /", HOST)
            waiting = asyncio.ensure_future(ask(asking))
            await asyncio.sleep(0)
            waiting.cancel()
            with pytest.raises(asyncio.CancelledError):
                await waiting
            assert await ask(asking) == (200, b"hello")
        with pytest.raises(UnavailableError):
            await ask(asking)
        assert not asking._places.locked()

    asyncio.run(go())
