from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from broadsheet.platform.http.caching import for_nobody_else
from broadsheet.platform.http.refusals import wants_json


def unavailable(request: HttpRequest, *, can_be_read: bool) -> HttpResponse:
    """503, where the database is away or, if it `can_be_read`, takes no writes."""
    if wants_json(request):
        sentence = "The rest of the article can’t be fetched just now. Please try again in a minute."
        response: HttpResponse = JsonResponse({"error": sentence}, status=503)
    else:
        template = "edge/503_unwritable.html" if can_be_read else "edge/503.html"
        # Without context processors: they would ask the database.
        response = HttpResponse(render(None, template).content, status=503)
    response.headers["Retry-After"] = "30"
    return for_nobody_else(response)
