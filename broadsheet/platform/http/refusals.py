"""How a request is refused: one sentence that says why, to a person as a page, to a script as JSON."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.functional import Promise

from broadsheet.platform.http.caching import for_nobody_else


def wants_json(request: HttpRequest) -> bool:
    return request.headers.get("Accept", "").startswith("application/json")


def refuse(
    request: HttpRequest, status: int, reason: str | Promise, *, is_for_others: bool = False
) -> HttpResponse:
    """A 4xx answer with its reason, as JSON to a script and as a page to everyone else.

    `is_for_others` is what another account may open: the page says who is signed in, and how to change that.
    """
    if wants_json(request):
        return for_nobody_else(JsonResponse({"error": reason}, status=status))
    context = {"status": status, "reason": reason, "is_for_others": is_for_others}
    return for_nobody_else(render(request, "platform/error.html", context, status=status))
