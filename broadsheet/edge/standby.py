"""What readers get while the database is away: the last pages that this process served.

A stranger gets the public rendition. A subscriber, known by their entitlement cookie, gets the whole
article. Nothing is spent and nothing is decided anew. A page that is not in store is answered with 503.
Where fronts stand before Django, they do the same with what they keep.
"""

import logging
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

from django.core.signals import got_request_exception
from django.db import InterfaceError, OperationalError, connection
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse

from broadsheet.edge.fallback import fallback_response
from broadsheet.edge.keeping import begin, store
from broadsheet.platform.invalidation import known
from broadsheet.platform.outages.patience import is_late
from broadsheet.platform.outages.unwritable import is_full, is_locked

log = logging.getLogger(__name__)

DATABASE_ERRORS = (InterfaceError, OperationalError)
RETRY_AFTER = 1.0
"""Seconds in which nobody else tries, once the database was found to be away."""
GONE_STATUSES = {301, 404, 410}
POLLED_WITHIN = 60.0
"""Seconds before the database went away within which this process must have read what was invalidated.

Otherwise a free article, which is kept whole, may not be free any longer.
"""
POLL_EVERY = 1.0
"""Seconds from one poll to the next."""


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
            fault = known.refresh(older_than=POLL_EVERY)
            return self._lost(request, fault) if fault and _is_away() else self._answer(request)
        # A database that doesn't answer would hold up every thread until it times out: one asks at a time.
        if time.monotonic() < self._away_until or not self._asks.acquire(blocking=False):
            return self._fallback(request)
        try:
            return self._answer(request)
        finally:
            self._asks.release()

    def _answer(self, request: HttpRequest) -> HttpResponse:
        begin(request)
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
            return fallback_response(request, is_informed=True, can_be_read=True)
        return response

    def _lost(self, request: HttpRequest, fault: Exception) -> HttpResponse:
        log.error("%s; pages come from memory: %s", _named(fault), fault)
        now = time.monotonic()
        self._away_since = now if self._away_since is None else self._away_since
        self._away_until = now + RETRY_AFTER
        return self._fallback(request)

    def _fallback(self, request: HttpRequest) -> HttpResponse:
        away_since = self._away_since
        is_informed = away_since is None or away_since - known.read_at <= POLLED_WITHIN
        return fallback_response(request, is_informed=is_informed)


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
