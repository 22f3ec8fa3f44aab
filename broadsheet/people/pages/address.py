"""Changing the e-mail address, which is the account: a code to the new one, a notice to the old one."""

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from broadsheet.people import letters
from broadsheet.people.confirmation import for_confirmed_person
from broadsheet.people.current import person_of
from broadsheet.people.forms import AddressForm
from broadsheet.people.models import AddressTaken, CodeRefused, Purpose
from broadsheet.people.pages.codes import NotSent, asked_here, forget_asked, read_code, send_code
from broadsheet.platform.http.redirects import see_other

TAKEN = _("Another account has this address. Sign in to it and erase it, or use another address.")


@require_http_methods(["GET", "POST"])
@for_confirmed_person
def address(request: HttpRequest) -> HttpResponse:
    form = AddressForm(request.POST or None, person=person_of(request))
    if request.method != "POST":
        return _form_page(request, form)
    if not form.is_valid():
        return _form_page(request, form, HTTPStatus.BAD_REQUEST)
    try:
        # Whether the address has an account is told only to whoever can read its mail.
        send_code(request, Purpose.NEW_ADDRESS, form.cleaned_data["email"], person=person_of(request))
    except NotSent as failure:
        form.add_error(None, failure.reason)
        return _form_page(request, form, failure.status)
    return see_other("people:address_code")


@require_http_methods(["GET", "POST"])
@for_confirmed_person
def address_code(request: HttpRequest) -> HttpResponse:
    mailed = asked_here(request, Purpose.NEW_ADDRESS)
    if mailed is None or mailed.person_id != person_of(request).pk:
        return redirect("people:address")
    try:
        form, status, is_right = read_code(request, mailed)
    except CodeRefused as refused:
        return _refused(request, mailed.email, refused.reason)
    if not is_right:
        return render(
            request, "people/account/address_code.html", {"form": form, "mailed": mailed}, status=status
        )
    forget_asked(request, Purpose.NEW_ADDRESS)
    person = person_of(request)
    old = person.email
    try:
        person.move_to(mailed.email)
    except AddressTaken:
        return _refused(request, mailed.email, TAKEN)
    letters.post_notice(
        request, old, gettext("The e-mail address of your account is now %s.") % person.masked_email
    )
    messages.success(request, _("Your e-mail address is changed."))
    return see_other("people:account")


def _form_page(request: HttpRequest, form: AddressForm, status: HTTPStatus = HTTPStatus.OK) -> HttpResponse:
    return render(request, "people/account/address.html", {"form": form}, status=status)


def _refused(request: HttpRequest, email: str, reason: object) -> HttpResponse:
    form = AddressForm(initial={"email": email}, person=person_of(request))
    context = {"form": form, "reason": reason}
    return render(request, "people/account/address.html", context, status=HTTPStatus.BAD_REQUEST)
