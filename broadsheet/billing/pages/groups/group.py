"""The page on which an owner looks after a group: its seats, its domains, its invoice, whose it is."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from broadsheet.billing.account import OwnSubscription
from broadsheet.billing.limits import may_invite
from broadsheet.billing.models import Mandate
from broadsheet.billing.pages.groups.own import of_owner, to_group
from broadsheet.billing.pages.groups.seat_file import invite
from broadsheet.billing.pages.own import to_account
from broadsheet.delivery.address_fields import EmailField
from broadsheet.delivery.addresses import canonical, domain_of
from broadsheet.membership.addresses import domain_in
from broadsheet.membership.errors import Refused
from broadsheet.membership.models import Actor, Group, Seat
from broadsheet.people.current import own_or_404, person_of
from broadsheet.platform import clock

ON_A_PAGE = 50


class InviteForm(forms.Form):
    email = EmailField(label=gettext_lazy("E-mail address"))
    name = forms.CharField(
        label=gettext_lazy("Name"),
        required=False,
        max_length=120,
        help_text=gettext_lazy("For your own list; it may stay empty."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class BillForm(forms.Form):
    company = forms.CharField(
        label=gettext_lazy("Made out to"),
        max_length=150,
        error_messages={"required": gettext_lazy("Enter the name that the invoice is made out to.")},
    )
    address = forms.CharField(
        label=gettext_lazy("Address"),
        max_length=500,
        error_messages={"required": gettext_lazy("Enter the address for the invoice.")},
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    vat_number = forms.CharField(label=gettext_lazy("VAT number"), required=False, max_length=40)
    reference = forms.CharField(label=gettext_lazy("Your reference"), required=False, max_length=60)


@require_http_methods(["GET", "HEAD", "POST"])
@of_owner
def group(request: HttpRequest, group: Group) -> HttpResponse:
    if request.method != "POST":
        return _page(request, group)
    act = ACTS.get(request.POST.get("do", ""))
    if act is None:
        return _page(request, group, HTTPStatus.BAD_REQUEST)
    try:
        return act(request, group)
    except Refused as refused:
        return _page(request, group, HTTPStatus.CONFLICT, fault=refused.reason)


def _invite(request: HttpRequest, group: Group) -> HttpResponse:
    form = InviteForm(request.POST, auto_id="invite-%s")
    if not form.is_valid():
        return _page(request, group, HTTPStatus.BAD_REQUEST, invite=form)
    try:
        invite(request, group, form.cleaned_data["email"], form.cleaned_data["name"])
    except Refused as refused:
        form.add_error("email", refused.reason)
        return _page(request, group, HTTPStatus.CONFLICT, invite=form)
    messages.success(request, _("The invitation is on its way to %s.") % form.cleaned_data["email"])
    return to_group(group, "#seats")


def _seat(request: HttpRequest, group: Group) -> Seat:
    number = request.POST.get("seat", "")
    pk = int(number) if number.isascii() and number.isdigit() and len(number) < 18 else 0
    return own_or_404(group.seat_rows.open().select_related("group__subscription"), pk=pk)  # type: ignore[attr-defined]


def _take_back(request: HttpRequest, group: Group) -> HttpResponse:
    group.take_back(_seat(request, group))
    messages.success(request, _("The seat is free again."))
    return to_group(group, "#seats")


def _send_again(request: HttpRequest, group: Group) -> HttpResponse:
    seat = _seat(request, group)
    if seat.person_id:
        raise Refused(_("This seat is taken already."))
    if not may_invite(request, seat.email):
        raise Refused(_("Too many invitations were sent. Nothing was sent now. Try again tomorrow."))
    seat.send(group.edition, key=f"{clock.now():%Y-%m-%d %H:%M}")
    messages.success(request, _("The invitation goes out once more."))
    return to_group(group, "#seats")


def _pass_on(request: HttpRequest, group: Group) -> HttpResponse:
    seat, form = _seat(request, group), InviteForm(request.POST)
    if not form.is_valid():
        raise Refused(_("Enter the e-mail address of whoever is to have the seat."))
    email = form.cleaned_data["email"]
    if not may_invite(request, email):
        raise Refused(_("Too many invitations were sent. Nothing was changed. Try again tomorrow."))
    group.pass_on(seat, email)
    messages.success(request, _("The seat was taken back, and offered to %s.") % email)
    return to_group(group, "#seats")


def _add_domain(request: HttpRequest, group: Group) -> HttpResponse:
    try:
        domain = domain_in(request.POST.get("domain", "")[:253])
    except ValidationError as error:
        raise Refused(error.messages[0]) from error
    if domain != domain_of(canonical(group.owner.email)):
        raise Refused(
            _("Your own mailbox is at another domain. To add %s, write to us, and we will check it.") % domain
        )
    group.add_domain(domain)
    messages.success(
        request, _("Whoever signs in with a mailbox at %s gets a seat while there are some.") % domain
    )
    return to_group(group, "#domains")


def _remove_domain(request: HttpRequest, group: Group) -> HttpResponse:
    group.domains.filter(domain=request.POST.get("domain", "")).delete()
    messages.success(request, _("The domain gives no more seats. Those that it gave stay."))
    return to_group(group, "#domains")


def _hand_on(request: HttpRequest, group: Group) -> HttpResponse:
    seat = _seat(request, group)
    if seat.person is None:
        raise Refused(_("Only somebody who has taken a seat can become the owner."))
    if request.POST.get("sure") != "yes":
        raise Refused(_("To make somebody else the owner, tick the box first."))
    group.hand_on(seat.person, Actor.reader(person_of(request)))
    messages.success(request, _("%s is the owner now, and was told by e-mail.") % seat.person.readable_email)
    return to_account()


def _bill(request: HttpRequest, group: Group) -> HttpResponse:
    form = BillForm(request.POST, auto_id="bill-%s")
    if not form.is_valid():
        return _page(request, group, HTTPStatus.BAD_REQUEST, bill=form)
    given = {f"buyer_{name}": value for name, value in form.cleaned_data.items()}
    Mandate.objects.filter(subscription=group.subscription).update(**given)
    messages.success(request, _("The next invoice says so. Those that were issued stay as they are."))
    return to_group(group, "#invoice")


ACTS: dict[str, Callable[[HttpRequest, Group], HttpResponse]] = {
    "invite": _invite,
    "take_back": _take_back,
    "send": _send_again,
    "pass_on": _pass_on,
    "add_domain": _add_domain,
    "remove_domain": _remove_domain,
    "hand_on": _hand_on,
    "bill": _bill,
}


def _page(
    request: HttpRequest, group: Group, status: HTTPStatus = HTTPStatus.OK, **more: Any
) -> HttpResponse:
    sought = request.GET.get("q", "").strip()[:100]
    rows = group.seat_rows.open().select_related("person").order_by("email")  # type: ignore[attr-defined]
    if sought:
        rows = rows.filter(email__contains=canonical(sought)) | rows.filter(name__icontains=sought)
    page = Paginator(rows, ON_A_PAGE).get_page(request.GET.get("page"))
    mandate = Mandate.objects.filter(subscription=group.subscription).first()
    bill = {
        "company": mandate.buyer_company if mandate else "",
        "address": mandate.buyer_address if mandate else "",
        "vat_number": mandate.buyer_vat_number if mandate else "",
        "reference": mandate.buyer_reference if mandate else "",
    }
    context: dict[str, Any] = {
        "group": group,
        "own": OwnSubscription(group.subscription),
        "subscription": group.subscription,
        "page": page,
        "sought": sought,
        "ended": group.seat_rows.exclude(ended_at=None).select_related("person").order_by("-ended_at")[:20],
        "invite": InviteForm(auto_id="invite-%s"),
        "bill": BillForm(initial=bill, auto_id="bill-%s"),
        "has_mandate": mandate is not None,
        "domains": group.domains.all(),
        "own_domain": domain_of(canonical(group.owner.email)),
        **more,
    }
    return render(request, "billing/group/page.html", context, status=status)
