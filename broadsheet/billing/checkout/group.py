"""Buying seats for a group: a school, a firm, a team."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from broadsheet.billing.checkout.gift import price_in
from broadsheet.billing.checkout.order import BuyerForm, sent_before
from broadsheet.billing.models import Checkout, Invoice, Mandate, Means
from broadsheet.billing.pages.zone import in_its_zone
from broadsheet.editorial.models import Publication
from broadsheet.membership.group_quotes import GroupQuote
from broadsheet.membership.models import Actor, Group, Plan, Price
from broadsheet.membership.models.group.group import FEWEST, MOST
from broadsheet.people.current import reader_of
from broadsheet.platform.http.caching import as_cacheable_as, for_nobody_else
from broadsheet.platform.http.redirects import see_other

USUAL = 10
"""The number of seats that stands in the form at first."""


class SeatsForm(forms.Form):
    seats = forms.IntegerField(
        label=gettext_lazy("How many seats?"),
        min_value=FEWEST,
        max_value=MOST,
        error_messages={
            "required": gettext_lazy("Enter how many people are to read."),
            "invalid": gettext_lazy("Enter a whole number."),
            "min_value": gettext_lazy("A group has %(limit_value)s seats at least."),
            "max_value": gettext_lazy("A group has %(limit_value)s seats at most. For more, write to us."),
        },
    )


class GroupForm(BuyerForm):
    """Its invoices are a business's, and need an address."""

    group_name = forms.CharField(
        label=gettext_lazy("Name of the group"),
        max_length=120,
        help_text=gettext_lazy("Such as “Hillside School”. Those you invite see it."),
        error_messages={"required": gettext_lazy("Enter the name of the group.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    reference = forms.CharField(
        label=gettext_lazy("Your reference"),
        required=False,
        max_length=60,
        help_text=gettext_lazy("Such as the number of your order. It appears on each invoice."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, request: HttpRequest, agreed: str, **more: Any) -> None:
        super().__init__(request, agreed, **more)
        for name, words in (
            ("company", _("Enter the name that the invoice is made out to.")),
            ("address", _("Enter the address for the invoice.")),
        ):
            self.fields[name].required = True
            self.fields[name].error_messages["required"] = words


def _chosen(request: HttpRequest, sold: Any) -> tuple[Price | None, SeatsForm]:
    asked = "seats" in request.GET
    form = SeatsForm(request.GET if asked else None, initial={"seats": USUAL}, auto_id="group-%s")
    return price_in(request, sold), form


@require_http_methods(["GET", "HEAD", "POST"])
@in_its_zone
def group(request: HttpRequest) -> HttpResponse:
    """The prices of a seat; with ``?price=`` and ``&seats=``, the form for a group."""
    sold = Price.objects.on_sale(get_language() or "", Plan.Kind.GROUP)
    price, seats = _chosen(request, sold)
    contact = Publication.load(request_or_site=request).contact_email
    if price is None or not seats.is_valid():
        prices = list(sold.order_by("plan__order", "plan__name", "amount"))
        context: dict[str, Any] = {
            "rows": [GroupQuote.of_seats(each, 1) for each in prices],
            "seats": seats,
            "chosen": price or next(iter(prices), None),
            "is_gone": "price" in request.GET and price is None,
            "contact": contact,
        }
        response = render(request, "billing/group/group.html", context, status=400 if seats.errors else 200)
        return for_nobody_else(response) if request.GET else as_cacheable_as(request, response)
    quote = GroupQuote.of_seats(price, seats.cleaned_data["seats"])
    here = f"{reverse('group_purchase')}?price={price.pk}&seats={quote.seats}"
    context = {"quote": quote, "here": here, "contact": contact}
    if reader_of(request) is None:
        return for_nobody_else(render(request, "billing/group/stranger.html", context))
    is_post = request.method == "POST"
    if is_post and (begun := sent_before(request)):
        return for_nobody_else(see_other(begun.go_on()))
    form = GroupForm(request, quote.agreed)
    if is_post and form.is_valid():
        return for_nobody_else(
            form.begin(
                Checkout.Purpose.GROUP,
                quote,
                f"{quote.terms} “{quote.button}”",
                group_name=form.cleaned_data["group_name"],
                seats=quote.seats,
            )
        )
    context["form"] = form
    return for_nobody_else(render(request, "billing/group/form.html", context, status=form.status))


def fulfil(checkout: Checkout, means: Means) -> None:
    """Begins the group, with its seats free to be given."""
    seats = checkout.seats or 0
    group = Group.objects.begin(
        checkout.person,
        checkout.group_name,
        checkout.sold,
        seats,
        Actor.reader(checkout.person),
        provider=checkout.provider,
        seat_amount=checkout.each_term // seats,
    )
    checkout.subscription = group.subscription
    Mandate.objects.give(group.subscription, checkout.provider, means, checkout.buyer)
    checkout.keep_consent()
    if invoice := Invoice.objects.issue_term(group.subscription, checkout.buyer):
        checkout.pay(invoice, means)
