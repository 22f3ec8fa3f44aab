from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from broadsheet.contact.moves.links import move_of
from broadsheet.platform.http.caching import for_nobody_else
from broadsheet.platform.http.origin import same_origin_only
from broadsheet.platform.http.redirects import see_other
from broadsheet.platform.http.robots import unlisted


@require_http_methods(["GET", "HEAD", "POST"])
@same_origin_only()
def object_to(request: HttpRequest, token: str) -> HttpResponse:
    """The link in the letter to the old mailbox. Only its button objects: mail scanners open links, too."""
    move = move_of(token)
    if move is None:
        raise Http404
    if request.method == "POST":
        move.object()
        return for_nobody_else(_without_path_in_referrer(see_other(request.path)))
    response = render(request, "contact/object.html", {"move": move})
    return for_nobody_else(_without_path_in_referrer(unlisted(response)))


def _without_path_in_referrer[R: HttpResponse](response: R) -> R:
    # The path is the secret. With "no-referrer" browsers would send "Origin: null" from the form.
    response.headers["Referrer-Policy"] = "strict-origin"
    return response
