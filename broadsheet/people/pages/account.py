"""The account page and what is done from it with one button."""

from allauth.account.adapter import get_adapter
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from broadsheet.people.account import zone_of
from broadsheet.people.current import own_or_404, person_of
from broadsheet.people.forms import NameForm
from broadsheet.platform.http.redirects import see_other


@require_safe
@never_cache
@login_required
def account(request: HttpRequest) -> HttpResponse:
    return render(request, "people/account.html", {"zone": zone_of(person_of(request))})


@require_http_methods(["GET", "POST"])
@never_cache
@login_required
def name(request: HttpRequest) -> HttpResponse:
    form = NameForm(request.POST or None, initial={"name": person_of(request).get_full_name()})
    if request.method == "POST" and form.is_valid():
        person_of(request).rename(form.cleaned_data["name"])
        messages.success(request, _("Your name is saved."))
        return see_other("people:account")
    return render(request, "people/account/name.html", {"form": form}, status=400 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
@never_cache
@login_required
def end_session(request: HttpRequest, pk: int) -> HttpResponse:
    """Signs one of the reader's other browsers out."""
    if request.method != "POST":
        return redirect("people:account")
    session = own_or_404(UserSession.objects.filter(user=person_of(request)), pk=pk)
    if session.session_key == request.session.session_key:
        return redirect("account_logout")
    person_of(request).end_sessions(pk=session.pk)
    messages.success(request, _("That browser is signed out."))
    return see_other("people:account")


@require_http_methods(["GET", "POST"])
@never_cache
@login_required
def end_all_sessions(request: HttpRequest) -> HttpResponse:
    """Signs the reader out everywhere, here too."""
    if request.method != "POST":
        return redirect("people:account")
    person_of(request).end_sessions()
    get_adapter().logout(request)
    messages.success(request, _("You are signed out everywhere."))
    return see_other("account_login")
