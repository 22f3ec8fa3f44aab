"""What the three pages on which a code is typed have in common."""

from collections.abc import Callable
from datetime import timedelta
from http import HTTPStatus

from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from broadsheet.people import letters, limits
from broadsheet.people.forms import CodeForm
from broadsheet.people.models import CodeRefused, MailedCode, Person, Purpose
from broadsheet.people.models.mailed_code import LIFETIME

NOT_POSTED = _("We could not send the message. Please try again in a minute.")


class NotSent(Exception):
    """No code was sent; `reason` says why in a sentence, `status` is the answer's."""

    def __init__(self, reason: str | Promise, status: HTTPStatus) -> None:
        super().__init__(reason)
        self.reason = str(reason)
        self.status = status


def send_code(
    request: HttpRequest,
    purpose: Purpose,
    email: str,
    *,
    next_path: str = "",
    person: Person | None = None,
    post: Callable[[HttpRequest, MailedCode], None] = letters.post_code,
    lifetime: timedelta = LIFETIME,
) -> MailedCode:
    """Sends a code to `email` and remembers in the session that this browser asked; raises NotSent.

    `post` writes the letter and hands it over; it may raise NotPosted.
    """
    if not limits.may_ask_for_mail(request):
        raise NotSent(limits.TOO_MANY_LETTERS, HTTPStatus.TOO_MANY_REQUESTS)
    if not limits.may_send_to(request, purpose, email):
        is_there = purpose == Purpose.SIGN_IN and MailedCode.objects.prolong_newest(email)
        reason = limits.NEWEST_COUNTS if is_there else limits.TOO_MANY_LETTERS
        raise NotSent(reason, HTTPStatus.TOO_MANY_REQUESTS)
    before = asked_here(request, purpose)
    replaces = before if before and before.email == email else None
    mailed = MailedCode.objects.issue(
        purpose, email, next_path=next_path, person=person, replaces=replaces, lifetime=lifetime
    )
    try:
        post(request, mailed)
    except letters.NotPosted as error:
        raise NotSent(NOT_POSTED, HTTPStatus.SERVICE_UNAVAILABLE) from error
    request.session[_asked_key(purpose)] = mailed.pk
    return mailed


def asked_here(request: HttpRequest, purpose: Purpose) -> MailedCode | None:
    """What this browser last asked for; by it a link knows its own browser."""
    pk = request.session.get(_asked_key(purpose))
    return MailedCode.objects.filter(pk=pk, purpose=purpose).first() if pk else None


def forget_asked(request: HttpRequest, purpose: Purpose) -> None:
    request.session.pop(_asked_key(purpose), None)


def read_code(request: HttpRequest, mailed: MailedCode) -> tuple[CodeForm, HTTPStatus, bool]:
    """The form, the answer's status, and whether the code in it was right, which uses the code up.

    Raises CodeRefused where no code could be right any more.
    """
    mailed.require_tries()
    if request.method != "POST":
        return CodeForm(), HTTPStatus.OK, False
    form = CodeForm(request.POST)
    if not form.is_valid():
        return form, HTTPStatus.BAD_REQUEST, False
    if not limits.may_guess(request):
        form.add_error("code", limits.TOO_MANY_GUESSES)
        return form, HTTPStatus.TOO_MANY_REQUESTS, False
    try:
        mailed.redeem_code(form.cleaned_data["code"])
    except CodeRefused as refused:
        if not refused.can_retry:
            raise
        form.add_error("code", refused.reason)
        return form, HTTPStatus.BAD_REQUEST, False
    return form, HTTPStatus.OK, True


def _asked_key(purpose: Purpose) -> str:
    return f"people_asked_{purpose}"
