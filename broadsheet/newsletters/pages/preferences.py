"""What a reader gets, set by a link of a letter, without signing in.

Whoever has the link may be somebody to whom a letter was forwarded. They see the address masked, and may
leave; to change the address takes its mailbox.
"""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from broadsheet.newsletters import letters
from broadsheet.newsletters.forms import NewAddressForm, ReasonForm, known_zone
from broadsheet.newsletters.models import (
    EReader,
    FollowedLetter,
    Leaving,
    Mailbox,
    Newsletter,
    Place,
    SignUp,
    WeeklyLetter,
)
from broadsheet.newsletters.pages.known import for_mailbox
from broadsheet.newsletters.pages.proving import MOVES, has_proven
from broadsheet.newsletters.pages.sign_up import asking_of
from broadsheet.newsletters.reader_links import preferences_path, token_of
from broadsheet.newsletters.reader_token import ReaderToken
from broadsheet.newsletters.zones import time_zones
from broadsheet.people.models import MailedCode, Purpose
from broadsheet.people.pages.codes import NotSent, send_code
from broadsheet.platform.http.origin import same_origin_only
from broadsheet.platform.http.redirects import see_other

WEEKS = (1, 2, 4, 8)
DONE = {
    "confirmed": _("You are signed up. You can change what you get, and when, on this page at any time."),
    "moved": _("From now on your newsletters go to the new address."),
    "saved": _("Saved."),
    "left": _("You have left. We send you no more of what you left."),
    "paused": _("Your newsletters are paused."),
    "resumed": _("Your newsletters continue."),
    "thanks": _("Thank you for telling us."),
}
UNKNOWN_ZONE = _("We don’t know that time zone. Choose one from the list, or leave the field empty.")
NOT_SURE = _("To erase your address, tick the box first.")


class Refused(Exception):
    """Why nothing was changed, in a sentence for whoever pressed."""


@require_http_methods(["GET", "HEAD", "POST"])
@same_origin_only()
@for_mailbox
def preferences(request: HttpRequest, mailbox: Mailbox, token: ReaderToken) -> HttpResponse:
    if request.method != "POST":
        return _page(request, mailbox)
    act = ACTS.get(request.POST.get("do", ""))
    if act is None:
        return _page(request, mailbox, HTTPStatus.BAD_REQUEST)
    mailbox.see()
    try:
        done = act(request, mailbox)
    except Refused as refused:
        return _page(request, mailbox, HTTPStatus.BAD_REQUEST, reason=str(refused))
    if mailbox.is_erased:
        return render(request, "newsletters/erased.html")
    return see_other(preferences_path(mailbox, done))


def _choose(request: HttpRequest, mailbox: Mailbox) -> str:
    """Exactly those that are ticked; none ticked means none."""
    ticked = set(request.POST.getlist("newsletter"))
    received = {sign_up.newsletter.slug: sign_up for sign_up in _received(mailbox)}
    gone = [sign_up for slug, sign_up in received.items() if slug not in ticked]
    new = [
        newsletter
        for newsletter in Newsletter.objects.offered(mailbox.edition)
        if newsletter.slug in ticked and newsletter.slug not in received
    ]
    for sign_up in gone:
        sign_up.leave(Leaving.PREFERENCES)
    _add(request, mailbox, new)
    return "left" if gone and not new else "saved"


def _take_fewer(request: HttpRequest, mailbox: Mailbox) -> str:
    """The weekly one in place of the daily."""
    for sign_up in _received(mailbox):
        fewer = sign_up.newsletter.weekly_instead
        if sign_up.newsletter.slug == request.POST.get("newsletter") and fewer and fewer.is_active:
            _add(request, mailbox, [fewer])
            sign_up.leave(Leaving.PREFERENCES)
            sign_up.explain("too_often")
    return "saved"


def _add(request: HttpRequest, mailbox: Mailbox, newsletters: list[Newsletter]) -> None:
    if newsletters:
        asking = asking_of(request, {"newsletter": newsletters, "place": Place.PREFERENCES})
        asking.carry_out(mailbox.address, mailbox.edition)


def _pause(request: HttpRequest, mailbox: Mailbox) -> str:
    weeks = request.POST.get("weeks", "")
    if weeks not in map(str, WEEKS):
        raise Refused(_("Choose for how long."))
    mailbox.pause(int(weeks))
    return "paused"


def _resume(request: HttpRequest, mailbox: Mailbox) -> str:
    mailbox.resume()
    return "resumed"


def _set_zone(request: HttpRequest, mailbox: Mailbox) -> str:
    typed = request.POST.get("time_zone", "").strip()
    if typed and not known_zone(typed):
        raise Refused(UNKNOWN_ZONE)
    mailbox.live_in(typed)
    return "saved"


def _leave_all(request: HttpRequest, mailbox: Mailbox) -> str:
    for sign_up in mailbox.sign_ups.exclude(state=SignUp.State.LEFT):
        sign_up.leave(Leaving.PREFERENCES)
    FollowedLetter.objects.stop(mailbox)
    WeeklyLetter.objects.stop(mailbox)
    EReader.objects.stop(mailbox)
    return "left"


