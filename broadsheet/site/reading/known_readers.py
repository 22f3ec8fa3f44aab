"""Lets the front know a signed-in reader for the next five minutes, so that their pages need no Django."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from broadsheet.library import cookie as library_cookie
from broadsheet.membership.cookies import renew_entitlement_cookie
from broadsheet.paywall.cookies import set_reader
from broadsheet.paywall.reader_cookie import reader_cookie_in
from broadsheet.platform import clock
from broadsheet.platform.http.proxy import BY_FRONT
from broadsheet.platform.http.signed_cookies import signing_keys
from broadsheet.site.reading.visit import Visit


class KnownReaderMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.META.get(BY_FRONT):
            visit: Visit | None = getattr(request, "_visit", None)
            # Only where the page asked who it is: else a picture would open the session.
            if visit and visit.knows_person and visit.reader and not visit.works_here:
                _introduce(visit, response)
        return response


def _introduce(visit: Visit, response: HttpResponse) -> None:
    reader = visit.reader
    if reader is None:
        return
    if visit.is_subscriber:
        renew_entitlement_cookie(response, reader)
        library_cookie.tell(response, reader)
        return
    cookie, now = reader_cookie_in(visit.cookies, signing_keys()), clock.now()
    is_known = cookie and cookie.person_id == reader.pk and cookie.edition == visit.tag
    is_fresh = is_known and cookie and now < cookie.fresh_until
    if is_fresh and not visit.is_post:
        return
    if not is_fresh:
        # On another device they may have saved something, or chosen a history.
        library_cookie.tell(response, reader)
    # Whoever reads by an institution's right is known to Django alone, as by its network.
    if visit.institution is None:
        set_reader(response, reader.pk, visit.tag, visit.holding, visit.meter_rules.period)
