"""A cookie that says for whom a browser keeps issues, so that they go when somebody else sits there.

It is never trusted: all that it can bring about is that something is let go of. A page's script takes it back
once it has done that itself.
"""

from collections.abc import Mapping
from datetime import timedelta

from django.conf import settings
from django.http import HttpResponse

from broadsheet.people.models import Person

NAME = "broadsheet_offline"
ANYBODY = "free"
"""Whose it is when all of what is kept is free."""
LIFE = timedelta(days=30)
"""As long as anything may be kept."""


def holder_of(person: Person) -> str:
    return f"p{person.pk}"


def is_kept_for_others(cookies: Mapping[str, str], holder: str) -> bool:
    """Whether what this browser keeps is not for `holder`."""
    return (cookies.get(NAME) or ANYBODY) not in {ANYBODY, holder}


def tell(response: HttpResponse, holder: str) -> None:
    # A script reads it.
    response.set_cookie(NAME, holder, max_age=LIFE, secure=settings.HTTPS, samesite="Lax")


def forget(response: HttpResponse) -> None:
    response.delete_cookie(NAME, samesite="Lax")


def let_go(response: HttpResponse, cookies: Mapping[str, str]) -> None:
    """Has the browser let go of all that it keeps, where no script has done so before.

    What it remembers for its reader goes with it: the place in an issue, the size of the text.
    """
    if cookies.get(NAME):
        response.headers["Clear-Site-Data"] = '"storage"'
        forget(response)
