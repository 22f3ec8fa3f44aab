"""Redeeming a gift by its code."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from broadsheet.billing.limits import may_try_gift_code
from broadsheet.billing.pages.zone import in_its_zone
from broadsheet.membership.errors import Refused
from broadsheet.membership.models import Gift
from broadsheet.people.current import reader_of
from broadsheet.people.limits import TOO_MANY_GUESSES
from broadsheet.people.models import Person
from broadsheet.platform.http.caching import as_cacheable_as, for_nobody_else
from broadsheet.platform.http.redirects import see_other
from broadsheet.platform.http.robots import unlisted

LONGEST = 40


@require_http_methods(["GET", "HEAD", "POST"])
@in_its_zone
def redeem(request: HttpRequest) -> HttpResponse:
    """The field for a code; with ``?code=``, what it gives and the button that redeems it."""
    written = (request.POST.get("code") or request.GET.get("code", "")).strip()[:LONGEST]
    if not written and ("code" in request.GET or request.method == "POST"):
        return _refused(request, "", _("Enter the code of your gift."), 400)
    if not written:
        # Without a code the page is the same for everybody.
        return unlisted(as_cacheable_as(request, render(request, "billing/gift/redeem.html")))
    if not may_try_gift_code(request):
        return _refused(request, written, str(TOO_MANY_GUESSES), 429)
    reader = reader_of(request)
    try:
        gift = Gift.objects.find(written)
        if reader and gift.redeemed_by_id == reader.pk:
            messages.info(request, _("You have already used this code. What it gave you is shown here."))
            return unlisted(for_nobody_else(redirect("people:account")))
        gift.require_redeemable()
        if request.method == "POST" and reader:
            return _redeem(request, gift, reader)
        until = gift.would_last_until(reader) if reader else ""
    except Refused as refused:
        return _refused(request, written, refused.reason, 409 if request.method == "POST" else 400)
    here = f"{reverse('redeem')}?{urlencode({'code': gift.code})}"
    context: dict[str, Any] = {"gift": gift, "here": here}
    if reader:
        context |= {"subscription": gift.would_extend(reader), "until": until}
    return unlisted(for_nobody_else(render(request, "billing/gift/redeem_gift.html", context)))


def _redeem(request: HttpRequest, gift: Gift, reader: Person) -> HttpResponse:
    day = gift.would_last_until(reader)
    gift.redeem(reader)
    messages.success(request, _("The gift is yours. You can read without limit until %s.") % day)
    return unlisted(for_nobody_else(see_other("people:account")))


def _refused(request: HttpRequest, written: str, fault: str, status: int) -> HttpResponse:
    context = {"written": written, "fault": fault}
    return unlisted(for_nobody_else(render(request, "billing/gift/redeem.html", context, status=status)))
