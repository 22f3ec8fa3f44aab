from typing import Any

from django.http import Http404, HttpRequest
from django.utils import translation
from django.utils.functional import SimpleLazyObject

from broadsheet.editorial.models import Edition, Publication, outline


def editions_of(request: HttpRequest) -> list[Edition]:
    """All editions, the same for the whole request."""
    cached: list[Edition] | None = getattr(request, "_editions", None)
    if cached is None:
        cached = request._editions = outline.editions()  # type: ignore[attr-defined]
    return cached


def _addressed(request: HttpRequest) -> Edition | None:
    tag = translation.get_language()
    return next((e for e in editions_of(request) if e.locale.language_code == tag), None)


def edition_of(request: HttpRequest) -> Edition:
    """The edition that the address names. Raises Http404 where it isn't published."""
    if edition := _addressed(request):
        return edition
    raise Http404


def magazine(request: HttpRequest) -> dict[str, Any]:
    """The publication, the edition that the address names, and all editions; fetched when used."""
    return {
        "publication": SimpleLazyObject(lambda: Publication.load(request_or_site=request)),
        "edition": SimpleLazyObject(lambda: _addressed(request)),
        "editions": SimpleLazyObject(lambda: editions_of(request)),
    }
