"""The files of identities, which never change: what a process served once it serves without the database."""

from collections import OrderedDict
from dataclasses import dataclass
from functools import cached_property

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers
from django.utils.text import compress_string
from django.views.decorators.http import require_safe

from broadsheet.identity.models import IdentityFile

MOST = 64
TEXT = {"text/css", "image/svg+xml"}


@dataclass(frozen=True)
class Served:
    content: bytes
    media_type: str

    @cached_property
    def zipped(self) -> bytes:
        """Empty where it would gain nothing: pictures are compressed already."""
        return compress_string(self.content) if self.media_type in TEXT else b""

    def answer(self, request: HttpRequest) -> HttpResponse:
        response = HttpResponse(self.content, content_type=self.media_type)
        if self.zipped:
            patch_vary_headers(response, ["Accept-Encoding"])
            if "gzip" in request.headers.get("Accept-Encoding", ""):
                response.content = self.zipped
                response.headers["Content-Encoding"] = "gzip"
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        # A drawing that is opened by itself runs nothing and loads nothing.
        response.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response


_served: OrderedDict[str, Served] = OrderedDict()
"""By their addresses."""


@require_safe
def identity_file(request: HttpRequest, digest: str, ending: str) -> HttpResponse:
    if remembered := remembered_file(request):
        return remembered
    found = IdentityFile.objects.filter(digest=digest).first()
    if found is None or found.ending != ending:
        raise Http404
    served = _served[found.address] = Served(bytes(found.content), found.media_type)
    if len(_served) > MOST:
        _served.popitem(last=False)
    return served.answer(request)


def remembered_file(request: HttpRequest) -> HttpResponse | None:
    """That of this address, if this process has served it; it asks no database."""
    found = _served.get(request.path_info)
    return found.answer(request) if found else None
