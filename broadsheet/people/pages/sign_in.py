"""Registering and signing in: one field, one message, and then the code or the link."""

from http import HTTPStatus

from allauth.account.adapter import get_adapter
from allauth.account.utils import perform_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from broadsheet.people.allauth_internals import record_authentication
from broadsheet.people.forms import StartForm
from broadsheet.people.models import CodeRefused, MailedCode, Person, Purpose
from broadsheet.people.pages.codes import NotSent, asked_here, forget_asked, read_code, send_code
from broadsheet.people.signals import code_sent, mailbox_proven
from broadsheet.platform.http.origin import same_origin_only
from broadsheet.platform.http.redirects import see_other, with_query

ASKERS_SESSION = 24 * 3600
"""Seconds that the session of a stranger who asked for a code is kept; at sign-in it gets its full age."""


@require_http_methods(["GET", "POST"])
@never_cache
@same_origin_only()
def start(request: HttpRequest) -> HttpResponse:
    """Sends a code to the address in the form. What it answers is the same for any address."""
    if request.method == "GET":
        return redirect(with_query(reverse("account_login"), request))
    # Asked before the session is written to: if it was ended from elsewhere, asking empties it.
    is_stranger = not request.user.is_authenticated
    form = StartForm(request.POST)
    if not form.is_valid():
        return _start_page(request, form, HTTPStatus.BAD_REQUEST)
    try:
        mailed = send_code(
            request, Purpose.SIGN_IN, form.cleaned_data["email"], next_path=form.cleaned_data["next"]
        )
    except NotSent as failure:
        form.add_error(None, failure.reason)
        return _start_page(request, form, failure.status)
    code_sent.send(MailedCode, request=request, mailed=mailed)
    if is_stranger:
        request.session.set_expiry(ASKERS_SESSION)
    return see_other("people:code")


def _start_page(request: HttpRequest, form: StartForm, status: HTTPStatus) -> HttpResponse:
    return render(request, "people/sign_in/start.html", {"form": form}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def code(request: HttpRequest) -> HttpResponse:
    """The page on which the six digits are typed."""
    mailed = asked_here(request, Purpose.SIGN_IN)
    if mailed is None:
        return render(request, "people/sign_in/no_code.html", {"form": StartForm()})
    try:
        form, status, is_right = read_code(request, mailed)
    except CodeRefused as refused:
        return _refused_page(request, mailed, refused)
    if is_right:
        return _sign_in(request, mailed)
    return render(request, "people/sign_in/code.html", {"form": form, "mailed": mailed}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def link(request: HttpRequest, token: str) -> HttpResponse:
    """The link of the message. Only its button signs in: mail scanners open links, too."""
    mailed = MailedCode.objects.with_token(token)
    try:
        if mailed is None or mailed.purpose != Purpose.SIGN_IN:
            raise CodeRefused(_("This link is not valid, or is too old. Ask for a new one."))
        if request.method == "POST":
            mailed.redeem_link()
            return _sign_in(request, mailed)
        mailed.require_live()
    except CodeRefused as refused:
        return _without_path_in_referrer(_refused_page(request, mailed, refused))
    context = {"mailed": mailed, "asked_here": mailed == asked_here(request, Purpose.SIGN_IN)}
    return _without_path_in_referrer(render(request, "people/sign_in/link.html", context))


def _refused_page(request: HttpRequest, mailed: MailedCode | None, refused: CodeRefused) -> HttpResponse:
    """Says why, and offers a new code; the address is filled in only where this browser typed it."""
    initial = None
    if mailed and mailed == asked_here(request, Purpose.SIGN_IN):
        initial = {"email": mailed.email, "next": mailed.next_path}
    context = {"form": StartForm(initial=initial), "reason": refused.reason}
    return render(request, "people/sign_in/refused.html", context, status=HTTPStatus.BAD_REQUEST)


def _sign_in(request: HttpRequest, mailed: MailedCode) -> HttpResponse:
    """Hands the person over to allauth, whose stages may still ask for a second factor."""
    person, is_new = Person.objects.registered(mailed.email)
    forget_asked(request, Purpose.SIGN_IN)
    mailbox_proven.send(MailedCode, request=request, mailed=mailed, person=person)
    if request.user == person:
        return see_other(mailed.next_path or "people:account")
    if request.user.is_authenticated:
        # Else allauth would take the stages of the new sign-in for done.
        get_adapter().logout(request)
    record_authentication(request, person, method="code", email=mailed.email)
    response: HttpResponse = perform_login(
        request, person, redirect_url=mailed.next_path or None, signup=is_new, email=mailed.email
    )
    response.status_code = HTTPStatus.SEE_OTHER
    return response


def _without_path_in_referrer(response: HttpResponse) -> HttpResponse:
    # The path is the secret. With "no-referrer" browsers would send "Origin: null" from the form.
    response.headers["Referrer-Policy"] = "strict-origin"
    return response
