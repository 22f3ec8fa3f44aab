"""The process before Django: what its connections share, and what it does besides answering."""

import asyncio
import logging
import time
from collections import defaultdict
from email.utils import format_datetime
from typing import Any

from uvicorn.server import ServerState

from broadsheet.edge.front import limits
from broadsheet.edge.front.again import KnownHeads, parts_of
from broadsheet.edge.front.asked import Asked, KnownNames, Place, Told
from broadsheet.edge.front.connection import UnsendableError
from broadsheet.edge.front.following import Following, source_of
from broadsheet.edge.front.forwarding import BodyTooLargeError, GoneError, Receive, Send, forward
from broadsheet.edge.front.limits import Connected, Refusal
from broadsheet.edge.front.looking import Form, Looking
from broadsheet.edge.front.pages import BusyError, Key, Pages
from broadsheet.edge.front.protocol import FrontProtocol
from broadsheet.edge.front.ready import Answer, ReadyPage
from broadsheet.edge.front.rules import Rules, Target
from broadsheet.edge.front.tallies import Tallies
from broadsheet.edge.front.upstream import NotKeptError, UnavailableError, Upstream
from broadsheet.edge.tags import ADDRESSES, RULES
from broadsheet.platform import clock
from broadsheet.platform.generations import ALL, Generations, Row
from broadsheet.platform.http.proxy import Address, visitor_of

log = logging.getLogger(__name__)

MOST_FORWARDED = 256
"""Requests that wait for Django at once."""
MOST_PLACES = 10_000
NO_ADDRESSES: frozenset[bytes] = frozenset()
MOST_WRITTEN = 4 * 1024 * 1024
"""Bytes of what is sent again within a second, as a page is that many read at once."""
MOST_RENDITIONS = 3
"""Pages that one request may need made: the public one, and its own."""
COUNTED_EVERY = 5.0
SECONDS_TO_READ_RULES = 1.0
"""From one try to the next."""
RULES_LAST = 300.0
AWAY_AFTER = 1.5
"""Seconds without an answer after which the database counts as away."""


