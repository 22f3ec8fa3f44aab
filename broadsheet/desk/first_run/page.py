"""The questions in a browser, for whoever has the link."""

from http import HTTPStatus
from typing import Any

from allauth.account.utils import perform_login
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from broadsheet.desk.first_run import link
from broadsheet.desk.first_run.form import SetUpForm
from broadsheet.desk.first_run.setting_up import AlreadySetUp, set_up
from broadsheet.desk.staffing import NotLetIn
from broadsheet.people.allauth_internals import record_authentication
from broadsheet.platform.http.redirects import see_other
from broadsheet.platform.languages import language_name

HAS_LINK = "first_run"


@never_cache
@require_http_methods(["GET", "HEAD"])
def follow(request: HttpRequest, key: str) -> HttpResponse:
    """Lets this browser in, and takes the key out of its address."""
    if not link.is_key(key):
        raise Http404
    if not link.is_open():
        return _too_late(request)
    request.session.cycle_key()
    request.session[HAS_LINK] = True
    return see_other("first_run")


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def first_run(request: HttpRequest) -> HttpResponse:
    if not link.is_open():
        return _too_late(request)
    if not request.session.get(HAS_LINK):
        context = {"heading": _("This magazine is being set up")}
        return render(request, "desk/first_run/closed.html", context, status=HTTPStatus.FORBIDDEN)
    form = SetUpForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            person: Any = set_up(form.cleaned_data)
        except AlreadySetUp:
            return _too_late(request)
        except NotLetIn as error:
            form.add_error(None, str(error))
        else:
            del request.session[HAS_LINK]
            record_authentication(request, person, method="password", email=person.email)
            response: HttpResponse = perform_login(
                request, person, redirect_url=reverse("wagtailadmin_home"), email=person.email
            )
            response.status_code = HTTPStatus.SEE_OTHER
            return response
    first = next(iter(settings.EDITIONS))
    values = {
        "form": form,
        "language": language_name(first),
        "sends": settings.DEFAULT_FROM_EMAIL if settings.PRODUCTION else "",
    }
    status = HTTPStatus.BAD_REQUEST if form.is_bound else HTTPStatus.OK
    return render(request, "desk/first_run/page.html", values, status=status)


def _too_late(request: HttpRequest) -> HttpResponse:
    context = {"heading": _("This magazine is set up"), "is_done": True}
    return render(request, "desk/first_run/closed.html", context, status=HTTPStatus.GONE)
