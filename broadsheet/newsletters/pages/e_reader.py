"""An e-reader to which weekly issues go: its address is entered, proven, changed, and left by one click."""

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from broadsheet.delivery.letters import sender_address
from broadsheet.editorial.context import edition_of
from broadsheet.membership.models import Subscription
from broadsheet.newsletters.account import told_apart
from broadsheet.newsletters.e_reader.code import post_code
from broadsheet.newsletters.forms import EReaderForm
from broadsheet.newsletters.models import EReader, Mailbox
from broadsheet.newsletters.models.e_reader import CODE_LASTS, NO_CODE
from broadsheet.newsletters.pages.leave import leaving
from broadsheet.people import limits, ratelimit
from broadsheet.people.account import zone_of
from broadsheet.people.current import person_of
from broadsheet.people.forms import CodeForm
from broadsheet.people.models import CodeRefused, Person, Purpose
from broadsheet.people.pages.codes import NotSent, read_code, send_code
from broadsheet.platform.http.origin import same_origin_only
from broadsheet.platform.http.redirects import see_other
from broadsheet.platform.http.robots import out_of_sight
from broadsheet.weekly.files.right import may_have_files


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@same_origin_only()
def e_reader(request: HttpRequest) -> HttpResponse:
    person = person_of(request)
    mine = EReader.objects.filter(mailbox__person=person).select_related("mailbox", "code").first()
    act = request.POST.get("do", "") if request.method == "POST" else ""
    if act == "ask":
        return _ask(request, person, mine)
    if act == "prove" and mine:
        return _prove(request, mine)
    if act == "back" and mine:
        mine.forget_asked()
        return out_of_sight(see_other("e_reader"))
    if act == "stop" and mine:
        EReader.objects.stop(mine.mailbox)
        messages.success(request, _("Issues no longer go to your e-reader."))
        return out_of_sight(see_other(f"{reverse('people:account')}#e-reader"))
    return _page(request, mine)


def _ask(request: HttpRequest, person: Person, mine: EReader | None) -> HttpResponse:
    """Sends a code to the address that was typed."""
    form = EReaderForm(request.POST)
    if not may_have_files(person):
        return _page(request, mine, HTTPStatus.FORBIDDEN)
    if not form.is_valid():
        return _page(request, mine, HTTPStatus.BAD_REQUEST, form=form)
    edition = edition_of(request)
    try:
        if not ratelimit.consume(request, action="e_reader_by_reader"):
            raise NotSent(limits.TOO_MANY_LETTERS, HTTPStatus.TOO_MANY_REQUESTS)
        mailed = send_code(
            request,
            Purpose.E_READER,
            form.cleaned_data["email"],
            person=person,
            post=lambda request, mailed: post_code(mailed, edition),
            lifetime=CODE_LASTS,
        )
    except NotSent as failure:
        form.add_error(None, failure.reason)
        return _page(request, mine, failure.status, form=form)
    tag = edition.locale.language_code
    EReader.objects.ask(Mailbox.objects.made_for(person, tag), tag, mailed)
    return out_of_sight(see_other("e_reader"))


def _prove(request: HttpRequest, mine: EReader) -> HttpResponse:
    mailed, to_account = mine.waiting_code, f"{reverse('people:account')}#e-reader"
    if mine.address and not mine.asked:  # pressed twice, or typed on another page
        return out_of_sight(see_other(to_account))
    try:
        if mailed is None:
            raise CodeRefused(NO_CODE)
        form, status, is_right = read_code(request, mailed)
        if is_right:
            mine.prove(mailed, edition_of(request).locale.language_code)
    except CodeRefused as refused:
        return _page(request, mine, HTTPStatus.BAD_REQUEST, reason=refused.reason)
    if not is_right:
        return _page(request, mine, status, code_form=form)
    messages.success(request, _("Your e-reader is set up."))
    return out_of_sight(see_other(to_account))


def _page(
    request: HttpRequest, mine: EReader | None, status: HTTPStatus = HTTPStatus.OK, **more: Any
) -> HttpResponse:
    person = person_of(request)
    context = {
        "e_reader": mine,
        "e_reader_edition": told_apart(request, mine.edition) if mine else None,
        "may_have_files": may_have_files(person),
        "paused": Subscription.objects.paused_of(person),
        "zone": zone_of(person),
        "sender": sender_address(),
        "form": EReaderForm(),
        "code_form": CodeForm(),
        **more,
    }
    return out_of_sight(render(request, "newsletters/e_reader/page.html", context, status=status))


leave = leaving(EReader, "newsletters/e_reader/leave.html")
