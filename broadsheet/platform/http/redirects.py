from collections.abc import Container
from http import HTTPStatus
from urllib.parse import unquote_plus, urlsplit

from django.http import HttpRequest, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils.encoding import iri_to_uri


def see_other(to: str) -> HttpResponseRedirect:
    """After a post: the browser goes on with a GET of `to`, a path, an address or the name of a view."""
    response = redirect(to)
    response.status_code = HTTPStatus.SEE_OTHER
    return response


def with_query(to: str, request: HttpRequest, without: Container[str] = ()) -> str:
    """`to`, a path or an address, with what the request's has behind its question mark.

    A campaign is counted where it led to. A name that `to` has in its own query keeps the value it has there.
    `without` are names that have led there and are done with.
    """
    parts = urlsplit(to)
    own = {_name(pair) for pair in parts.query.split("&")}
    asked = (iri_to_uri(request.META.get("QUERY_STRING")) or "").split("&")
    added = [pair for pair in asked if pair and _name(pair) not in own and _name(pair) not in without]
    return parts._replace(query="&".join(filter(None, [parts.query, *added]))).geturl()


def _name(pair: str) -> str:
    return unquote_plus(pair.partition("=")[0])
