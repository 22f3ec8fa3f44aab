"""What a request is answered with while the database is away."""

from typing import Protocol

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from broadsheet.membership.entitlement_cookie import entitlement_cookie_in
from broadsheet.membership.revocations import honoured
from broadsheet.paywall.verdict import Reason
from broadsheet.platform import clock
from broadsheet.platform.http.caching import as_cacheable_as, for_nobody_else
from broadsheet.platform.http.refusals import wants_json
from broadsheet.platform.http.signed_cookies import signing_keys


class Pages(Protocol):
    def find(self, path: str, rendition: str) -> tuple[bytes, str] | None:
        """The page and its verdict."""


def fallback_response(
    request: HttpRequest, pages: Pages, *, is_informed: bool, can_be_read: bool = False
) -> HttpResponse:
    """A kept page, else 503.

    Free articles are shown only if the process `is_informed` of what was invalidated. The database
    `can_be_read` where all it refuses is to write.
    """
    if request.method in {"GET", "HEAD"}:
        cookie = entitlement_cookie_in(request.COOKIES, signing_keys())
        may_have_all = cookie and honoured(cookie, clock.now(), database_is_away=True)
        if may_have_all and (whole := pages.find(request.path_info, "full")):
            return _page(whole, "full")
        found = pages.find(request.path_info, "public")
        if found and (is_informed or found[1] != Reason.FREE):
            return as_cacheable_as(request, _page(found, "public"), seconds=10)
    return _unavailable(request, can_be_read=can_be_read)


def _page(found: tuple[bytes, str], rendition: str) -> HttpResponse:
    content, verdict = found
    response = HttpResponse(content)
    if verdict:
        response.headers["Broadsheet-Verdict"] = verdict
        response.headers["Broadsheet-Rendition"] = rendition
    return for_nobody_else(response)


def _unavailable(request: HttpRequest, *, can_be_read: bool) -> HttpResponse:
    """503, where the database is away or, if it `can_be_read`, takes no writes."""
    if wants_json(request):
        sentence = "The rest of the article can’t be fetched just now. Please try again in a minute."
        response: HttpResponse = JsonResponse({"error": sentence}, status=503)
    else:
        template = "edge/503_unwritable.html" if can_be_read else "edge/503.html"
        # Without context processors: they would ask the database.
        response = HttpResponse(render(None, template).content, status=503)
    response.headers["Retry-After"] = "30"
    return for_nobody_else(response)
