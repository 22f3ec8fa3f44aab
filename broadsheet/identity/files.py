"""The files of identities, which never change: what a process served once it serves without the database."""

from collections import OrderedDict

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from broadsheet.identity.models import IdentityFile

MOST = 64
_served: OrderedDict[str, tuple[bytes, str]] = OrderedDict()
"""By their addresses."""


@require_safe
def identity_file(request: HttpRequest, digest: str, ending: str) -> HttpResponse:
    if remembered := remembered_file(request.path_info):
        return remembered
    found = IdentityFile.objects.filter(digest=digest).first()
    if found is None or found.ending != ending:
        raise Http404
    _served[found.address] = bytes(found.content), found.media_type
    if len(_served) > MOST:
        _served.popitem(last=False)
    return _answer(*_served[found.address])


def remembered_file(path: str) -> HttpResponse | None:
    """That of this address, if this process has served it; it asks no database."""
    found = _served.get(path)
    return _answer(*found) if found else None


def _answer(content: bytes, media_type: str) -> HttpResponse:
    response = HttpResponse(content, content_type=media_type)
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    # A drawing that is opened by itself runs nothing and loads nothing.
    response.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
