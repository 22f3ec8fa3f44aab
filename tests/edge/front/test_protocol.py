"""What the front takes from a connection, and what it refuses."""

import socket
import time

import pytest

from broadsheet.edge.front import limits
from tests.edge.front.stand_in import ARTICLE, LIST, Answer, FrontProcess, StandIn, everything

pytestmark = pytest.mark.sqlite
HOST = b"Host: magazine.example\r\n"
POST = b"POST /read/1 HTTP/1.1\r\n" + HOST
GET = b"GET /world/ HTTP/1.1\r\n" + HOST

REFUSED = {
    "no host": (b"GET / HTTP/1.1\r\n\r\n", 400),
    "no host in HTTP/1.0": (b"GET / HTTP/1.0\r\n\r\n", 400),
    "two hosts": (b"GET / HTTP/1.1\r\n" + HOST + HOST + b"\r\n", 400),
    "an empty host": (b"GET / HTTP/1.1\r\nHost:\r\n\r\n", 400),
    "another host": (b"GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n", 400),
    "a host with a user": (b"GET / HTTP/1.1\r\nHost: a@magazine.example\r\n\r\n", 400),
    "an absolute target": (b"GET http://magazine.example/ HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    "a target of all": (b"OPTIONS * HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    "a target beyond ASCII": ("GET /wörld/ HTTP/1.1\r\n".encode() + HOST + b"\r\n", 400),
    "a fragment": (b"GET /world/#x HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    "HTTP/0.9": (b"GET /world/\r\n\r\n", 505),
    "HTTP/2 at once": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400),
    "CONNECT": (b"CONNECT magazine.example:443 HTTP/1.1\r\n" + HOST + b"\r\n", 405),
    "TRACE": (b"TRACE / HTTP/1.1\r\n" + HOST + b"\r\n", 405),
    "both framings": (
        b"POST /read/1 HTTP/1.1\r\n"
        + HOST
        + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        400,
    ),
    "both framings, the other way": (
        b"POST /read/1 HTTP/1.1\r\n"
        + HOST
        + b"Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n",
        400,
    ),
    "two lengths": (
        POST + b"Content-Length: 4\r\nContent-Length: 5\r\n\r\nabcde",
        400,
    ),
    "the same length twice": (
        POST + b"Content-Length: 4\r\nContent-Length: 4\r\n\r\nabcd",
        400,
    ),
    "a length with a sign": (POST + b"Content-Length: +4\r\n\r\nabcd", 400),
    "a length below nothing": (POST + b"Content-Length: -1\r\n\r\n", 400),
    "chunks in HTTP/1.0": (
        b"POST /read/1 HTTP/1.0\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        400,
    ),
    "an encoding before chunks": (
        POST + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        400,
    ),
    "chunks twice": (
        POST + b"Transfer-Encoding: chunked\r\n" * 2 + b"\r\n0\r\n\r\n",
        400,
    ),
    "chunks by a tab": (
        POST + b"Transfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n",
        400,
    ),
    "a folded header": (b"GET / HTTP/1.1\r\n" + HOST + b"X: a\r\n b\r\n\r\n", 400),
    "a space before the colon": (b"GET / HTTP/1.1\r\n" + HOST + b"Content-Length : 4\r\n\r\n", 400),
    "a bare line feed": (b"GET / HTTP/1.1\nHost: magazine.example\n\n", 400),
    "a bare carriage return": (b"GET / HTTP/1.1\r\n" + HOST + b"X: a\rb\r\n\r\n", 400),
    "a NUL in a header": (b"GET / HTTP/1.1\r\n" + HOST + b"X: a\x00b\r\n\r\n", 400),
    "a long target": (b"GET /" + b"a" * 9_000 + b" HTTP/1.1\r\n" + HOST + b"\r\n", 414),
    "many headers": (b"GET / HTTP/1.1\r\n" + HOST + b"X: y\r\n" * 200 + b"\r\n", 431),
    "long headers": (b"GET / HTTP/1.1\r\n" + HOST + b"X: " + b"y" * 40_000 + b"\r\n\r\n", 431),
    "headers without end": (b"GET / HTTP/1.1\r\n" + HOST + b"X: " + b"y" * 2_000_000, 431),
    "a vast body": (
        POST + b"Content-Length: 99999999999\r\n\r\n",
        413,
    ),
    "another expectation": (POST + b"Expect: a miracle\r\n\r\n", 400),
    "TLS": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400),
}


