"""What was parsed before is answered without the parser, and never otherwise than by it."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from uvicorn.config import Config
from uvicorn.server import ServerState

from broadsheet.edge.front import front
from broadsheet.edge.front.front import Front
from broadsheet.edge.front.protocol import FrontProtocol
from broadsheet.edge.front.ready import ReadyPage
from broadsheet.edge.front.rules import Rules
from broadsheet.edge.front.upstream import Upstream
from broadsheet.edge.store.page import StoredPage
from broadsheet.platform import clock
from broadsheet.platform.http.rendition import PUBLIC
from tests.edge.front.stand_in import ARTICLE, LIST, StandIn
from tests.edge.front.test_pages import opener
from tests.examples import many

pytestmark = pytest.mark.sqlite
SESSION = "broadsheet_session=abc"
ADDRESSES = ("198.51.100.7", "2001:db8::1", "192.0.2.9")
"""The last is an institution's, whom Django must be asked about."""
MOMENT = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
BROWSER = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) Safari/604.1"


def question(path: str = ARTICLE, address: str = ADDRESSES[0], **more: str) -> bytes:
    headers = {"Host": "magazine.example", "User-Agent": BROWSER, "X-Forwarded-For": address} | more
    lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    return f"GET {path} HTTP/1.1\r\n{lines}\r\n".encode()


class Transport:
    """What is written to a visitor, of whom it knows nothing but that a proxy speaks for them."""

    def __init__(self) -> None:
        self.written: list[bytes] = []
        self.is_closed = False

    def get_extra_info(self, name: str, default: object = None) -> object:
        return ("127.0.0.1", 5) if name in {"peername", "sockname"} else default

    def write(self, data: bytes) -> None:
        self.written.append(data)

    def close(self) -> None:
        self.is_closed = True

    abort = close

    def is_closing(self) -> bool:
        return self.is_closed

    def set_write_buffer_limits(self, **limits: int) -> None:
        pass

    pause_reading = resume_reading = set_write_buffer_limits


class Counting:
    """A parser that counts how often it is asked."""

    def __init__(self, parser: Any) -> None:
        self._parser, self.fed = parser, 0

    def feed_data(self, data: bytes) -> None:
        self.fed += 1
        self._parser.feed_data(data)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._parser, name)


class World:
    """A front in this process, with two pages, before a Django that says what it was asked."""

    def __init__(self, stand_in: StandIn) -> None:
        self.front = Front(Upstream(stand_in.socket), Rules(stand_in.rules))
        for page in PAGES:
            ready = ReadyPage(page, clock.now())
            ready.accept(self.front.generations)
            self.front.pages._keep(ready.key, ready)
        self._protocol = type("Protocol", (FrontProtocol,), {"front": self.front})
        self._config = Config(
            self._django, interface="asgi3", proxy_headers=False, ws="none", lifespan="off", log_config=None
        )
        self._config.load()

    async def _django(self, scope: Any, receive: Any, send: Any) -> None:
        asked = scope["broadsheet"]
        body = repr((asked.method, asked.url, asked.headers, asked.place)).encode()
        length = (b"content-length", str(len(body)).encode())
        await send({"type": "http.response.start", "status": 203, "headers": [length]})
        await send({"type": "http.response.body", "body": body, "more_body": False})

    def connect(self) -> tuple[FrontProtocol, Transport]:
        connection = self._protocol(self._config, ServerState(), {})
        transport = Transport()
        connection.connection_made(transport)
        connection.parser = Counting(connection.parser)
        return connection, transport


PAGES: list[StoredPage] = []


@pytest.fixture(scope="module")
def stand_in(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StandIn]:
    found = StandIn(tmp_path_factory.mktemp("again"), trusted_proxies=["127.0.0.1/32"])
    PAGES[:] = [page for path in (ARTICLE, LIST) if (page := found.page(path, PUBLIC))]
    yield found
    found.stop()


def asked_in_turn(stand_in: StandIn, *asked: bytes) -> tuple[list[int], list[bytes]]:
    """How often the parser had been fed after each of `asked`, on one connection; and what was answered."""

    async def ask() -> tuple[list[int], list[bytes]]:
        connection, transport = World(stand_in).connect()
        fed = []
        for data in asked:
            connection.data_received(data)
            await asyncio.sleep(0)
            fed.append(connection.parser.fed)
        return fed, transport.written

    return asyncio.run(ask())


def test_the_same_bytes_are_parsed_once(stand_in: StandIn) -> None:
    fed, answers = asked_in_turn(stand_in, *[question()] * 3)
    assert fed == [1, 1, 1]
    assert answers[0].startswith(b"HTTP/1.1 200 OK")
    assert answers[1:] == answers[:1] * 2


def test_what_is_sent_again_has_the_date_of_its_second(stand_in: StandIn) -> None:
    async def ask() -> list[bytes]:
        world = World(stand_in)
        connection, transport = world.connect()
        for second in (7, 7, 8):
            with clock.stopped_at(MOMENT.replace(second=second)):
                world.front.tell_time()
            connection.data_received(question())
        return [answer.partition(b"\r\n\r\n")[0].splitlines()[-1] for answer in transport.written]

    first, second = b"date: Sun, 01 Mar 2026 09:30:07 GMT", b"date: Sun, 01 Mar 2026 09:30:08 GMT"
    assert asyncio.run(ask()) == [first, first, second]


