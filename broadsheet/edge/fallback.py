"""What a request is answered with while the database is away."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from broadsheet.edge.keeping import WHOLE, store
from broadsheet.edge.store.page import StoredPage
from broadsheet.identity.files import remembered_file
from broadsheet.identity.look import last_look
from broadsheet.membership.entitlement_cookie import entitlement_cookie_in
from broadsheet.membership.revocations import honoured
from broadsheet.paywall.verdict import Reason
from broadsheet.platform import clock
from broadsheet.platform.http.caching import as_cacheable_as, for_nobody_else
from broadsheet.platform.http.refusals import wants_json
from broadsheet.platform.http.rendition import PUBLIC, Rendition, wanted
from broadsheet.platform.http.signed_cookies import signing_keys
from broadsheet.platform.invalidation import known


def fallback_response(request: HttpRequest, *, is_informed: bool, can_be_read: bool = False) -> HttpResponse:
    """A kept page, else 503.

    Free articles are shown only if the process `is_informed` of what was invalidated. The database
    `can_be_read` where all it refuses is to write.
    """
    if request.method in {"GET", "HEAD"} and not wanted(request):
        if file := remembered_file(request):
            return file
        cookie = entitlement_cookie_in(request.COOKIES, signing_keys())
        may_have_all = cookie and honoured(cookie, clock.now(), database_is_away=True)
        if may_have_all and (whole := _kept(request, WHOLE)):
            return _page(whole)
        found = _kept(request, PUBLIC)
        if found and (is_informed or found.verdict != Reason.FREE):
            return as_cacheable_as(request, _page(found), seconds=10)
    return _unavailable(request, can_be_read=can_be_read)


def _kept(request: HttpRequest, rendition: Rendition) -> StoredPage | None:
    found = store.find(request.path_info, rendition)
    if found is None or not found.is_in_time(clock.now()) or not known.generations.may_be_shown(found.made):
        return None
    return found


def _page(found: StoredPage) -> HttpResponse:
    response = HttpResponse(found.content)
    if found.verdict:
        response.headers["Broadsheet-Verdict"] = found.verdict
        response.headers["Broadsheet-Rendition"] = found.rendition.form
    return for_nobody_else(response)


def _unavailable(request: HttpRequest, *, can_be_read: bool) -> HttpResponse:
    """503, where the database is away or, if it `can_be_read`, takes no writes."""
    if wants_json(request):
        sentence = _("The rest of the article can’t be fetched just now. Please try again in a minute.")
        response: HttpResponse = JsonResponse({"error": sentence}, status=503)
    else:
        template = "edge/503_unwritable.html" if can_be_read else "edge/503.html"
        # Without context processors: they would ask the database.
        response = HttpResponse(render(None, template, {"look": last_look()}).content, status=503)
    response.headers["Retry-After"] = "30"
    return for_nobody_else(response)
