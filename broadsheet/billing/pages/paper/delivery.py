"""Where the paper goes, and when it is not to come: set by the reader."""

from collections.abc import Callable
from datetime import timedelta
from http import HTTPStatus
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from broadsheet.billing.limits import TOO_MANY_ORDERS, may_order
from broadsheet.billing.pages.own import of_subscriber, to_account
from broadsheet.membership.errors import Refused
from broadsheet.membership.models import PrintDelivery, Subscription
from broadsheet.membership.models.printed.delivery import LONGEST, SHORTEST
from broadsheet.membership.models.printed.postal import FIELDS, cleaned, countries
from broadsheet.platform.http.redirects import see_other

AUTOCOMPLETE = {
    "recipient": "name",
    "company": "organization",
    "street": "street-address",
    "postcode": "postal-code",
    "city": "address-level2",
    "region": "address-level1",
    "country": "country",
}


class AddressForm(forms.ModelForm[PrintDelivery]):
    """What each country needs is asked of its own rules, and not of the form."""

    class Meta:
        model = PrintDelivery
        fields = ("recipient", "company", "street", "postcode", "city", "region", "country")
        widgets = {"street": forms.Textarea(attrs={"rows": 2})}

    def __init__(self, data: Any, subscription: Subscription, delivery: PrintDelivery | None) -> None:
        initial = {"recipient": subscription.person.get_full_name(), "country": _country_of(subscription)}
        super().__init__(data, instance=delivery, initial={} if delivery else initial, auto_id="delivery-%s")
        self.fields["country"] = forms.ChoiceField(label=_("Country"), choices=countries())
        for name, field in self.fields.items():
            field.required = False
            field.widget.attrs["autocomplete"] = AUTOCOMPLETE[name]

    def clean(self) -> dict[str, str]:
        given = {name: self.cleaned_data.get(name) or "" for name in FIELDS}
        if not self.errors:
            try:
                given = cleaned(given)
            except ValidationError as error:
                self.add_error(None, error)
        return given

    def validate_constraints(self) -> None:
        """The rules of the country say it in words."""


def _country_of(subscription: Subscription) -> str:
    """That of the edition's language tag: ``en-gb`` is Great Britain's."""
    region = subscription.price.edition.rpartition("-")[2].upper()
    return region if region in dict(countries()) else ""


class HoldForm(forms.Form):
    first = forms.DateField(
        label=gettext_lazy("First day without"),
        error_messages={
            "required": gettext_lazy("Choose the first day."),
            "invalid": gettext_lazy("Enter the day as 2026-12-24."),
        },
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    last = forms.DateField(
        label=gettext_lazy("Last day without"),
        error_messages={
            "required": gettext_lazy("Choose the last day."),
            "invalid": gettext_lazy("Enter the day as 2026-12-24."),
        },
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, data: Any, delivery: PrintDelivery) -> None:
        super().__init__(data, auto_id="hold-%s")
        tomorrow = delivery.today + timedelta(days=1)
        self.fields["first"].widget.attrs["min"] = f"{tomorrow}"
        self.fields["last"].widget.attrs["min"] = f"{tomorrow + timedelta(days=SHORTEST - 1)}"


@require_http_methods(["GET", "HEAD", "POST"])
@of_subscriber
def delivery(request: HttpRequest, subscription: Subscription) -> HttpResponse:
    found = PrintDelivery.of(subscription)
    if not subscription.price.plan.includes_print:
        messages.error(request, _("Your subscription doesn’t include the paper. You can change it."))
        return to_account()
    if request.method != "POST":
        return _page(request, subscription, found)
    act = ACTS.get(request.POST.get("do", ""))
    if act is None:
        return _page(request, subscription, found, HTTPStatus.BAD_REQUEST)
    if not may_order(request):
        return _page(request, subscription, found, HTTPStatus.TOO_MANY_REQUESTS, fault=TOO_MANY_ORDERS)
    try:
        return act(request, subscription, found)
    except Refused as refused:
        return _page(request, subscription, found, HTTPStatus.CONFLICT, fault=refused.reason)


def _set_address(
    request: HttpRequest, subscription: Subscription, found: PrintDelivery | None
) -> HttpResponse:
    form = AddressForm(request.POST, subscription, found)
    if not form.is_valid():
        # The instance holds what was typed by now, and the page shows what is kept.
        return _page(request, subscription, PrintDelivery.of(subscription), HTTPStatus.BAD_REQUEST, form=form)
    PrintDelivery.go_to(subscription, form.cleaned_data)
    messages.success(request, _("Saved. The next list for the printer has this address."))
    return see_other("print_delivery")


def _hold(request: HttpRequest, subscription: Subscription, found: PrintDelivery | None) -> HttpResponse:
    if found is None:
        raise Refused(_("Tell us where the paper goes first."))
    form = HoldForm(request.POST, found)
    if form.is_valid():
        try:
            hold = found.hold(form.cleaned_data["first"], form.cleaned_data["last"])
        except Refused as refused:
            form.add_error("last", refused.reason)
        else:
            messages.success(request, _("No paper comes %s.") % hold.days)
            return see_other("print_delivery")
    return _page(request, subscription, found, HTTPStatus.BAD_REQUEST, hold_form=form)


def _end_hold(request: HttpRequest, subscription: Subscription, found: PrintDelivery | None) -> HttpResponse:
    number = request.POST.get("hold", "")
    holds = found.holds.filter(pk=number) if found and number.isdigit() and len(number) < 18 else ()
    for hold in holds:
        hold.delivery.end_hold(hold)
        messages.success(request, _("The hold is ended. The paper comes with the next list again."))
    return see_other("print_delivery")


ACTS: dict[str, Callable[[HttpRequest, Subscription, PrintDelivery | None], HttpResponse]] = {
    "address": _set_address,
    "hold": _hold,
    "end_hold": _end_hold,
}


def _page(
    request: HttpRequest,
    subscription: Subscription,
    found: PrintDelivery | None,
    status: HTTPStatus = HTTPStatus.OK,
    **more: Any,
) -> HttpResponse:
    context: dict[str, Any] = {
        "subscription": subscription,
        "delivery": found,
        "form": AddressForm(None, subscription, found),
        "hold_form": HoldForm(None, found) if found else None,
        "holds": list(found.holds_to_come) if found else [],
        "shortest": SHORTEST,
        "longest": LONGEST,
        **more,
    }
    return render(request, "billing/paper/delivery.html", context, status=status)
