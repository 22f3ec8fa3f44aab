"""One line for each request that reaches Django, its number in the metrics, and an id that joins its lines.

Nothing that tells who asked: no address, no query, no cookie, and of a path only what the URLconf says, since
a path may be a link that signs in. An article's path is public.
"""

import logging
import re
import time
from collections.abc import Callable
from contextvars import ContextVar
from secrets import token_hex

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from broadsheet.platform.processes import metrics

log = logging.getLogger("broadsheet.requests")

HEADER = "X-Request-ID"
GIVEN = re.compile(r"[\w-]{8,64}", re.ASCII)
PAGES = "wagtail_serve"

request_id: ContextVar[str] = ContextVar("request_id", default="")


class RequestLogMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        began = time.monotonic()
        token = request_id.set(id_of(request))
        try:
            response = self.get_response(request)
            response.headers[HEADER] = request_id.get()
            seconds = time.monotonic() - began
            method = request.method if request.method in metrics.METHODS else "other"
            metrics.requests.labels(method, response.status_code).inc()
            metrics.seconds.observe(seconds)
            fields = {
                "method": method,
                "route": route_of(request, response),
                "status": response.status_code,
                "milliseconds": round(seconds * 1000),
            }
            log.info("{method} {route} {status} {milliseconds} ms".format(**fields), extra={"fields": fields})
            return response
        finally:
            request_id.reset(token)


def id_of(request: HttpRequest) -> str:
    """That which the front gave it, which speaks by a Unix socket; what anybody else says is not believed."""
    given = request.headers.get(HEADER, "")
    if settings.SPOOL and request.META.get("REMOTE_ADDR") == "" and GIVEN.fullmatch(given):
        return given
    return token_hex(8)


def route_of(request: HttpRequest, response: HttpResponse) -> str:
    match = request.resolver_match
    if match is None:
        return "-"
    if match.url_name == PAGES:
        return request.path if response.status_code < 400 else "-"
    return f"/{match.route}"


class RequestId(logging.Filter):
    """Gives each line the id of the request that it is about, or none."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = request_id.get()
        return True
