"""One connection. Uvicorn parses it, keeps it and hands on what is not answered here.

What is answered here is a plain question for a page that is kept, at the moment at which its headers are
complete and nothing before it on the connection waits. And what is dangerous is refused here: see `limits`.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from math import inf
from typing import TYPE_CHECKING, Any

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from broadsheet.edge.front import limits
from broadsheet.edge.front.asked import SAFE, Asked, Names, Place, Told
from broadsheet.edge.front.limits import Refusal
from broadsheet.edge.front.looking import Form
from broadsheet.edge.front.ready import Answer
from broadsheet.edge.front.rules import MALFORMED, Target
from broadsheet.platform.http.proxy import Address, address_in, is_trusted

if TYPE_CHECKING:
    from broadsheet.edge.front.front import Front

VERSIONS = {"1.0", "1.1"}
CHUNKED = b"chunked"
BLANKS = b" \t"


class RefusedError(Exception):
    pass


def taker_of(names: list[bytes], values: list[bytes]) -> Callable[[bytes, bytes], None]:
    """What takes in a header, as it came."""

    def take(name: bytes, value: bytes) -> None:
        names.append(name)
        values.append(value)

    return take


class FrontProtocol(HttpToolsProtocol):
    # Together with what uvicorn keeps they are too many for the quick way to an object's attributes.
    __slots__ = (
        "_begun",
        "_body_size",
        "_form",
        "_is_hit",
        "_names",
        "_raw_size",
        "_refusal",
        "_told",
        "_values",
        "deadline",
        "is_at_rest",
        "is_body_whole",
        "is_draining",
        "is_head_whole",
        "is_over",
        "is_trusted",
        "paused_at",
        "peer",
        "place",
        "version",
    )
    front: Front
    """Set on a class of its own, once for the process: uvicorn makes the connections."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._names: list[bytes] = []
        self._values: list[bytes] = []
        # Called a dozen times a request: this way costs least. The parser takes it when it is made.
        self.on_header = taker_of(self._names, self._values)  # type: ignore[assignment,method-assign]
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
        self.is_at_rest = False
        """Nothing waits, is read in part or about to end: so that what comes may be answered at once."""
        self.version = "1.1"
        self.paused_at = 0.0
        self._raw_size = 0
        """Bytes that came since the last head was whole."""
        self._body_size = 0
        self._is_hit = False
        self._begun = 0
        """Requests that began in what came last."""
        self._told: Told | None = None
        self._form: Form | None = None
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
        # An answer is written at once, not at the end of the loop's turn, which would cost more.
        transport.set_write_buffer_limits(high=1, low=0)
        self.peer = address
        self.deadline = time.monotonic() + limits.SECONDS_FOR_HEADERS
        self.is_at_rest = True

    def connection_lost(self, exc: Exception | None) -> None:
        self.is_at_rest = False
        if self.peer is not None:
            self.front.connected.leave(self.peer)
            self.peer = None
        super().connection_lost(exc)

    def eof_received(self) -> bool:  # type: ignore[override]
        """Whoever has sent their end may still wait for an answer to what they asked before it."""
        self.is_over, self.is_at_rest = True, False
        return self.is_waiting and self.is_body_whole

    @property
    def is_waiting(self) -> bool:
        """Whether an answer is being made."""
        return self.cycle is not None and not self.cycle.response_complete

    def data_received(self, data: bytes) -> None:
        if self.is_at_rest:
            answer = self.front.hit_again(data, self.is_trusted, self.place)
            if answer is not None:
                self._send(answer)
                return
            self.is_at_rest = False
        if self.is_over or self.peer is None:
            return
        if self.is_head_whole and not self.is_body_whole:
            self.deadline = time.monotonic() + limits.SECONDS_FOR_MORE
        if self.timeout_keep_alive_task is not None:
            self._unset_keepalive_if_required()
        is_first = self.is_head_whole and self.is_body_whole
        self._raw_size += len(data)
        self._begun = 0
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            # It is answered as if it had not asked for that. What follows is in another tongue.
            self.is_over = True
        except httptools.HttpParserError:
            self.refuse(self._refusal or limits.BAD_REQUEST)
            return
        # The parser tells of no header before it is whole.
        if not self.is_head_whole and self._raw_size > limits.LONGEST_TARGET + limits.LONGEST_HEADERS:
            self.refuse(limits.LONG_HEADERS)
        is_one = is_first and self._begun == 1 and self.is_body_whole
        if is_one and self._is_hit and self._told and self._form and not self.is_over:
            self.front.heads.remember(data, self._told, self._form)
        self.is_at_rest = self._rests()

    def _rests(self) -> bool:
        if self.is_over or self.is_draining or not (self.is_head_whole and self.is_body_whole):
            return False
        if self.timeout_keep_alive_task is not None:
            return False  # it is to be ended first
        return not (self.pipeline or self.flow.write_paused or self.is_waiting)

    def refuse(self, refusal: Refusal) -> None:
        """Says why and ends the connection, after the answers to what came before."""
        self.is_over, self.is_at_rest = True, False
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
        self.front.answered[f"refused {refusal.status}"] += 1
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
        self.is_at_rest = False
        # Whoever takes nothing is asked for nothing more.
        self.flow.pause_reading()

    def resume_writing(self) -> None:
        super().resume_writing()
        if not self.pipeline:
            self.flow.resume_reading()

    def shutdown(self) -> None:
        """What is begun is finished; whoever is silent may have sent something that is on its way."""
        self.is_draining, self.is_at_rest = True, False
        if self.is_waiting:
            self.cycle.keep_alive = False
            return
        self.deadline = min(self.deadline, time.monotonic() + limits.SECONDS_TO_DRAIN)

    # --- The parser --------------------------------------------------------------------------------

    def on_message_begin(self) -> None:
        self.url = b""
        self._names.clear()
        self._values.clear()
        self.is_head_whole = self.is_body_whole = self._is_hit = False
        self._body_size = 0
        self._begun += 1
        self.deadline = self.front.now + limits.SECONDS_FOR_HEADERS

    def on_url(self, url: bytes) -> None:
        self.url += url

    def _stop(self, refusal: Refusal) -> None:
        self._refusal = refusal
        raise RefusedError

    def on_headers_complete(self) -> None:
        front, method = self.front, self.parser.get_method()
        names = front.names.of(tuple(self._names))
        told = names.told(self._values)
        self._check(method, told)
        target = front.rules.target(self.url)
        if target is MALFORMED:
            self._stop(limits.BAD_TARGET)
        place = self._place_of(told)
        is_plain = names.is_plain and method in SAFE
        if is_plain and not (self.pipeline or self.flow.write_paused or self.is_waiting):
            form = front.looking.form_of(told)
            answer = front.hit(target, told, form, place, method == b"HEAD") if form else None
            if answer is not None:
                self._is_hit = self.is_head_whole = True
                self._told, self._form = told, form
                self._answer(answer)
                return
        self._hand_on(self._asked(method, names, told, target, place, is_plain=is_plain))

    def _check(self, method: bytes, told: Told) -> None:
        """Whether it is well formed; raises RefusedError."""
        if self._raw_size > limits.LONGEST_TARGET and len(self.url) > limits.LONGEST_TARGET:
            self._stop(limits.LONG_TARGET)
        if len(self._names) > limits.MOST_HEADERS or (
            self._raw_size > limits.LONGEST_HEADERS and self._size_of_headers() > limits.LONGEST_HEADERS
        ):
            self._stop(limits.LONG_HEADERS)
        self.version = self.parser.get_http_version()
        if self.version not in VERSIONS:
            self._stop(limits.TOO_OLD)
        if method not in limits.METHODS:
            self._stop(limits.NO_METHOD)
        if not self.front.rules.is_ours(told[0]):
            self._stop(limits.NO_HOST)

    def _size_of_headers(self) -> int:
        return sum(map(len, self._names)) + sum(map(len, self._values)) + 4 * len(self._names)

    def _asked(
        self, method: bytes, names: Names, told: Told, target: Target, place: Place, *, is_plain: bool
    ) -> Asked:
        """What Django may have to answer; raises RefusedError where it may not be handed on."""
        values = [value.strip(BLANKS) for value in self._values]
        headers = list(zip(names.lower, values, strict=True))
        asked = Asked(method, self.url, headers, told, target, place, is_plain)
        if names.has_doubled:
            self._refuse_doubled(headers)
        if not is_plain:
            self._check_body(dict(headers))
        self.is_head_whole = True
        self._raw_size = 0
        return asked

    def _place_of(self, told: Told) -> Place:
        place = self.place
        if place is None or place.rules is not self.front.rules:
            if self.peer is None:
                raise RefusedError
            place = self.place = self.front.place_of(self.peer)
        return self.front.spoken_for(place, told) if self.is_trusted else place

    def _check_body(self, picked: dict[bytes, bytes]) -> None:
        if b"transfer-encoding" in picked:
            # Neither old clients nor we know another one; a body has one length.
            is_clear = self.version == "1.1" and b"content-length" not in picked
            if not is_clear or picked[b"transfer-encoding"].lower() != CHUNKED:
                self._stop(limits.BAD_REQUEST)
        if b"content-length" in picked and int(picked[b"content-length"] or b"-1") > limits.MOST_BODY:
            self._stop(limits.TOO_LARGE)
        if picked.get(b"expect", b"100-continue").lower() != b"100-continue":
            self._stop(limits.BAD_REQUEST)
        self.expect_100_continue = b"expect" in picked and self.version == "1.1"

    def _refuse_doubled(self, headers: list[tuple[bytes, bytes]]) -> None:
        names = [name for name, _ in headers]
        if names.count(b"host") > 1:
            self._stop(limits.NO_HOST)
        for name in (b"content-length", b"transfer-encoding", b"expect"):
            if names.count(name) > 1:
                self._stop(limits.BAD_REQUEST)

    def _answer(self, answer: Answer) -> None:
        front = self.front
        if self.parser.should_keep_alive() and self.version == "1.1" and not self.is_draining:
            self._send(answer)
            return
        self.transport.write(b"".join((answer.raw_head, front.last_ending, answer.body)))
        self.is_over = True
        self.deadline = front.now + limits.SECONDS_FOR_MORE
        self.transport.close()

    def _send(self, answer: Answer) -> None:
        """After which the connection goes on."""
        front = self.front
        self.transport.write(front.written.get(answer) or front.write(answer))
        self.deadline = front.now + limits.SECONDS_IDLE

    def _hand_on(self, asked: Asked) -> None:
        if len(self.pipeline) >= limits.MOST_PIPELINED:
            self.is_head_whole = False
            self._stop(limits.BAD_REQUEST)
        url, expects = self.url, self.expect_100_continue
        super().on_message_begin()
        self.url, self.expect_100_continue = url, expects
        self.headers.extend(asked.headers)
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
        if not self._is_hit:
            super().on_message_complete()

    def on_response_complete(self) -> None:
        self.deadline = time.monotonic() + limits.SECONDS_IDLE
        super().on_response_complete()
        if self.is_over and not self.pipeline and not self.transport.is_closing():
            self.transport.close()
