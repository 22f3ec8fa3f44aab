"""What readers get while the database is away: the last pages that this process served.

A stranger gets the public rendition. A subscriber, known by their entitlement cookie, gets the whole
article. Nothing is spent and nothing is decided anew. A page that is not in store is answered with 503.
"""

import gzip
import logging
import sys
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import blake2b
from math import inf
from typing import Any

from django.conf import settings
from django.core.signals import got_request_exception
from django.db import InterfaceError, OperationalError, connection
from django.db.models.signals import post_delete, post_save, pre_delete
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from wagtail.models import Page
from wagtail.signals import page_published, page_unpublished, post_page_move

from broadsheet.edge.fallback import fallback_response
from broadsheet.editorial.models import Publication, Section
from broadsheet.paywall.models import AccessRule
from broadsheet.platform import clock
from broadsheet.platform.http.caching import is_cookieless
from broadsheet.platform.models import Invalidation
from broadsheet.platform.outages.patience import is_late
from broadsheet.platform.outages.unwritable import is_full, is_locked

log = logging.getLogger(__name__)

DATABASE_ERRORS = (InterfaceError, OperationalError)
LONGEST = timedelta(hours=48)
"""How old a stored page may be; an entitlement cookie is honoured no longer either."""
RETRY_AFTER = 1.0
"""Seconds in which nobody else tries, once the database was found to be away."""
GONE_STATUSES = {301, 404, 410}
POLLED_WITHIN = 60.0
"""Seconds before the database went away within which this process must have polled the invalidations.

Otherwise a free article, which is kept whole, may not be free any longer.
"""
POLL_EVERY = 1.0
"""Seconds from one poll to the next."""
OVERLAP = timedelta(minutes=1)
"""How long after its `at` a row may be committed, and by how much the clocks of two hosts may differ."""
SLOT = (b"<broadsheet-slot", b"</broadsheet-slot>")


@dataclass(frozen=True, slots=True)
class Stored:
    compressed: bytes
    digest: bytes
    verdict: str
    kept_at: datetime
    until: datetime | None = None
    """When the page says too much, unless it is invalidated before."""

    @property
    def may_be_shown(self) -> bool:
        now = clock.now()
        return now - self.kept_at <= LONGEST and (self.until is None or now < self.until)


class Store:
    """Pages by path and rendition, at most `most` bytes; the least recently served are dropped first."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._bytes = 0
        self._pages: OrderedDict[tuple[str, str], Stored] = OrderedDict()
        self._lock = threading.Lock()

    def has(self, path: str, content: bytes, *, full: bool) -> bool:
        """Whether exactly this public rendition is kept, and with `full` also the full one.

        If so, both count as kept now.
        """
        with self._lock:
            public = self._pages.get((path, "public"))
            if public is None or public.digest != _digest(content):
                return False
            keys = [(path, "public"), (path, "full")] if full else [(path, "public")]
            if not all(key in self._pages for key in keys):
                return False
            for key in keys:
                self._pages[key] = replace(self._pages[key], kept_at=clock.now())
                self._pages.move_to_end(key)
            return True

    def keep(
        self, path: str, rendition: str, content: bytes, verdict: str, until: datetime | None = None
    ) -> None:
        stored = Stored(gzip.compress(content, 5), _digest(content), verdict, clock.now(), until)
        with self._lock:
            self._drop((path, rendition))
            self._pages[path, rendition] = stored
            self._bytes += len(stored.compressed)
            while self._bytes > self._most:
                self._drop(next(iter(self._pages)))

    def find(self, path: str, rendition: str) -> tuple[bytes, str] | None:
        """The page and its verdict, unless it is too old to be shown."""
        with self._lock:
            stored = self._pages.get((path, rendition))
        if stored is None or not stored.may_be_shown:
            return None
        return gzip.decompress(stored.compressed), stored.verdict

    def forget(self, path: str) -> None:
        with self._lock:
            for rendition in ("public", "full"):
                self._drop((path, rendition))

    def clear(self) -> None:
        with self._lock:
            self._pages.clear()
            self._bytes = 0

    def _drop(self, key: tuple[str, str]) -> None:
        if stored := self._pages.pop(key, None):
            self._bytes -= len(stored.compressed)


def _digest(content: bytes) -> bytes:
    return blake2b(content, digest_size=16).digest()


store = Store(settings.STANDBY_MEGABYTES * 1024 * 1024)


class Invalidations:
    """Looks, at most once a second, for what any process has invalidated, and forgets it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.polled_at = -inf
        """By the monotonic clock: when all invalidations were last known."""
        self._known: set[int] = set()

    def poll(self) -> Exception | None:
        """Polls where it is time to. Returns what kept it from that, if anything did."""
        if time.monotonic() - self.polled_at < POLL_EVERY or not self._lock.acquire(blocking=False):
            return None
        try:
            self._poll()
        except DATABASE_ERRORS as error:
            log.warning("the invalidations of kept pages can't be read: %s", error)
            return error
        finally:
            self._lock.release()
        return None

    def _poll(self) -> None:
        began = time.monotonic()
        # Rows that were committed late are in the overlap. Older ones are about pages never kept here.
        span = min(timedelta(seconds=began - self.polled_at), LONGEST) if self.polled_at > -inf else OVERLAP
        found = dict(
            Invalidation.objects.filter(at__gte=clock.now() - span - OVERLAP).values_list("pk", "path")
        )
        new = {path for pk, path in found.items() if pk not in self._known}
        self._known = set(found)
        if "" in new:
            store.clear()
        for path in new:
            store.forget(path)
        self.polled_at = began


