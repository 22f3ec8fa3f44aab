from django.http import HttpRequest

from broadsheet.people.models import Person


def person_of(request: HttpRequest) -> Person:
    """Who is signed in; only for views that strangers don't reach."""
    if not isinstance(request.user, Person):
        raise TypeError("nobody is signed in: the view lacks login_required")
    return request.user