def test_what_is_kept_whole_for_a_second_is_bounded(
    stand_in: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def ask() -> tuple[list[bytes], int]:
        with clock.stopped_at(MOMENT):
            world = World(stand_in)
        connection, transport = world.connect()
        for path in (ARTICLE, LIST) * 2:
            connection.data_received(question(path))
        return transport.written, sum(map(len, world.front.written.values()))

    answers, size = asyncio.run(ask())
    assert size == sum(map(len, set(answers)))
    monkeypatch.setattr(front, "MOST_WRITTEN", len(answers[0]))
    assert asyncio.run(ask()) == (answers, len(answers[0]))


def test_known_parts_put_together_anew_need_no_parser(stand_in: StandIn) -> None:
    first, second = question(ARTICLE, ADDRESSES[0]), question(LIST, ADDRESSES[1])
    fed, answers = asked_in_turn(stand_in, first, second, question(LIST, ADDRESSES[0]))
    assert fed == [1, 2, 2]
    assert answers[1] == answers[2] != answers[0]


def test_another_visitor_s_cookies_are_known_once_they_came(stand_in: StandIn) -> None:
    """Whoever holds the article's grant is shown another page, and by another verdict."""
    holder, stranger = question(Cookie=opener()), question(Cookie="broadsheet_left=1")
    fed, _ = asked_in_turn(stand_in, stranger, holder, question(LIST, Cookie=opener()), stranger)
    assert fed == [1, 2, 3, 3]
    fed, _ = asked_in_turn(stand_in, stranger, question(LIST, Cookie="broadsheet_left=2"), question(LIST))
    assert fed == [1, 2, 3]


@pytest.mark.parametrize(
    "other",
    [
        question("/world/tides/"),
        question(address="198.51.100.8"),
        question(Cookie="broadsheet_session=1"),
        question(Host="evil.example"),
        question(Connection="close"),
        question() + question(),
        question().replace(b"GET", b"HEAD"),
        question().replace(b"HTTP/1.1", b"HTTP/1.0"),
        question(Content_Length="0"),
    ],
)
def test_whatever_is_new_in_it_is_for_the_parser(stand_in: StandIn, other: bytes) -> None:
    fed, _ = asked_in_turn(stand_in, question(), other)
    assert fed == [1, 2]


def test_of_an_institution_s_reader_django_is_asked_each_time(stand_in: StandIn) -> None:
    inside = question(address=ADDRESSES[2])
    _, answers = asked_in_turn(stand_in, question(), inside, question(), inside)
    assert [b"203" in answer.partition(b"\r\n")[0] for answer in answers if answer.startswith(b"HTTP")] == [
        *(False, True, False, True)
    ]


def test_it_forgets_them_with_the_rules(stand_in: StandIn) -> None:
    async def ask() -> list[int]:
        world = World(stand_in)
        connection, _ = world.connect()
        connection.data_received(question())
        world.front._take(Rules(stand_in.rules))
        connection.data_received(question())
        connection.data_received(question())
        return connection.parser.fed

    assert asyncio.run(ask()) == 2


BREAKS = (b"", b"\r\n", b"\n", b" ", b"\t", b"\0", b":", b"/", b"?", b"\r\n ", b"\r\n\r\n")
LINES = (
    *(b"GET ", b" HTTP/1.1\r\n", b"X-Forwarded-For: 192.0.2.9\r\n", b"\r\nX-Forwarded-For: 192.0.2.9"),
    *(b", 192.0.2.9", b"x-forwarded-for: 1\r\n", b"Host: evil.example\r\n", b"Content-Length: 3\r\n"),
    *(b"Transfer-Encoding: chunked\r\n", b"Connection: close\r\n", b"Upgrade: h2c\r\n"),
    *(b"Expect: 100-continue\r\n", b"Cookie: broadsheet_session=1\r\n", question()),
)
KNOWN = [
    *(question(path, address) for path in (ARTICLE, LIST) for address in ADDRESSES),
    *(question(path, Cookie=cookie) for path in (ARTICLE, LIST) for cookie in (opener(), SESSION, "a=b")),
]


@many
@given(
    known=st.lists(
        st.sampled_from([question(a, b) for a in (ARTICLE, LIST) for b in ADDRESSES]), min_size=1, max_size=3
    ),
    changed=st.sampled_from([*KNOWN, question(cookie=opener()), question(Cookie=f"{SESSION}; a=b")]),
    at=st.integers(0, len(question(Cookie=opener()))),
    gone=st.integers(0, 20),
    put=st.sampled_from(BREAKS + LINES),
)
def test_it_answers_as_the_parser_does(
    stand_in: StandIn, known: list[bytes], changed: bytes, at: int, gone: int, put: bytes
) -> None:
    """Whatever comes after known heads gets the same answer whole as in two parts, which is never known."""
    data = changed[:at] + put + changed[at + gone :]

    async def ask() -> None:
        world = World(stand_in)
        heard = []
        for pieces in ([data], [data[:1], data[1:]]):
            connection, transport = world.connect()
            for one in (*known, *pieces, question()):
                connection.data_received(one)
                await asyncio.sleep(0)
            for _ in range(4):
                await asyncio.sleep(0)
            heard.append((b"".join(transport.written), transport.is_closed))
        assert heard[0] == heard[1]

    asyncio.run(ask())