@pytest.mark.parametrize(("raw", "status"), REFUSED.values(), ids=REFUSED)
def test_it_is_refused_and_closed(django: StandIn, front: FrontProcess, raw: bytes, status: int) -> None:
    before = len(django.forwarded)
    # Were it taken for the beginning of two, the second would be answered.
    said = front.say(raw + (b"" if status in {413, 431} else GET + b"\r\n"))
    assert Answer(said).status in ({status} if said else {0})
    assert said or status in {413, 431}  # the rest of what was sent may have cut the answer off
    assert said.count(b"HTTP/1.1 ") <= 1
    assert not [told for told in django.forwarded[before:] if told["path"].encode() in raw.split()]


def test_pipelined_questions_are_answered_in_order(front: FrontProcess) -> None:
    last = b"GET /world/ HTTP/1.1\r\n" + HOST + b"Connection: close\r\n\r\n"
    raw = GET + b"\r\n" + b"GET /account/ HTTP/1.1\r\n" + HOST + b"\r\n" + GET + b"\r\n" + last
    said = front.say(raw)
    assert said.count(b"HTTP/1.1 200") == 4
    first, _, rest = said.partition(b'"path": "/account/"')
    assert first.count(b"HTTP/1.1 200") == 2
    assert rest.count(b"HTTP/1.1 200") == 2


def test_a_question_in_single_bytes_is_answered(front: FrontProcess) -> None:
    with front.connect() as connection:
        for byte in GET + b"Connection: close\r\n\r\n":
            connection.sendall(bytes([byte]))
        assert Answer(everything(connection)).status == 200


@pytest.mark.parametrize("path", [LIST, "/account/"])
def test_whoever_has_sent_their_end_is_answered(front: FrontProcess, path: str) -> None:
    said = front.say(f"GET {path} HTTP/1.1\r\n".encode() + HOST + b"\r\n", ends=True)
    assert Answer(said).status == 200


def test_of_a_body_that_ends_too_soon_nothing_is_answered(django: StandIn, front: FrontProcess) -> None:
    said = front.say(POST + b"Content-Length: 9\r\n\r\nabc", ends=True)
    assert b"200" not in said
    assert not [one for one in django.forwarded if ["content-length", "9"] in one["headers"]]


def test_what_asks_for_another_protocol_is_answered_in_this_one(front: FrontProcess) -> None:
    raw = GET + b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAA\r\n\r\n"
    said = front.say(raw + b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
    assert said.count(b"HTTP/1.1 ") == 1
    assert Answer(said).status == 200


def test_a_body_is_asked_for_before_it_comes(django: StandIn, front: FrontProcess) -> None:
    with front.connect() as connection:
        connection.sendall(
            b"POST /read/1 HTTP/1.1\r\n"
            + HOST
            + b"Content-Length: 3\r\nConnection: close\r\nExpect: 100-continue\r\n\r\n"
        )
        assert connection.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(b"abc")
        assert Answer(everything(connection)).status == 200
    assert django.forwarded[-1]["body"] == "abc"


@pytest.mark.parametrize("is_chunked", [False, True])
def test_a_body_is_handed_on(django: StandIn, front: FrontProcess, is_chunked: bool) -> None:
    body = bytes(range(256)) * 1_000
    head = POST + b"Connection: close\r\n"
    if is_chunked:
        chunks = b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in (body[:1_000], body[1_000:]))
        raw = head + b"Transfer-Encoding: chunked\r\n\r\n" + chunks + b"0\r\nTrailer: x\r\n\r\n"
    else:
        raw = head + b"Content-Length: %d\r\n\r\n" % len(body) + body
    assert Answer(front.say(raw)).status == 200
    assert django.forwarded[-1]["length"] == len(body)


