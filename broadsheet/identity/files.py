"""The files of identities, which never change: once read, a process needs no database to serve them."""

from functools import lru_cache

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from broadsheet.identity.models import IdentityFile


@lru_cache(maxsize=64)
def _read(digest: str, ending: str) -> tuple[bytes, str]:
    found = IdentityFile.objects.get(digest=digest)
    if found.ending != ending:
        raise IdentityFile.DoesNotExist
    return bytes(found.content), found.media_type


@require_safe
def identity_file(request: HttpRequest, digest: str, ending: str) -> HttpResponse:
    try:
        content, media_type = _read(digest, ending)
    except IdentityFile.DoesNotExist as error:
        raise Http404 from error
    response = HttpResponse(content, content_type=media_type)
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    # A drawing that is opened by itself runs nothing and loads nothing.
    response.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
