"""Whom a link of a letter names, and what is answered where that is nobody any more."""

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from broadsheet.newsletters.models import Mailbox
from broadsheet.newsletters.reader_token import NotOurs, ReaderToken
from broadsheet.platform.http.refusals import refuse
from broadsheet.platform.http.robots import confidential
from broadsheet.platform.http.signed_cookies import signing_keys

NOT_OURS = _("This link is incomplete. Open it from the letter again, or copy all of it.")

type View = Callable[..., HttpResponse]


def for_mailbox(view: View) -> View:
    """Hands `view` the mailbox that the token in its address names, and the token."""

    @wraps(view)
    def guarded(request: HttpRequest, token: str) -> HttpResponse:
        try:
            read = ReaderToken.read(token, signing_keys())
        except NotOurs:
            return confidential(refuse(request, 404, str(NOT_OURS)))
        mailbox = Mailbox.objects.filter(pk=read.mailbox).select_related("merged_into").first()
        if mailbox and mailbox.merged_into:
            mailbox = mailbox.merged_into
        if mailbox is None or mailbox.is_erased:
            # To a mail program it is all the same: nothing goes there any more.
            status = 200 if request.method == "POST" else 410
            return confidential(render(request, "newsletters/erased.html", status=status))
        return confidential(view(request, mailbox, read))

    return guarded
