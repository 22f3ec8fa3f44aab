from django.conf import settings
from django.http import HttpRequest

from broadsheet.people.models import Person


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
