"""Taking a seat that was offered by letter, and giving one back."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from broadsheet.billing.pages.own import subscription_of, to_account
from broadsheet.billing.pages.zone import in_its_zone
from broadsheet.membership.errors import Refused
from broadsheet.membership.models import Seat
from broadsheet.people.current import own_or_404, person_of, reader_of
from broadsheet.platform.http.redirects import see_other
from broadsheet.platform.http.refusals import refuse
from broadsheet.platform.http.robots import confidential


@require_http_methods(["GET", "HEAD", "POST"])
@in_its_zone
def take_seat(request: HttpRequest, token: str) -> HttpResponse:
    """A GET takes nothing: mail scanners open links, too."""
    found = Seat.objects.filter(token=token).select_related("group__subscription", "person")
    seat, reader = found.first(), reader_of(request)
    if seat is None:
        words = _("This invitation isn’t good any more. Ask whoever invited you for a new one.")
        return confidential(refuse(request, 404, words))
    context = {
        "seat": seat,
        "group": seat.group,
        "here": reverse("take_seat", args=[token]),
        "subscription": subscription_of(reader),
    }
    if seat.ended_at or not seat.group.is_live or (seat.person and seat.person != reader):
        words = _("This seat isn’t offered any more. Ask whoever invited you.")
        return confidential(refuse(request, 410, words))
    if reader is None:
        return confidential(render(request, "billing/group/take_stranger.html", context))
    if seat.person == reader:
        return confidential(to_account())
    if request.method != "POST":
        return confidential(render(request, "billing/group/take.html", context))
    try:
        seat.group.accept(seat, reader)
    except Refused as refused:
        context["fault"] = refused.reason
        return confidential(render(request, "billing/group/take.html", context, status=409))
    messages.success(request, _("Welcome. You can now read every article, without limit."))
    return confidential(see_other("people:account"))


@require_POST
@login_required
def give_back(request: HttpRequest, pk: int) -> HttpResponse:
    own = Seat.objects.taken().filter(person=person_of(request)).select_related("group__subscription")
    seat = own_or_404(own, pk=pk)
    try:
        seat.group.take_back(seat, by_themselves=True)
    except Refused as refused:
        messages.error(request, refused.reason)
    else:
        messages.success(request, _("You have given your seat back. Your account stays."))
    return to_account()
