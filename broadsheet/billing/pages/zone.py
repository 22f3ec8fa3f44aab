"""Pages show days and times in the time zone of their edition."""

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from broadsheet.editorial.context import edition_of

type View = Callable[..., HttpResponse]


def in_its_zone(view: View) -> View:
    """Shows `view` in the time zone of the edition that the address names; 404 where that isn't published."""

    @wraps(view)
    def shown(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        with timezone.override(edition_of(request).zone):
            return view(request, *args, **kwargs)

    return shown
