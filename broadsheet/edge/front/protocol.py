"""One connection. Uvicorn parses it, keeps it and hands on what is not answered here.

What is answered here is a plain question for a page that is kept, at the moment at which its headers are
complete and nothing before it on the connection waits. And what is dangerous is refused here: see `limits`.
"""

from __future__ import annotations

import asyncio
import time
from math import inf
from typing import TYPE_CHECKING, Any

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from broadsheet.edge.front import limits
from broadsheet.edge.front.asked import NOT_PLAIN, SAFE, Asked, Place
from broadsheet.edge.front.limits import Refusal
from broadsheet.edge.front.looking import Hit
from broadsheet.platform.http.proxy import Address, address_in, is_trusted

if TYPE_CHECKING:
    from broadsheet.edge.front.front import Front

VERSIONS = {"1.0", "1.1"}
CHUNKED = b"chunked"
BLANKS = b" \t"


class RefusedError(Exception):
    pass


class FrontProtocol(HttpToolsProtocol):
    front: Front
    """Set on a class of its own, once for the process: uvicorn makes the connections."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.peer: Address | None = None
        """Whoever is connected. None: they were not let in."""
        self.is_trusted = False
        self.place: Place | None = None
        self.deadline = inf
        """By the monotonic clock, when this connection is cut."""
        self.is_head_whole = True
        self.is_body_whole = True
        self.is_over = False
        """Nothing more is read: it was refused, or has sent its end."""
        self.is_draining = False
        self.version = "1.1"
        self.paused_at = 0.0
        self._raw_size = 0
        """Bytes that came since the last head was whole."""
        self._body_size = 0
        self._is_hit = self._keeps = False
        self._asked_last: Asked | None = None
        self._messages = 0
        """That ended in the bytes which are being parsed."""
        self._refusal: Refusal | None = None

    # --- The connection ------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        peer = transport.get_extra_info("peername")
        address = address_in(peer[0]) if isinstance(peer, tuple) else None
        if address is None:
            transport.abort()
            return
        self.is_trusted = is_trusted(address, self.front.rules.trusted_proxies)
        if not self.front.connected.come(address, is_trusted=self.is_trusted):
            self.refuse(limits.BUSY)
            return
        self.peer = address
        self.deadline = time.monotonic() + limits.SECONDS_FOR_HEADERS

    def connection_lost(self, exc: Exception | None) -> None:
        if self.peer is not None:
            self.front.connected.leave(self.peer)
            self.peer = None
        super().connection_lost(exc)

    def eof_received(self) -> bool:  # type: ignore[override]
        """Whoever has sent their end may still wait for an answer to what they asked before it."""
        self.is_over = True
        return self.is_waiting and self.is_body_whole

    @property
    def is_waiting(self) -> bool:
        """Whether an answer is being made."""
        return self.cycle is not None and not self.cycle.response_complete

    def data_received(self, data: bytes) -> None:
        if self.is_over or self.peer is None:
            return
        is_between = self.is_head_whole and self.is_body_whole and not self._raw_size
        if is_between and self._is_known(data):
            return
        self._messages = 0
        if self.is_head_whole and not self.is_body_whole:
            self.deadline = time.monotonic() + limits.SECONDS_FOR_MORE
        if self.timeout_keep_alive_task is not None:
            self._unset_keepalive_if_required()
        self._raw_size += len(data)
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            # It is answered as if it had not asked for that. What follows is in another tongue.
            self.is_over = True
        except httptools.HttpParserError:
            self.refuse(self._refusal or limits.BAD_REQUEST)
            return
        if is_between and self._messages == 1 and self._keeps and self.is_body_whole and self._is_hit:
            self.front.remember(data, self._asked_last)
        # The parser tells of no header before it is whole.
        if not self.is_head_whole and self._raw_size > limits.LONGEST_TARGET + limits.LONGEST_HEADERS:
            self.refuse(limits.LONG_HEADERS)

    def _is_known(self, data: bytes) -> bool:
        """Answers what the parser has found, of exactly these bytes, to be one question and nothing besides.

        In a wave many browsers ask alike; and whoever parses the same bytes again finds the same.
        """
        known = self.front.known.get(data)
        if known is None or self.is_draining or self.is_waiting or self.pipeline or self.flow.write_paused:
            return False
        asked = known.asked
        if self.is_trusted or asked.place is not self.place:
            asked = asked._replace(place=self._place_of(asked.picked))
        hit = self.front.hit_again(known, asked)
        if hit is None:
            return False
        self._write(hit, keeps=True)
        return True

    def refuse(self, refusal: Refusal) -> None:
        """Says why and ends the connection, after the answers to what came before."""
        self.is_over = True
        self.deadline = time.monotonic() + limits.SECONDS_FOR_MORE
        if self.transport.is_closing():
            return
        if self.is_head_whole and not self.is_body_whole and not self._is_hit:
            # In the body of the last one, which is being answered or waits to be.
            self.cycle.disconnected = True
            self.cycle.message_event.set()
            if self.cycle.response_started or self.pipeline:
                self.transport.abort()
                return
        elif self.is_waiting:
            return
        self.transport.write(limits.written(refusal, self.front.date_line))
        self.transport.close()

    def look_after(self, now: float) -> None:
        """Called each second."""
        if self.transport.is_closing():
            if now > self.deadline:
                self.transport.abort()  # it takes nothing, not even the end
            return
        if self.flow.write_paused:
            if not self.paused_at:
                self.paused_at = now
            elif now - self.paused_at > limits.SECONDS_FOR_MORE:
                self.transport.abort()
            return
        self.paused_at = 0.0
        if self.is_waiting and self.is_body_whole:
            return
        if now > self.deadline:
            if self.is_head_whole and self.is_body_whole:
                self.transport.close()  # it was silent
            else:
                self.refuse(limits.TOO_SLOW)

    def pause_writing(self) -> None:
        super().pause_writing()
        # Whoever takes nothing is asked for nothing more.
        self.flow.pause_reading()

    def resume_writing(self) -> None:
        super().resume_writing()
        if not self.pipeline:
            self.flow.resume_reading()

    def shutdown(self) -> None:
        """What is begun is finished; whoever is silent may have sent something that is on its way."""
        self.is_draining = True
        if self.is_waiting:
            self.cycle.keep_alive = False
            return
        self.deadline = min(self.deadline, time.monotonic() + limits.SECONDS_TO_DRAIN)

    # --- The parser --------------------------------------------------------------------------------

    def on_message_begin(self) -> None:
        self.url = b""
        self.headers = []
        self.expect_100_continue = False
        self.is_head_whole = self.is_body_whole = False
        self._body_size = 0
        self._is_hit = False
        self.deadline = time.monotonic() + limits.SECONDS_FOR_HEADERS

    def on_url(self, url: bytes) -> None:
        self.url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        self.headers.append((name.lower(), value.strip(BLANKS)))

    def _stop(self, refusal: Refusal) -> None:
        self._refusal = refusal
        raise RefusedError

    def on_headers_complete(self) -> None:
        asked = self._asked()
        self.is_head_whole = True
        self._raw_size = 0
        if not (self.is_waiting or self.pipeline or self.flow.write_paused) and asked.is_plain:
            hit = self.front.hit(asked)
            if hit is not None:
                self._answer(hit, asked)
                return
        self._hand_on(asked)

    def _asked(self) -> Asked:
        """The request, once it is known to be well formed; raises RefusedError."""
        headers, url = self.headers, self.url
        if len(url) > limits.LONGEST_TARGET:
            self._stop(limits.LONG_TARGET)
        if len(headers) > limits.MOST_HEADERS or (
            self._raw_size > limits.LONGEST_HEADERS
            and sum(len(name) + len(value) + 4 for name, value in headers) > limits.LONGEST_HEADERS
        ):
            self._stop(limits.LONG_HEADERS)
        version = self.version = self.parser.get_http_version()
        if version not in VERSIONS:
            self._stop(limits.TOO_OLD)
        method = self.parser.get_method()
        if method not in limits.METHODS:
            self._stop(limits.NO_METHOD)
        if not url.startswith(b"/") or not url.isascii() or b"#" in url:
            self._stop(limits.BAD_TARGET)
        picked = dict(headers)
        host = picked.get(b"host")
        if host is None or not self.front.rules.is_ours(host):
            self._stop(limits.NO_HOST)
        if len(picked) != len(headers):
            self._refuse_doubled(headers)
        is_plain = method in SAFE and len(picked) == len(headers) and picked.keys().isdisjoint(NOT_PLAIN)
        if not is_plain:
            self._check_body(picked, version)
        return Asked(method, url, headers, picked, self._place_of(picked), is_plain)

    def _place_of(self, picked: dict[bytes, bytes]) -> Place:
        place = self.place
        if place is None or place.rules is not self.front.rules:
            if self.peer is None:
                raise RefusedError
            place = self.place = self.front.place_of(self.peer)
        return self.front.spoken_for(place, picked) if self.is_trusted else place

    def _check_body(self, picked: dict[bytes, bytes], version: str) -> None:
        if b"transfer-encoding" in picked:
            # Neither old clients nor we know another one; a body has one length.
            is_clear = version == "1.1" and b"content-length" not in picked
            if not is_clear or picked[b"transfer-encoding"].lower() != CHUNKED:
                self._stop(limits.BAD_REQUEST)
        if b"content-length" in picked and int(picked[b"content-length"] or b"-1") > limits.MOST_BODY:
            self._stop(limits.TOO_LARGE)
        if picked.get(b"expect", b"100-continue").lower() != b"100-continue":
            self._stop(limits.BAD_REQUEST)
        self.expect_100_continue = b"expect" in picked and version == "1.1"

    def _refuse_doubled(self, headers: list[tuple[bytes, bytes]]) -> None:
        names = [name for name, _ in headers]
        if names.count(b"host") > 1:
            self._stop(limits.NO_HOST)
        for name in (b"content-length", b"transfer-encoding", b"expect"):
            if names.count(name) > 1:
                self._stop(limits.BAD_REQUEST)

    def _answer(self, hit: Hit, asked: Asked) -> None:
        self._is_hit, self._asked_last = True, asked
        self._keeps = not self.is_draining and self.parser.should_keep_alive() and self.version == "1.1"
        self._write(hit, keeps=self._keeps)

    def _write(self, hit: Hit, *, keeps: bool) -> None:
        self.server_state.total_requests += 1
        end = b"\r\n" if keeps else b"connection: close\r\n\r\n"
        self.transport.write(b"".join((hit.raw_head, self.front.date_line, end, hit.body)))
        if keeps:
            self.deadline = time.monotonic() + limits.SECONDS_IDLE
        else:
            self.is_over = True
            self.deadline = time.monotonic() + limits.SECONDS_FOR_MORE
            self.transport.close()

    def _hand_on(self, asked: Asked) -> None:
        if len(self.pipeline) >= limits.MOST_PIPELINED:
            self.is_head_whole = False
            self._stop(limits.BAD_REQUEST)
        url, headers, expects = self.url, self.headers, self.expect_100_continue
        super().on_message_begin()
        self.url, self.expect_100_continue = url, expects
        self.headers.extend(headers)
        self.scope["broadsheet"] = asked  # type: ignore[typeddict-unknown-key]
        self.scope["connection"] = self  # type: ignore[typeddict-unknown-key]
        super().on_headers_complete()
        if self.parser.should_upgrade() or self.is_draining:
            self.cycle.keep_alive = False

    def on_body(self, body: bytes) -> None:
        self._body_size += len(body)
        if self._body_size > limits.MOST_BODY:
            self._stop(limits.TOO_LARGE)
        if not self._is_hit:
            super().on_body(body)

    def on_message_complete(self) -> None:
        self.is_body_whole = True
        self._raw_size = 0
        self._messages += 1
        if not self._is_hit:
            super().on_message_complete()

    def on_response_complete(self) -> None:
        self.deadline = time.monotonic() + limits.SECONDS_IDLE
        super().on_response_complete()
        if self.is_over and not self.pipeline and not self.transport.is_closing():
            self.transport.close()
