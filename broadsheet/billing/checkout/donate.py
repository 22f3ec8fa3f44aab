"""Donating: a suggested amount, or one's own, once or every term."""

from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from broadsheet.billing.checkout import subscribe
from broadsheet.billing.checkout.gift import price_in
from broadsheet.billing.checkout.order import BuyerForm, sent_before
from broadsheet.billing.models import Checkout, Invoice, Item, Means
from broadsheet.billing.pages.zone import in_its_zone
from broadsheet.editorial.models import Publication
from broadsheet.membership.lengths import Term
from broadsheet.membership.models import Plan, Price
from broadsheet.membership.selling import Quote
from broadsheet.people.current import reader_of
from broadsheet.platform.http.caching import as_cacheable_as, for_nobody_else
from broadsheet.platform.http.redirects import see_other
from broadsheet.platform.money import Money, from_decimal, from_typed

LEAST, MOST = 1, 10_000
"""In major units of the currency."""


@dataclass(frozen=True, slots=True)
class Row:
    """The amounts suggested for one term. An amount of one's own is given at the first price."""

    prices: list[Price]

    @property
    def first(self) -> Price:
        return self.prices[0]


@require_http_methods(["GET", "HEAD", "POST"])
@in_its_zone
def donate(request: HttpRequest) -> HttpResponse:
    """The amounts to choose from; with ``?price=`` and perhaps ``&amount=``, the form for one."""
    tag = get_language() or ""
    sold = Price.objects.on_sale(tag, Plan.Kind.DONATION)
    chosen = price_in(request, sold)
    if chosen is None:
        return _choice(request, sold)
    written = request.GET.get("amount", "").strip()[:30]
    try:
        amount = amount_in(written, chosen.currency) if written else None
    except ValidationError as error:
        return _choice(request, sold, wrong=chosen, written=written, fault=error.messages[0])
    quote = Quote.of(chosen, chosen=amount.minor if amount else None)
    query = urlencode({"price": chosen.pk} | ({"amount": written} if written else {}))
    context: dict[str, Any] = {"quote": quote, "here": f"{reverse('donate')}?{query}"}
    reader, is_post = reader_of(request), request.method == "POST"
    if reader is None:
        return for_nobody_else(render(request, "billing/donate/stranger.html", context))
    if is_post and (begun := sent_before(request)):
        return for_nobody_else(see_other(begun.go_on()))
    form = BuyerForm(request, quote.agreed)
    if is_post and form.is_valid():
        consent = f"{quote.terms} “{quote.button}”"
        return for_nobody_else(form.begin(Checkout.Purpose.DONATE, quote, consent))
    context |= {"form": form, "contact": Publication.load(request_or_site=request).contact_email}
    response = render(request, "billing/donate/form.html", context, status=form.status)
    return for_nobody_else(response)


def amount_in(written: str, currency: str) -> Money:
    """Reads an amount within the limits; raises ValidationError."""
    amount = from_typed(written, currency)
    least, most = (from_decimal(Decimal(units), currency) for units in (LEAST, MOST))
    if amount < least:
        raise ValidationError(_("The smallest donation we can take here is %s.") % least.brief)
    if amount > most:
        raise ValidationError(
            _("The largest donation we can take here is %s. To give more, please write to us.") % most.brief
        )
    return amount


def _choice(request: HttpRequest, sold: Any, **fault: Any) -> HttpResponse:
    prices = sold.order_by("plan__order", "plan__name", "plan_id", "term", "amount")
    funds = [
        (plan, sorted(_rows(own), key=lambda row: Term(row.first.term).months))
        for plan, own in groupby(prices, key=lambda price: price.plan)
    ]
    status = 400 if fault else 200
    context = {"funds": funds, "is_gone": "price" in request.GET and not fault, **fault}
    response = render(request, "billing/donate/donate.html", context, status=status)
    return for_nobody_else(response) if request.GET else as_cacheable_as(request, response)


def _rows(prices: Any) -> list[Row]:
    return [Row(list(own)) for __, own in groupby(prices, key=lambda price: price.term)]


def fulfil(checkout: Checkout, means: Means) -> None:
    price = checkout.sold
    if price.term != Term.ONCE:
        subscribe.fulfil(checkout, means)
        return
    invoice = Invoice.objects.issue(
        [Item(_("Donation: %s") % price.plan.name, checkout.each_term)],
        edition=price.edition,
        currency=price.currency,
        buyer=checkout.buyer,
        person=checkout.person,
        is_donation=True,
    )
    checkout.pay(invoice, means)