class Front:
    def __init__(self, upstream: Upstream, rules: Rules) -> None:
        self.upstream, self.rules = upstream, rules
        self.generations = Generations()
        self.tallies = Tallies()
        self.answered: defaultdict[str, int] = defaultdict(int)
        """For the metrics: how often, by result and kind in one. Nothing of it leads to a visitor."""
        self.names = KnownNames()
        self.heads = KnownHeads()
        self.connected = Connected()
        self.pages = Pages(upstream, self.generations, rules.most_bytes, rules.spool)
        self.looking = Looking(rules, self.pages, self.generations)
        self.state = ServerState()
        self._forwarded = 0
        self._places: dict[tuple[bytes, ...], Place] = {}
        self._ordinary: dict[bytes, set[bytes]] = {}
        """Those of `_places` whom pages are shown, by the scheme: addresses as a proxy writes them."""
        self._lost_at: float | None = None
        self._following: Following | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._take(rules)
        self.tell_time()

    # --- What it decides by ------------------------------------------------------------------------

    def _take(self, rules: Rules) -> None:
        self.rules = rules
        self.looking.take(rules)
        self.heads.forget()
        self._places.clear()
        self._ordinary.clear()
        scheme = b"https" if rules.https else b"http"
        self.pages.headers = [
            (b"host", rules.public_host),
            (b"accept", b"text/html"),
            (b"x-forwarded-for", b"127.0.0.1"),
            (b"x-forwarded-proto", scheme),
        ]

    def place_of(self, address: Address) -> Place:
        return Place(self.rules, address, False, address in self.rules.institutions)

    def spoken_for(self, proxy: Place, told: Told) -> Place:
        """Where the visitor is for whom a trusted proxy speaks, and whether they came by HTTPS."""
        key = forwarded_for, scheme = told[-2:]
        place = self._places.get(key)
        if place is None:
            address = visitor_of(proxy.address, forwarded_for.decode("latin-1"), self.rules.trusted_proxies)
            is_special = address in self.rules.institutions
            place = Place(self.rules, address, scheme.strip().lower() == b"https", is_special)
            if len(self._places) >= MOST_PLACES:
                self._places.clear()
                self._ordinary.clear()
            self._places[key] = place
            if self._is_shown_pages(place):
                self._ordinary.setdefault(scheme, set()).add(forwarded_for)
        return place

    def _is_shown_pages(self, place: Place) -> bool:
        """Whoever is in `place`. In an institution Django is to say what they are shown."""
        if place.is_special or place.rules is not self.rules:
            return False
        return place.is_secure or not self.rules.https

    # --- Answers -----------------------------------------------------------------------------------

    def hit(self, target: Target, told: Told, form: Form, place: Place, is_head: bool) -> Answer | None:
        if not self._is_shown_pages(place):
            return None
        now = time.monotonic()
        found = self.looking.look(target, form, self.looking.who(told[1], now), now, is_head=is_head)
        return self._counted(found, form, found.result) if isinstance(found, Answer) else None

    def hit_again(self, data: bytes, is_trusted: bool, place: Place | None) -> Answer | None:
        """To a request of which all parts came before: see `again`.

        It comes from `place`, or, where that is trusted, from whom it says.
        """
        parts = parts_of(data)
        if parts is None:
            return None
        url, forwarded_for, cookies, rest = parts
        known, target = self.heads.of(rest), self.rules.known_target(url)
        if known is None or target is None:
            return None
        parsed_cookies, scheme, form = known
        if is_trusted:
            if forwarded_for not in self._ordinary.get(scheme, NO_ADDRESSES):
                return None
        elif forwarded_for or place is None or not self._is_shown_pages(place):
            return None
        now, looking = time.monotonic(), self.looking
        if cookies == parsed_cookies:
            who = looking.who(cookies, now)
        elif (visitor := looking.visitors.known(cookies, self.rules, self.generations, now)) is not None:
            who = visitor
        else:
            return None
        answer = looking.again(target.key, form, who, now)
        if answer is None:
            found = looking.look(target, form, who, now)
            if not isinstance(found, Answer):
                return None
            answer = found
        return self._counted(answer, form, answer.result)

    def _counted(self, answer: Answer, form: Form, result: str) -> Answer:
        self.answered[result] += 1
        if answer.counts_as and form.is_reading:
            self.tallies.open(answer.counts_as)
        return answer

    def write(self, answer: Answer) -> bytes:
        """All of what is sent, which is kept for the rest of this second."""
        written = b"".join((answer.raw_head, self.ending, answer.body))
        if self._written_size + len(written) <= MOST_WRITTEN:
            self.written[answer] = written
            self._written_size += len(written)
        return written

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        """As uvicorn calls an application: for all that wasn't answered at once."""
        asked: Asked = scope["broadsheet"]
        if self.rules.https and not asked.place.is_secure and asked.is_plain:
            await self._redirect(asked, send)
            return
        try:
            answer = await self._hit_or_none(asked) if asked.is_plain else None
            if answer is not None:
                await self._send(answer, send)
                return
            await self._forward(asked, scope, receive, send)
        except BusyError:
            await self._refuse(limits.BUSY, send)
        except UnavailableError as error:
            log.warning("Django is away: %s", error)
            await self._refuse(limits.AWAY, send)
        except UnsendableError:
            await self._refuse(limits.BAD_REQUEST, send)
        except BodyTooLargeError:
            await self._refuse(limits.TOO_LARGE, send)
        except GoneError:
            pass

    async def _hit_or_none(self, asked: Asked) -> Answer | None:
        form = self.looking.form_of(asked.told)
        if form is None or not self._is_shown_pages(asked.place):
            return None
        made: dict[Key, ReadyPage] = {}
        for _ in range(MOST_RENDITIONS):
            now = time.monotonic()
            who = self.looking.who(asked.told[1], now)
            found = self.looking.look(asked.target, form, who, now, is_head=asked.is_head, made=made)
            if isinstance(found, Answer):
                return self._counted(found, form, f"miss {found.kind}")
            if found is None:
                return None
            key = found.path, found.rendition
            try:
                made[key] = await self.pages.get(*key)
            except NotKeptError:
                return None
            except (UnavailableError, BusyError) as error:
                stale = self.pages.stale(*key, time.monotonic())
                if stale is None:
                    if isinstance(error, BusyError):
                        raise
                    return None  # Django says it itself, if it is there
                made[key] = stale
        return None

    async def _send(self, answer: Answer, send: Send) -> None:
        await send({"type": "http.response.start", "status": answer.status, "headers": answer.head})
        await send({"type": "http.response.body", "body": answer.body, "more_body": False})

    async def _forward(self, asked: Asked, scope: Any, receive: Receive, send: Send) -> None:
        if self._forwarded >= MOST_FORWARDED:
            raise BusyError
        self._forwarded += 1
        self.answered["forwarded"] += 1
        try:
            is_old = scope["http_version"] == "1.0"
            await forward(self.upstream, asked, receive, send, most=limits.MOST_BODY, is_old=is_old)
        finally:
            self._forwarded -= 1

    async def _redirect(self, asked: Asked, send: Send) -> None:
        host = asked.told[0].strip()
        place = b"https://" + host + asked.url
        headers = [(b"location", place), (b"content-length", b"0")]
        await send({"type": "http.response.start", "status": 301, "headers": headers})
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _refuse(self, refusal: Refusal, send: Send) -> None:
        self.answered[f"refused {refusal.status}"] += 1
        body = refusal.reason.encode()
        headers = limits.headers_of(refusal, len(body))
        await send({"type": "http.response.start", "status": refusal.status, "headers": headers})
        await send({"type": "http.response.body", "body": body, "more_body": False})

    # --- Besides -----------------------------------------------------------------------------------

    def begin(self, state: ServerState) -> None:
        """Follows the database and the time; called in the running loop."""
        self.state = state
        loop = asyncio.get_running_loop()

        def learn(rows: list[Row]) -> None:
            loop.call_soon_threadsafe(self._learn, rows)

        def lose(reason: str) -> None:
            loop.call_soon_threadsafe(self._lose, reason)

        self._following = Following(source_of(self.rules.database), learn, lose)
        self._following.start()
        self._run(self._every_second())
        self._run(self._keep_counting())
        self._run(self._keep_rules())

    def _run(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def end(self) -> None:
        """Writes what it counted."""
        for task in list(self._tasks):
            task.cancel()
        if self._following:
            self._following.end()
        await self._count()
        self.upstream.close()

    def _learn(self, rows: list[Row]) -> None:
        if self._lost_at is not None:
            self._lost_at = None
            self._say_whether_away(False)
        self.pages.trusts_spool = True
        tags = self.generations.take_in(rows, clock.now()) if rows else set()
        if RULES in tags:
            self._run(self._read_rules())
        if tags & {ADDRESSES, ALL}:
            self.pages.forget_not_kept()

    def _lose(self, reason: str) -> None:
        now = time.monotonic()
        if self._lost_at is None:
            self._lost_at = now
            log.warning("What was invalidated can't be read: %s", reason)
        elif now - self._lost_at > AWAY_AFTER:
            self._say_whether_away(True)

    def _say_whether_away(self, is_away: bool) -> None:
        visitors = self.looking.visitors
        if visitors.database_is_away != is_away:
            visitors.database_is_away = is_away
            self.looking.forget()

    async def _every_second(self) -> None:
        while True:
            self.tell_time()
            for connection in list(self.state.connections):
                if isinstance(connection, FrontProtocol):
                    connection.look_after(self.now)
            await asyncio.sleep(1.0)

    def tell_time(self) -> None:
        self.tallies.tell_time()
        self.now = time.monotonic()
        """At the beginning of this second: what is counted in many seconds needs it no better."""
        date = b"date: " + format_datetime(clock.now(), usegmt=True).encode() + b"\r\n"
        self.date_line, self.ending = date, date + b"\r\n"
        self.last_ending = date + b"connection: close\r\n\r\n"
        self.written: dict[Answer, bytes] = {}
        """What was sent in this second, whole."""
        self._written_size = 0

    async def _keep_counting(self) -> None:
        while True:
            await asyncio.sleep(COUNTED_EVERY)
            await self._count()

    async def _count(self) -> None:
        rows, answered = self.tallies.take(), dict(self.answered)
        if not rows and not answered:
            return
        self.answered.clear()
        try:
            await self.upstream.count(rows, answered)
        except UnavailableError as error:
            self.tallies.put_back(rows)
            for result, number in answered.items():
                self.answered[result] += number
            log.warning("Counts can't be written now and wait: %s", error)

    async def _keep_rules(self) -> None:
        """They are read again from time to time: an experiment begins by the clock."""
        while True:
            await asyncio.sleep(RULES_LAST)
            await self._read_rules()

    async def _read_rules(self) -> None:
        try:
            self._take(Rules(await self.upstream.rules()))
        except UnavailableError as error:
            log.warning("The rules can't be read, so the last ones stand: %s", error)
            await asyncio.sleep(SECONDS_TO_READ_RULES)
            self._run(self._read_rules())
