from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache

from broadsheet.platform.http.refusals import refuse


@never_cache
def too_many_requests(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """429 for pages of allauth's; the sign-in page keeps the address that was typed."""
    reason = gettext("Too many tries in a short time. Please wait a few minutes and try again.")
    if request.path != reverse("account_login"):
        return refuse(request, HTTPStatus.TOO_MANY_REQUESTS, reason)
    form = {
        "is_bound": True,
        "non_field_errors": [reason],
        "login": {"value": request.POST.get("login", "")},
    }
    return render(request, "account/login.html", {"form": form}, status=HTTPStatus.TOO_MANY_REQUESTS)
