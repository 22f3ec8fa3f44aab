"""That somebody reads a mailbox: by the code or the link of one message."""

from datetime import timedelta
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from broadsheet.newsletters.models import Consent, Mailbox
from broadsheet.newsletters.reader_links import preferences_path, token_of
from broadsheet.people.models import CodeRefused, MailedCode, Purpose
from broadsheet.people.pages.codes import asked_here, forget_asked, read_code
from broadsheet.platform import clock
from broadsheet.platform.http.redirects import see_other
from broadsheet.platform.http.robots import confidential

CONFIRM_WITHIN = timedelta(days=7)
PROVEN_FOR = timedelta(hours=1)
PROVEN, MOVES = "newsletters_proven", "newsletters_moves"
NOT_OURS = _("This link is incomplete or too old.")


def prove(request: HttpRequest, mailbox: Mailbox) -> None:
    """Remembers for an hour that whoever sits at this browser reads `mailbox`."""
    request.session[PROVEN] = [mailbox.pk, clock.now().timestamp()]


def has_proven(request: HttpRequest, mailbox: Mailbox) -> bool:
    """Whether it is known, and not only that they have a link, which may have been forwarded."""
    if mailbox.person_id is not None and mailbox.person_id == request.user.pk:
        return True
    pk, at = request.session.get(PROVEN, (0, 0.0))
    return bool(pk == mailbox.pk and clock.now().timestamp() - at < PROVEN_FOR.total_seconds())


@require_http_methods(["GET", "HEAD", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """The page on which the six digits are typed."""
    mailed = asked_here(request, Purpose.MAILBOX)
    if mailed is None:
        return confidential(render(request, "newsletters/no_code.html"))
    try:
        form, status, is_right = read_code(request, mailed)
    except CodeRefused as refused:
        return _refused(request, refused)
    if is_right:
        return _proven(request, mailed)
    context = {"form": form, "mailed": mailed}
    return confidential(render(request, "newsletters/code.html", context, status=status))


@require_http_methods(["GET", "HEAD", "POST"])
def link(request: HttpRequest, token: str) -> HttpResponse:
    """The link of the message. Only its button confirms: mail scanners open links, too."""
    mailed = MailedCode.objects.with_token(token)
    try:
        if mailed is None or mailed.purpose != Purpose.MAILBOX:
            raise CodeRefused(NOT_OURS)
        if request.method == "POST":
            mailed.redeem_link()
            return _proven(request, mailed)
        mailed.require_live()
    except CodeRefused as refused:
        return _refused(request, refused)
    asked = Consent.objects.filter(mailed=mailed).select_related("sign_up__newsletter")
    context = {"mailed": mailed, "newsletters": [consent.sign_up.newsletter for consent in asked]}
    return confidential(render(request, "newsletters/confirm.html", context))


def _refused(request: HttpRequest, refused: CodeRefused) -> HttpResponse:
    context = {"reason": refused.reason}
    response = render(request, "newsletters/refused.html", context, status=HTTPStatus.BAD_REQUEST)
    return confidential(response)


def _proven(request: HttpRequest, mailed: MailedCode) -> HttpResponse:
    """Carries out what the message was sent for."""
    forget_asked(request, Purpose.MAILBOX)
    moving = request.session.pop(MOVES, None)
    if moving and moving[1] == mailed.pk:
        mailbox = Mailbox.objects.filter(pk=moving[0], erased_at=None).first()
        mailbox, done = mailbox and mailbox.move_to(mailed.email), "moved"
    else:
        done = "confirmed" if Consent.objects.filter(mailed=mailed).exists() else ""
        mailbox = Consent.objects.confirm(mailed)
    if mailbox is None:
        return _refused(request, CodeRefused(NOT_OURS))
    prove(request, mailbox)
    if not done:
        # They proved it to change its address.
        return confidential(see_other(reverse("newsletter_address", args=[token_of(mailbox)])))
    return confidential(see_other(preferences_path(mailbox, done)))
