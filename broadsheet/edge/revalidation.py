"""Lets a browser that has a public page ask whether it is still the same, and answers 304 where it is.

Django's ConditionalGetMiddleware does this for GET alone, and for pages that are one visitor's as well.
"""

from collections.abc import Callable
from hashlib import blake2b

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.http import parse_http_date_safe

METHODS = {"GET", "HEAD"}


class RevalidationMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.method not in METHODS or response.status_code != 200 or response.streaming:
            return response
        if not response.headers.get("Cache-Control", "").startswith("public"):
            return response
        etag = f'"{blake2b(response.content, digest_size=16).hexdigest()}"'
        response.headers["ETag"] = etag
        changed = parse_http_date_safe(response.headers.get("Last-Modified", ""))
        return get_conditional_response(request, etag, changed, response) or response