invalidations = Invalidations()


def keep_public(
    request: HttpRequest,
    response: HttpResponse,
    rest: Callable[[], str] | None = None,
    until: Callable[[], datetime | None] = lambda: None,
) -> None:
    """Keeps a page that is the same for all; with `rest`, what a subscriber reads in place of its slot.

    `until` says when the page will say too much, if that is known. Both are called only for a page that is
    not kept yet.
    """
    path, content = request.path_info, response.content
    if not is_cookieless(request) or request.META["QUERY_STRING"]:
        return
    if store.has(path, content, full=rest is not None):
        return
    store.keep(path, "public", content, response.headers.get("Broadsheet-Verdict", ""), until())
    if rest:
        start, end = content.find(SLOT[0]), content.rfind(SLOT[1]) + len(SLOT[1])
        store.keep(path, "full", content[:start] + rest().encode() + content[end:], "subscription")


@receiver([page_published, page_unpublished])
@receiver(pre_delete, sender=Page)
def forget_page(instance: Page, **kwargs: Any) -> None:
    """A correction, a retraction or another access: what was kept is not shown again, by any process."""
    if isinstance(instance.specific_deferred, Section):
        forget_all()  # its articles may have another access now
    elif url := instance.get_url():
        store.forget(url)
        Invalidation.objects.create(path=url)


@receiver([post_save, post_delete], sender=AccessRule)
@receiver([post_save, post_delete], sender=Publication)
@receiver(post_page_move)
def forget_all(**kwargs: Any) -> None:
    """Access is decided anew, so what was kept as free may not be free any longer."""
    store.clear()
    Invalidation.objects.create()


@receiver(got_request_exception)
def notice(request: HttpRequest | None = None, **kwargs: Any) -> None:
    error = sys.exception()
    if request is not None and (isinstance(error, DATABASE_ERRORS) or is_full(error)):
        request.fault = error  # type: ignore[attr-defined]


class StandbyMiddleware:
    """Answers in place of what failed because the database is away."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self._away_since: float | None = None
        self._away_until = 0.0
        self._asks = threading.Lock()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if self._away_since is None:
            # Who finds it away here asks for nothing more, which would be waited for too.
            fault = invalidations.poll()
            return self._lost(request, fault) if fault and _is_away() else self._answer(request)
        # A database that doesn't answer would hold up every thread until it times out: one asks at a time.
        if time.monotonic() < self._away_until or not self._asks.acquire(blocking=False):
            return self._fallback(request)
        try:
            return self._answer(request)
        finally:
            self._asks.release()

    def _answer(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code in GONE_STATUSES:
            # Another process may have withdrawn it without telling this one.
            store.forget(request.path_info)
        fault = getattr(request, "fault", None)
        if response.status_code >= 500 and fault and (is_late(fault) or _is_away()):
            connection.close()  # it has answered too late, or not at all
            return self._lost(request, fault)
        self._away_since = None
        if response.status_code >= 500 and (is_full(fault) or is_locked(fault)):
            log.error("%s; pages are served, nothing is saved: %s", _named(fault), fault)
            return fallback_response(request, store, is_informed=True, can_be_read=True)
        return response

    def _lost(self, request: HttpRequest, fault: Exception) -> HttpResponse:
        log.error("%s; pages come from memory: %s", _named(fault), fault)
        now = time.monotonic()
        self._away_since = now if self._away_since is None else self._away_since
        self._away_until = now + RETRY_AFTER
        return self._fallback(request)

    def _fallback(self, request: HttpRequest) -> HttpResponse:
        away_since = self._away_since
        is_informed = away_since is None or away_since - invalidations.polled_at <= POLLED_WITHIN
        return fallback_response(request, store, is_informed=is_informed)


def _named(fault: BaseException | None) -> str:
    if is_full(fault):
        return "A disk is full"
    return "Another process keeps the database locked" if is_locked(fault) else "The database is away"


def _is_away() -> bool:
    try:
        connection.close()
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM django_migrations LIMIT 1")
    except DATABASE_ERRORS:
        return True
    return False