def test_what_only_the_front_may_say_is_taken_out(django: StandIn, front: FrontProcess) -> None:
    raw = (
        b"GET /account/ HTTP/1.1\r\n" + HOST + b"Connection: close, X-Secret\r\nX-Secret: 1\r\n"
        b"Broadsheet-Asked: subscriber-full\r\n"
        b"X-Forwarded-For: 198.51.100.7\r\nX_Forwarded_For: 198.51.100.8\r\n"
        b"X-Forwarded-Proto: https\r\nX-Forwarded-Host: evil.example\r\nForwarded: for=198.51.100.9\r\n"
        b"X-Real-IP: 198.51.100.10\r\nX-Request-ID: of-the-visitor\r\n"
        b"TE: trailers\r\nAccept: text/html\r\n\r\n"
    )
    assert Answer(front.say(raw)).status == 200
    told = dict(django.forwarded[-1]["headers"])
    assert len(told.pop("x-request-id")) == 16
    assert told == {
        "host": "magazine.example",
        "accept": "text/html",
        "x-forwarded-for": "127.0.0.1",
        "x-forwarded-proto": "http",
    }


def test_an_old_client_gets_an_answer_with_a_length_and_the_end(front: FrontProcess) -> None:
    for path in (b"/world/", b"/account/"):
        said = front.say(b"GET " + path + b" HTTP/1.0\r\n" + HOST + b"Connection: keep-alive\r\n\r\n")
        assert b"transfer-encoding" not in said.lower()
        answer = Answer(said)
        assert int(answer.headers["content-length"]) == len(answer.body)


def test_head_is_answered_without_a_body(front: FrontProcess) -> None:
    got, asked = front.get(LIST), front.get(LIST, method="HEAD")
    assert asked.body == b""
    assert asked.headers["content-length"] == got.headers["content-length"] == str(len(got.body))


def test_who_takes_nothing_is_given_no_more(front: FrontProcess) -> None:
    """Else a thousand questions, and nobody who reads, would fill the memory."""
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        connection.settimeout(20)
        connection.connect(("127.0.0.1", front.port))
        front.get(ARTICLE)
        raw = (b"GET /world/reef/ HTTP/1.1\r\n" + HOST + b"\r\n") * 2_000
        before = _memory(front)
        connection.setblocking(False)
        end = time.monotonic() + 3
        while raw and time.monotonic() < end:
            try:
                raw = raw[connection.send(raw) :]
            except BlockingIOError:
                time.sleep(0.05)
            except ConnectionError:
                break
        assert _memory(front) - before < 8_000


def _memory(front: FrontProcess) -> int:
    """In KB."""
    with open(f"/proc/{front.process.pid}/status", encoding="ascii") as status:  # noqa: PTH123
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))


def test_one_network_may_have_so_many_connections(own: tuple[StandIn, FrontProcess]) -> None:
    _, front = own
    held = [front.connect() for _ in range(limits.MOST_OF_NETWORK)]
    try:
        for connection in held:
            connection.sendall(b"GET / HTTP/1.1\r\n")
        time.sleep(0.2)
        assert Answer(front.say(b"")).status == 503
    finally:
        for connection in held:
            connection.close()
    end = time.monotonic() + 10
    while front.get(LIST).status != 200:
        assert time.monotonic() < end


def test_a_silent_and_a_slow_connection_are_cut(front: FrontProcess) -> None:
    """Ten seconds for the headers, however they drip; the test waits for both at once."""
    with front.connect() as silent, front.connect() as slow:
        slow.settimeout(0.5)
        slow.sendall(b"GET / HTTP/1.1\r\n")
        said, end = b"", time.monotonic() + 30
        while time.monotonic() < end:
            try:
                slow.sendall(b"X: y\r\n")
                said += slow.recv(1 << 16)
                break
            except TimeoutError:
                continue
            except ConnectionError:
                break
        assert Answer(said).status == 408
        silent.settimeout(20)
        assert Answer(everything(silent)).status in {0, 408}
