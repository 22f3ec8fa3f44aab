"""What the front asks of Django: pages to keep, what to decide by, and to count what it answered.

It asks on a socket that nobody else can reach, by a header that it takes out of every visitor's request.
"""

import json
import time
from collections.abc import Callable, Iterable
from datetime import datetime
from functools import cache
from uuid import UUID

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.utils import translation

from broadsheet.edge import front_rules
from broadsheet.edge.keeping import MISSING, Making, begin, stored
from broadsheet.edge.store.page import StoredPage
from broadsheet.edge.store.spool import Spool
from broadsheet.insights.counts import tally
from broadsheet.insights.models import Counted, Numbers
from broadsheet.platform.http.editions import edition_of_path
from broadsheet.platform.http.proxy import BY_FRONT
from broadsheet.platform.http.rendition import KEY, Rendition
from broadsheet.platform.invalidation import known
from broadsheet.platform.processes import metrics

ASKED = "HTTP_BROADSHEET_ASKED"
"""In a WSGI environ: the name of a rendition, or one of those below."""
RULES, TALLY = "rules", "tally"
PACKED = "application/x-broadsheet-page"
LONGEST_WAIT = 10.0
"""Seconds that one process waits for another one to render what it wants too."""
LOOKS_EVERY = 0.02


@cache
def spool() -> Spool | None:
    """What this process shares with the fronts of its host, if there are any."""
    return Spool(settings.SPOOL, settings.SPOOL_MEGABYTES * 1024 * 1024) if settings.SPOOL else None


class FrontMiddleware:
    """Stands before all others but the one that says that the front asks."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        asked = request.META.pop(ASKED, "")
        if not asked or not request.META.get(BY_FRONT):
            return self.get_response(request)
        if asked == RULES:
            return _rules()
        if asked == TALLY:
            return _count(request)
        return self._rendition(request, Rendition.named(asked))

    def _rendition(self, request: HttpRequest, rendition: Rendition) -> HttpResponse:
        pages = spool()
        if pages is None:
            return self._rendered(request, rendition)
        path = request.get_full_path()
        with pages.turn(path, rendition) as is_ours:
            if not is_ours and (page := _rendered_elsewhere(pages, path, rendition)):
                return _packed(page)
            return self._rendered(request, rendition)

    def _rendered(self, request: HttpRequest, rendition: Rendition) -> HttpResponse:
        known.refresh(older_than=0.0)
        begin(request)
        request.META[KEY] = rendition
        for whose in ("HTTP_COOKIE", "HTTP_USER_AGENT", "HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE"):
            request.META.pop(whose, None)
        response = self.get_response(request)
        making: Making | None = getattr(response, "making", None)
        if not can_be_kept(response, making):
            return response
        with translation.override(edition_of_path(request.path_info)):
            page = stored(
                request, response, rendition, response.content, making, path=request.get_full_path()
            )
        if page.status == 200 and (pages := spool()):
            pages.keep(page)
        return _packed(page)


def _rules() -> HttpResponse:
    """503 with the reason where the database is away, or has not been prepared yet."""
    try:
        rules = front_rules.rules()
    except DatabaseError as error:
        return HttpResponse(f"the database can’t be read: {error}", "text/plain; charset=utf-8", 503)
    return HttpResponse(json.dumps(rules), content_type="application/json")


def can_be_kept(response: HttpResponse, making: Making | None) -> bool:
    """Whether it is the same for all who may have this rendition."""
    if response.streaming or response.cookies:
        return False
    if response.status_code in MISSING:
        return True
    is_public = response.headers.get("Cache-Control", "").startswith("public")
    return response.status_code == 200 and (making is not None or is_public)


def _rendered_elsewhere(pages: Spool, path: str, rendition: Rendition) -> StoredPage | None:
    """What another process renders just now, once it has; None where nothing comes of it in time."""
    end = time.monotonic() + LONGEST_WAIT
    while pages.is_being_rendered(path, rendition) and time.monotonic() < end:
        time.sleep(LOOKS_EVERY)
    known.refresh(older_than=0.0)
    page = pages.find(path, rendition)
    return page if page and known.generations.is_current(page.made) else None


def _packed(page: StoredPage) -> HttpResponse:
    return HttpResponse(page.packed(), content_type=PACKED)


def _count(request: HttpRequest) -> HttpResponse:
    """Counts what a front answered: opens by hour, as `insights.counts` does; the rest for the metrics."""
    told = json.loads(request.body)
    rows: Iterable[tuple[str, str, str, str, int, int]] = told["opens"]
    for edition, hour, article, reason, decisions, opens in rows:
        counted = Counted(edition, datetime.fromisoformat(hour), UUID(hex=article), reason, 0)
        tally.add(counted, Numbers(decisions=decisions, opens=opens))
    for answered, number in told["answered"].items():
        result, _, kind = answered.partition(" ")
        metrics.front_answers.labels(result, kind).inc(number)
    return HttpResponse(status=204)
