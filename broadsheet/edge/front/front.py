"""The process before Django: what its connections share, and what it does besides answering."""

import asyncio
import logging
import time
from email.utils import formatdate
from typing import Any

from uvicorn.server import ServerState

from broadsheet.edge.front import limits
from broadsheet.edge.front.asked import Asked, Place
from broadsheet.edge.front.following import Following, source_of
from broadsheet.edge.front.forwarding import BodyTooLargeError, GoneError, Receive, Send, forward
from broadsheet.edge.front.limits import Connected, Refusal
from broadsheet.edge.front.looking import Hit, Looking, Wanted
from broadsheet.edge.front.pages import BusyError, Key, Pages
from broadsheet.edge.front.protocol import FrontProtocol
from broadsheet.edge.front.ready import ReadyPage
from broadsheet.edge.front.rules import Rules
from broadsheet.edge.front.tallies import Tallies
from broadsheet.edge.front.upstream import NotKeptError, UnavailableError, UnsendableError, Upstream
from broadsheet.edge.tags import ADDRESSES, RULES
from broadsheet.platform import clock
from broadsheet.platform.generations import ALL, Generations, Made, Row
from broadsheet.platform.http.proxy import Address, visitor_of

log = logging.getLogger(__name__)

MOST_FORWARDED = 256
"""Requests that wait for Django at once."""
MOST_REMEMBERED = 2_048
LONGEST_REMEMBERED = 2_048
MOST_PLACES = 10_000
MOST_FORMS = 3
"""Pages that one request may need made: the public one, and its own."""
COUNTED_EVERY = 5.0
SECONDS_TO_READ_RULES = 1.0
"""From one try to the next."""
RULES_LAST = 300.0
AWAY_AFTER = 1.5
"""Seconds without an answer after which the database counts as away."""


class Known:
    """A question that was asked before, with the answer that it had a moment ago."""

    __slots__ = ("asked", "generations", "hit")

    def __init__(self, asked: Asked) -> None:
        self.asked = asked
        self.hit: Hit | None = None
        self.generations: Made = {}


