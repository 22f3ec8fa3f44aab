"""Pages for what went wrong. Each says it in one sentence and shows a way on."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext

from broadsheet.identity.look import last_look
from broadsheet.people.current import NotTheirsError
from broadsheet.platform.http.refusals import refuse


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return refuse(
        request,
        403,
        gettext("This form had been open too long. Go back, reload the page and send it again."),
    )


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return refuse(request, 400, gettext("The request could not be read."))


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return refuse(request, 403, gettext("You may not see this page."), is_for_others=True)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    if isinstance(exception, NotTheirsError):
        return refuse(request, 404, gettext("This is not in your account."), is_for_others=True)
    return refuse(request, 404, gettext("There is no page at this address."))


def server_error(request: HttpRequest) -> HttpResponse:
    # No database, no context processors: whatever failed may fail again.
    return HttpResponse(
        render(None, "site/500.html", {"look": last_look()}).content,
        status=500,
        headers={"Cache-Control": "no-store"},
    )
