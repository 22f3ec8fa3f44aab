from typing import Any

from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest

from broadsheet.people.models import Person
from broadsheet.platform.http.rendition import wanted


class NotTheirsError(Http404):
    """What was asked for isn't in the account that is signed in. Whether it is in another is not said."""


def own_or_404[M: Model](own: QuerySet[M], **lookup: Any) -> M:
    """The one of `own`, the rows of whoever is signed in. Raises NotTheirsError where it isn't among them."""
    try:
        return own.get(**lookup)
    except ObjectDoesNotExist as missing:
        raise NotTheirsError from missing


def person_of(request: HttpRequest) -> Person:
    """Who is signed in; only for views that strangers don't reach."""
    if not isinstance(request.user, Person):
        raise TypeError("nobody is signed in: the view lacks login_required")
    return request.user


def reader_of(request: HttpRequest) -> Person | None:
    """The signed-in reader. Without a session cookie the session isn't touched, nor is `Vary`."""
    if settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return None
    return request.user if isinstance(request.user, Person) else None


def is_signed_in(request: HttpRequest) -> bool:
    """As the masthead shows it: for whom a kept page is made, or else whether somebody is signed in here."""
    if rendition := wanted(request):
        return rendition.is_signed_in
    return reader_of(request) is not None
