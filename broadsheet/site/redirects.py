from urllib.parse import parse_qsl

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect, HttpResponseRedirect
from django.utils.encoding import uri_to_iri
from wagtail.contrib.redirects import middleware
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Site

from broadsheet.platform.http.redirects import with_query

MOST_PAIRS = 20


class RedirectMiddleware(middleware.RedirectMiddleware):
    """Wagtail's, which drops what stands behind the question mark, and looks only where nothing is found."""

    def process_request(self, request: HttpRequest) -> HttpResponse | None:
        """A front answers whatever stands behind its question mark; once, `/?p=123` was an article."""
        query = request.META.get("QUERY_STRING", "")
        if request.method not in {"GET", "HEAD"} or "=" not in query or not _is_front(request.path):
            return None
        path = request.path.rstrip("/") or "/"
        pairs = [uri_to_iri(pair) for pair in query.split("&")[:MOST_PAIRS]]
        wanted = [Redirect.normalise_path(f"{path}?{query}"), *(f"{path}?{pair}" for pair in pairs)]
        known = Redirect.get_for_site(Site.find_for_request(request)).filter(old_path__in=wanted)
        found = known.select_related("redirect_page").first()
        if found is None or found.link is None:
            return None
        answer = HttpResponsePermanentRedirect if found.is_permanent else HttpResponseRedirect
        led = {name for name, _value in parse_qsl(found.old_path.partition("?")[2], keep_blank_values=True)}
        return answer(with_query(found.link, request, without=led))

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        answer: HttpResponse = super().process_response(request, response)
        if answer is not response:
            whole = Redirect.normalise_path(request.get_full_path(), decode_unicode=False)
            # An old address may have a query of its own, which has led here and is done with.
            if "?" not in whole or not middleware.get_redirect(request, whole):
                answer.headers["Location"] = with_query(answer.headers["Location"], request)
        return answer


def _is_front(path: str) -> bool:
    return path.strip("/") in settings.EDITIONS.values()
