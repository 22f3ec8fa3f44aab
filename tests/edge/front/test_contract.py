"""What the front relies on in uvicorn, httptools and uvloop: to be looked at with each new version."""

import re
from importlib.metadata import version
from pathlib import Path

import httptools
import pytest
from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle
from uvicorn.server import ServerState

pytestmark = pytest.mark.sqlite
# The last is not the front's: processes/web_server.py drives its worker.
PINNED = ("uvicorn", "httptools", "uvloop", "granian")


def test_they_are_pinned_exactly_and_installed_so() -> None:
    written = (Path(__file__).parents[3] / "requirements/base.in").read_text("utf-8")
    pinned = dict(re.findall(r"^([\w]+)==([\d.]+)$", written, re.MULTILINE))
    assert pinned == {name: version(name) for name in PINNED}


async def nothing(scope: object, receive: object, send: object) -> None:
    pass


def test_a_connection_has_what_the_front_looks_at() -> None:
    config = Config(nothing, http=HttpToolsProtocol, ws="none", lifespan="off", log_config=None)
    connection = HttpToolsProtocol(config, ServerState(), {}, _loop=object())  # type: ignore[arg-type]
    assert connection.cycle is None
    assert connection.parser is not None
    assert len(connection.pipeline) == 0
    assert connection.transport is connection.flow is None
    assert connection.ws_protocol_class is None
    for name in (
        *("connection_made", "connection_lost", "data_received", "eof_received", "shutdown"),
        *("pause_writing", "resume_writing", "on_response_complete", "_unset_keepalive_if_required"),
        *("on_message_begin", "on_url", "on_header", "on_headers_complete", "on_body", "on_message_complete"),
    ):
        assert callable(getattr(HttpToolsProtocol, name)), name


def test_a_cycle_has_what_the_front_changes() -> None:
    names = RequestResponseCycle.__init__.__code__.co_names
    for name in ("disconnected", "keep_alive", "message_event", "response_started", "response_complete"):
        assert name in names, name


def test_the_parser_refuses_what_the_front_leaves_to_it() -> None:
    class Ignoring:
        pass

    for raw in (
        b"GET / HTTP/1.1\r\nA : b\r\n\r\n",
        b"GET / HTTP/1.1\r\nA: b\r\n c\r\n\r\n",
        b"GET / HTTP/1.1\nA: b\n\n",
        b"POST / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n",
        b"GET / HTTP/1.1\r\nA: b\x00\r\n\r\n",
    ):
        with pytest.raises(httptools.HttpParserError):
            httptools.HttpRequestParser(Ignoring()).feed_data(raw)