class Front:
    def __init__(self, upstream: Upstream, rules: Rules) -> None:
        self.upstream, self.rules = upstream, rules
        self.generations = Generations()
        self.tallies = Tallies()
        self.known: dict[bytes, Known] = {}
        """Questions by their very bytes."""
        self.connected = Connected()
        self.pages = Pages(upstream, self.generations, rules.most_bytes, rules.spool)
        self.looking = Looking(rules, self.pages, self.generations, self.tallies)
        self.state = ServerState()
        self.date_line = b""
        self._forwarded = 0
        self._places: dict[tuple[bytes, bytes], Place] = {}
        self._lost_at: float | None = None
        self._following: Following | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._take(rules)
        self.tell_time()

    # --- What it decides by ------------------------------------------------------------------------

    def _take(self, rules: Rules) -> None:
        self.rules = self.looking.rules = rules
        self.looking.visitors.forget()
        self.known.clear()
        scheme = b"https" if rules.https else b"http"
        self.pages.headers = [
            (b"host", rules.public_host),
            (b"accept", b"text/html"),
            (b"x-forwarded-for", b"127.0.0.1"),
            (b"x-forwarded-proto", scheme),
        ]

    def place_of(self, address: Address) -> Place:
        return Place(self.rules, address, False, address in self.rules.institutions)

    def spoken_for(self, proxy: Place, picked: dict[bytes, bytes]) -> Place:
        """Where the visitor is for whom a trusted proxy speaks, and whether they came by HTTPS."""
        forwarded_for = picked.get(b"x-forwarded-for", b"")
        scheme = picked.get(b"x-forwarded-proto", b"")
        key = forwarded_for, scheme
        place = self._places.get(key)
        if place is None or place.rules is not self.rules:
            address = visitor_of(proxy.address, forwarded_for.decode("latin-1"), self.rules.trusted_proxies)
            is_special = address in self.rules.institutions
            place = Place(self.rules, address, scheme.strip().lower() == b"https", is_special)
            if len(self._places) >= MOST_PLACES:
                self._places.clear()
            self._places[key] = place
        return place

    def remember(self, head: bytes, asked: Asked | None) -> None:
        """That these bytes are this question."""
        if asked is None or len(head) > LONGEST_REMEMBERED:
            return
        if len(self.known) >= MOST_REMEMBERED:
            self.known.clear()
        self.known[head] = Known(asked)

    # --- Answers -----------------------------------------------------------------------------------

    def hit(self, asked: Asked) -> Hit | None:
        if self.rules.https and not asked.place.is_secure:
            return None
        found = self.looking.look(asked)
        if not isinstance(found, Hit):
            return None
        self.looking.count(found)
        return found

    def hit_again(self, known: Known, asked: Asked) -> Hit | None:
        """As `hit`, of a question that was asked in the same bytes before."""
        place, hit = asked.place, known.hit
        if (
            hit is None
            or known.generations is not self.generations.now
            or place.is_special
            or (self.rules.https and not place.is_secure)
            or time.monotonic() >= hit.until
        ):
            hit = self.hit(asked)
            # What was unpacked for this one would take memory that is counted nowhere.
            known.hit = hit if hit and hit.is_packed else None
            known.generations = self.generations.now
            return hit
        self.looking.count(hit)
        return hit

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        """As uvicorn calls an application: for all that wasn't answered at once."""
        asked: Asked = scope["broadsheet"]
        if self.rules.https and not asked.place.is_secure and asked.is_plain:
            await self._redirect(asked, send)
            return
        try:
            hit = await self._hit_or_none(asked) if asked.is_plain else None
            if hit is not None:
                self.looking.count(hit)
                await self._send(hit, send)
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

    async def _hit_or_none(self, asked: Asked) -> Hit | None:
        made: dict[Key, ReadyPage] = {}
        for _ in range(MOST_FORMS):
            found = self.looking.look(asked, made)
            if not isinstance(found, Wanted):
                return found
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

    async def _send(self, hit: Hit, send: Send) -> None:
        await send({"type": "http.response.start", "status": hit.status, "headers": hit.head})
        await send({"type": "http.response.body", "body": hit.body, "more_body": False})

    async def _forward(self, asked: Asked, scope: Any, receive: Receive, send: Send) -> None:
        if self._forwarded >= MOST_FORWARDED:
            raise BusyError
        self._forwarded += 1
        try:
            is_old = scope["http_version"] == "1.0"
            await forward(self.upstream, asked, receive, send, most=limits.MOST_BODY, is_old=is_old)
        finally:
            self._forwarded -= 1

    async def _redirect(self, asked: Asked, send: Send) -> None:
        host = asked.picked[b"host"]
        place = b"https://" + host + asked.url
        headers = [(b"location", place), (b"content-length", b"0")]
        await send({"type": "http.response.start", "status": 301, "headers": headers})
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _refuse(self, refusal: Refusal, send: Send) -> None:
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
        await self.upstream.close()

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
            visitors.forget()

    async def _every_second(self) -> None:
        while True:
            self.tell_time()
            now = time.monotonic()
            for known in self.known.values():
                if known.hit and known.hit.until <= now:
                    known.hit = None  # it may hold a page that was dropped
            for connection in list(self.state.connections):
                if isinstance(connection, FrontProtocol):
                    connection.look_after(now)
            await asyncio.sleep(1.0)

    def tell_time(self) -> None:
        self.tallies.tell_time()
        self.date_line = b"date: " + formatdate(usegmt=True).encode() + b"\r\n"

    async def _keep_counting(self) -> None:
        while True:
            await asyncio.sleep(COUNTED_EVERY)
            await self._count()

    async def _count(self) -> None:
        if rows := self.tallies.take():
            try:
                await self.upstream.count(rows)
            except UnavailableError as error:
                self.tallies.put_back(rows)
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
