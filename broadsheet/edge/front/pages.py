"""The pages that this front keeps: in memory, bounded; else from the spool; else made by Django, once."""

import asyncio
import logging
import sqlite3
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from broadsheet.edge.front.connection import Headers
from broadsheet.edge.front.ready import ReadyPage
from broadsheet.edge.front.upstream import NotKeptError, UnavailableError, Upstream
from broadsheet.edge.store.spool import Spool
from broadsheet.platform import clock
from broadsheet.platform.generations import Generations
from broadsheet.platform.http.rendition import Rendition

log = logging.getLogger(__name__)

type Key = tuple[str, Rendition]

MISSING_SHARE = 32
"""Answers that there is no such page get one part in so many of the memory."""
MOST_BEING_MADE = 100
MOST_WAITING = 3_000
NOT_KEPT_SECONDS = 10.0
MOST_NOT_KEPT = 5_000
MOST_TRIES = 3
"""Where something is invalidated at once while the page is made."""


def _nothing(path: str) -> None:
    pass


class BusyError(Exception):
    """Too many wait for Django already."""


class Shelf:
    """Pages of at most `most` bytes. Dropped first are those not used since they were last spared."""

    def __init__(self, most: int, dropped: Callable[[Key], None]) -> None:
        self.most, self.size = most, 0
        self._dropped = dropped
        self.pages: OrderedDict[Key, ReadyPage] = OrderedDict()

    def put(self, key: Key, ready: ReadyPage) -> None:
        self.drop(key)
        self.pages[key] = ready
        self.size += ready.size
        while self.size > self.most and self.pages:
            oldest = next(iter(self.pages))
            if self.pages[oldest].is_used:
                self.pages[oldest].is_used = False
                self.pages.move_to_end(oldest)
            else:
                self.drop(oldest)

    def drop(self, key: Key) -> None:
        if ready := self.pages.pop(key, None):
            self.size -= ready.size
            self._dropped(key)


class Pages:
    def __init__(self, upstream: Upstream, generations: Generations, most: int, spool: str) -> None:
        self._upstream, self._generations = upstream, generations
        self._kept = Shelf(most, self._say_dropped)
        self._missing = Shelf(most // MISSING_SHARE, self._say_dropped)
        self.when_dropped: Callable[[str], object] = _nothing
        """Called with the path of a page that leaves the memory, in whichever rendition."""
        self._spool = Spool(Path(spool), most) if spool else None
        self._making: dict[Key, asyncio.Task[ReadyPage]] = {}
        self._waiting = 0
        self._not_kept: OrderedDict[str, float] = OrderedDict()
        self.headers: Headers = []
        """With which Django is asked."""
        self.trusts_spool = False
        """Not before it is known what was invalidated."""

    def _say_dropped(self, key: Key) -> None:
        self.when_dropped(key[0])

    @property
    def size(self) -> int:
        return self._kept.size + self._missing.size

    def find(self, path: str, rendition: Rendition, now: float) -> ReadyPage | None:
        """What may be shown at this moment of the monotonic clock. May begin to make it anew."""
        ready = self._kept.pages.get((path, rendition))
        if ready is not None and ready.seen_in is self._generations.now and now < ready.fresh_until:
            ready.is_used = True
            return ready
        return self._find_kept(ready, now) if ready else self._find_missing((path, rendition), now)

    def _find_kept(self, ready: ReadyPage, now: float) -> ReadyPage | None:
        if not ready.may_be_shown(self._generations, now):
            self._kept.drop(ready.key)
            return None
        ready.is_used = True
        if ready.is_fresh(now):
            return ready
        self._make_in_background(ready.key, ready)
        return ready if ready.may_be_shown_meanwhile(now) else None

    def _find_missing(self, key: Key, now: float) -> ReadyPage | None:
        ready = self._missing.pages.get(key)
        if ready and not (ready.may_be_shown(self._generations, now) and ready.is_fresh(now)):
            self._missing.drop(key)
            return None
        return ready

    def stale(self, path: str, rendition: Rendition, now: float) -> ReadyPage | None:
        """What may still be shown where it can't be made anew just now."""
        ready = self._kept.pages.get((path, rendition))
        return ready if ready and ready.may_be_shown(self._generations, now) else None

    def is_not_kept(self, path: str, now: float) -> bool:
        end = self._not_kept.get(path)
        return end is not None and now < end

    async def get(self, path: str, rendition: Rendition) -> ReadyPage:
        """From the spool, or made by Django. Raises NotKeptError, UnavailableError, BusyError."""
        key = path, rendition
        if ready := self._from_spool(key):
            return ready
        if self._waiting >= MOST_WAITING:
            raise BusyError
        self._waiting += 1
        try:
            return await asyncio.shield(self._task(key))
        finally:
            self._waiting -= 1

    def _from_spool(self, key: Key) -> ReadyPage | None:
        if self._spool is None or not self.trusts_spool:
            return None
        try:
            page = self._spool.find(*key)
        except (sqlite3.Error, ValueError) as error:
            log.warning("The spool can't be read: %s", error)
            return None
        now = clock.now()
        if page is None or not page.is_in_time(now) or not self._generations.is_current(page.made):
            return None
        ready = ReadyPage(page, now)
        if not ready.is_fresh(time.monotonic()):
            return None
        self._kept.put(key, ready)
        return ready

    def _task(self, key: Key) -> asyncio.Task[ReadyPage]:
        task = self._making.get(key)
        if task is None:
            if len(self._making) >= MOST_BEING_MADE:
                raise BusyError
            task = self._making[key] = asyncio.get_running_loop().create_task(self._make(key))
            task.add_done_callback(lambda done: self._made(key, done))
        return task

    def _made(self, key: Key, done: asyncio.Task[ReadyPage]) -> None:
        del self._making[key]
        if not done.cancelled():
            done.exception()  # whoever waits has it; where nobody does, it is not to be reported

    def _make_in_background(self, key: Key, ready: ReadyPage) -> None:
        if key in self._making or len(self._making) >= MOST_BEING_MADE or time.monotonic() < ready.next_try:
            return
        ready.next_try = time.monotonic() + 1.0
        fresher = self._from_spool(key)
        if fresher is None:
            self._task(key)

    async def _make(self, key: Key) -> ReadyPage:
        path, rendition = key
        for _ in range(MOST_TRIES):
            began = self._generations.now
            try:
                page = await self._upstream.page(path, rendition, self.headers)
            except NotKeptError:
                self._kept.drop(key)
                self._remember_not_kept(path)
                raise
            except UnavailableError:
                if before := self._kept.pages.get(key):
                    before.has_failed = True
                raise
            ready = ReadyPage(replace(page, path=path), clock.now())
            if began is self._generations.now:
                ready.accept(self._generations)
            if ready.may_be_shown(self._generations, time.monotonic()):
                self._keep(key, ready)
                return ready
        raise UnavailableError(f"{path} changes faster than it is made")

    def _keep(self, key: Key, ready: ReadyPage) -> None:
        self._kept.drop(key)
        self._missing.drop(key)
        (self._kept if ready.page.status == 200 else self._missing).put(key, ready)

    def _remember_not_kept(self, path: str) -> None:
        self._not_kept[path] = time.monotonic() + NOT_KEPT_SECONDS
        self._not_kept.move_to_end(path)
        while len(self._not_kept) > MOST_NOT_KEPT:
            self._not_kept.popitem(last=False)

    def forget_not_kept(self) -> None:
        self._not_kept.clear()
