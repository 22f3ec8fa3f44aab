from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.utils import translation

from broadsheet.platform.http.editions import edition_of_path
from broadsheet.platform.http.proxy import apply_forwarded, apply_front

type GetResponse = Callable[[HttpRequest], HttpResponse]


class TrustedProxyMiddleware:
    """Settles who the visitor's address is before anything else looks at it."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.SPOOL and not request.META.get("REMOTE_ADDR"):
            apply_front(request.META)
        else:
            apply_forwarded(request.META, settings.TRUSTED_PROXIES)
        return self.get_response(request)


class NulMiddleware:
    """Refuses a NUL in an address or a cookie: PostgreSQL takes none, and nothing here has any."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if any("\0" in text for text in (request.path_info, *request.COOKIES.values())):
            raise BadRequest
        return self.get_response(request)


class EditionMiddleware:
    """The first part of the path names the edition, and nothing else does.

    Django's LocaleMiddleware would also look at cookies and Accept-Language and add it to Vary;
    nobody is sent to another edition by language or address here.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        tag = edition_of_path(request.path_info)
        with translation.override(tag):
            request.LANGUAGE_CODE = tag
            return self.get_response(request)
