"""The password, which nobody needs. Forgotten? Sign in with a code, and set a new one."""

from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from broadsheet.people import letters
from broadsheet.people.confirmation import for_confirmed_person
from broadsheet.people.current import person_of
from broadsheet.people.forms import PasswordForm
from broadsheet.platform.http.redirects import see_other


@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
@for_confirmed_person
def password(request: HttpRequest) -> HttpResponse:
    form = PasswordForm(request.POST or None, person=person_of(request))
    if request.method == "POST" and form.is_valid():
        _change(request, form.cleaned_data["password"])
        letters.post_notice(request, person_of(request).email, gettext("A new password was set."))
        messages.success(request, _("Your password is set. You are signed out of all other browsers."))
        return see_other("people:account")
    return render(
        request, "people/account/password.html", {"form": form}, status=400 if form.is_bound else 200
    )


@require_http_methods(["GET", "POST"])
@for_confirmed_person
def remove_password(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        _change(request, None)
        letters.post_notice(request, person_of(request).email, gettext("The password was removed."))
        messages.success(request, _("Your password is removed. You are signed out of all other browsers."))
        return see_other("people:account")
    return redirect("people:account")


def _change(request: HttpRequest, new: str | None) -> None:
    """Sets the password, or none. Ends every session but this one, since each is bound to the password."""
    person = person_of(request)
    person.change_password(new)
    update_session_auth_hash(request, person)
    UserSession.objects.create_from_request(request)
