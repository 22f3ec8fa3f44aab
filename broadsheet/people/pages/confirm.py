"""Confirming by an e-mailed code that a signed-in person is still there."""

from allauth.account.adapter import get_adapter
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from broadsheet.people.allauth_internals import record_authentication
from broadsheet.people.current import person_of
from broadsheet.people.models import CodeRefused, Purpose
from broadsheet.people.pages.codes import NotSent, asked_here, forget_asked, read_code, send_code
from broadsheet.people.paths import local_path
from broadsheet.platform.http.redirects import see_other


@require_http_methods(["GET", "POST"])
@never_cache
@login_required
def confirm(request: HttpRequest) -> HttpResponse:
    """Offers to send a code to the account's own address, and sends it."""
    next_path = local_path(request.POST.get("next") or request.GET.get("next"))
    if not _is_open_to(request):
        return redirect(get_adapter().get_reauthentication_methods(request.user)[0]["url"])
    context = {"person": person_of(request), "next_path": next_path}
    if request.method != "POST":
        return render(request, "people/confirm/confirm.html", context)
    try:
        send_code(
            request,
            Purpose.CONFIRMATION,
            person_of(request).email,
            next_path=next_path,
            person=person_of(request),
        )
    except NotSent as failure:
        return render(
            request,
            "people/confirm/confirm.html",
            context | {"reason": failure.reason},
            status=failure.status,
        )
    return see_other("people:confirm_code")


@require_http_methods(["GET", "POST"])
@never_cache
@login_required
def confirm_code(request: HttpRequest) -> HttpResponse:
    mailed = asked_here(request, Purpose.CONFIRMATION)
    if mailed is None or mailed.person_id != person_of(request).pk or not _is_open_to(request):
        return redirect("people:confirm")
    try:
        form, status, is_right = read_code(request, mailed)
    except CodeRefused as refused:
        context = {"person": person_of(request), "next_path": mailed.next_path, "reason": refused.reason}
        return render(request, "people/confirm/confirm.html", context, status=400)
    if not is_right:
        return render(request, "people/confirm/code.html", {"form": form, "mailed": mailed}, status=status)
    forget_asked(request, Purpose.CONFIRMATION)
    record_authentication(
        request, person_of(request), method="code", email=mailed.email, reauthenticated=True
    )
    return see_other(mailed.next_path or "people:account")


def _is_open_to(request: HttpRequest) -> bool:
    """Not to those with a second factor: for them, reading their mail is not proof enough."""
    methods = get_adapter().get_reauthentication_methods(request.user)
    return any(method["url"] == reverse("people:confirm") for method in methods)