def _explain(request: HttpRequest, mailbox: Mailbox) -> str:
    form = ReasonForm(request.POST)
    if not form.is_valid():
        raise Refused(_("Choose a reason, or close this page."))
    for sign_up in mailbox.sign_ups.left_just_now():
        sign_up.explain(form.cleaned_data["reason"], form.cleaned_data["words"])
    return "thanks"


def _object(request: HttpRequest, mailbox: Mailbox) -> str:
    mailbox.object_to_signs_of_life(objects=request.POST.get("objects") == "yes")
    return "saved"


def _hear_of_corrections(request: HttpRequest, mailbox: Mailbox) -> str:
    mailbox.wants_corrections = request.POST.get("wants") == "yes"
    mailbox.save(update_fields=["wants_corrections"])
    return "saved"


def _stop_followed(request: HttpRequest, mailbox: Mailbox) -> str:
    FollowedLetter.objects.stop(mailbox)
    return "left"


def _stop_weekly(request: HttpRequest, mailbox: Mailbox) -> str:
    WeeklyLetter.objects.stop(mailbox)
    return "left"


def _stop_e_reader(request: HttpRequest, mailbox: Mailbox) -> str:
    EReader.objects.stop(mailbox)
    return "left"


def _erase(request: HttpRequest, mailbox: Mailbox) -> str:
    if request.POST.get("sure") != "yes":
        raise Refused(NOT_SURE)
    mailbox.erase()
    return ""


ACTS: dict[str, Callable[[HttpRequest, Mailbox], str]] = {
    "choose": _choose,
    "fewer": _take_fewer,
    "pause": _pause,
    "resume": _resume,
    "zone": _set_zone,
    "leave": _leave_all,
    "explain": _explain,
    "signs": _object,
    "corrections": _hear_of_corrections,
    "followed": _stop_followed,
    "weekly": _stop_weekly,
    "e_reader": _stop_e_reader,
    "erase": _erase,
}


def _received(mailbox: Mailbox) -> list[SignUp]:
    return list(mailbox.sign_ups.confirmed().select_related("newsletter__weekly_instead"))


def _page(
    request: HttpRequest, mailbox: Mailbox, status: HTTPStatus = HTTPStatus.OK, **more: Any
) -> HttpResponse:
    received = {sign_up.newsletter_id for sign_up in _received(mailbox)}
    offered = Newsletter.objects.offered(mailbox.edition)
    shown = (offered | Newsletter.objects.filter(pk__in=received)).select_related("weekly_instead")
    context = {
        "mailbox": mailbox,
        "token": token_of(mailbox),
        "here": preferences_path(mailbox),
        "is_proven": has_proven(request, mailbox),
        "newsletters": list(shown),
        "received": received,
        "weeks": WEEKS,
        "time_zones": time_zones(),
        "said": DONE.get(request.GET.get("done", ""), ""),
        "followed": FollowedLetter.objects.filter(mailbox=mailbox).first(),
        "gets_weekly_letter": WeeklyLetter.objects.filter(mailbox=mailbox).exists(),
        "has_e_reader": EReader.objects.filter(mailbox=mailbox).exclude(address="").exists(),
        "left": mailbox.sign_ups.left_just_now().filter(reason=""),
        "reasons": ReasonForm(),
        **more,
    }
    return render(request, "newsletters/preferences.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@same_origin_only()
@for_mailbox
def address(request: HttpRequest, mailbox: Mailbox, token: ReaderToken) -> HttpResponse:
    """First proves the mailbox that there is, then the new one."""
    if mailbox.person_id:
        # The account's address is changed where the account is.
        return see_other("people:address")
    if not has_proven(request, mailbox):
        return _prove_first(request, mailbox)
    form = NewAddressForm(request.POST if request.method == "POST" else None)
    status = HTTPStatus.OK
    if request.method == "POST":
        status = HTTPStatus.BAD_REQUEST
        if form.is_valid():
            try:
                mailed = _send(request, form.cleaned_data["email"], letters.post_new_address)
            except NotSent as failure:
                form.add_error(None, failure.reason)
                status = failure.status
            else:
                request.session[MOVES] = [mailbox.pk, mailed.pk]
                return see_other("newsletter_code")
    context = {"mailbox": mailbox, "form": form}
    return render(request, "newsletters/new_address.html", context, status=status)


def _prove_first(request: HttpRequest, mailbox: Mailbox) -> HttpResponse:
    reason, status = "", HTTPStatus.OK
    if request.method == "POST":
        try:
            _send(request, mailbox.address, letters.post_proof)
        except NotSent as failure:
            reason, status = failure.reason, failure.status
        else:
            return see_other("newsletter_code")
    context = {"mailbox": mailbox, "reason": reason}
    return render(request, "newsletters/prove.html", context, status=status)


def _send(request: HttpRequest, email: str, write: Callable[[MailedCode, str], None]) -> MailedCode:
    """Raises NotSent."""
    edition = get_language() or ""
    return send_code(request, Purpose.MAILBOX, email, post=lambda request, mailed: write(mailed, edition))
