from http import HTTPStatus

from django.http import HttpResponseRedirect
from django.shortcuts import redirect


def see_other(to: str) -> HttpResponseRedirect:
    """After a post: the browser goes on with a GET of `to`, a path, an address or the name of a view."""
    response = redirect(to)
    response.status_code = HTTPStatus.SEE_OTHER
    return response
