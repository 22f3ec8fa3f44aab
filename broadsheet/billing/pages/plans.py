"""The plans side by side, each price with what it costs at first and later."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from broadsheet.billing.pages.offers import Code
from broadsheet.billing.pages.own import subscription_of
from broadsheet.billing.pages.zone import in_its_zone
from broadsheet.editorial.context import editions_of
from broadsheet.editorial.models import Edition
from broadsheet.membership.lengths import Term
from broadsheet.membership.models import Market, Offer, Plan, Price, SalesPolicy, Subscription
from broadsheet.membership.selling import Quote
from broadsheet.people.current import reader_of
from broadsheet.people.models import Person
from broadsheet.people.paths import local_path
from broadsheet.platform.http.caching import as_cacheable_as, for_nobody_else


@dataclass(frozen=True, slots=True)
class Column:
    plan: Plan
    quotes: list[Quote]
    """The longest term first."""


@require_safe
@in_its_zone
def subscribe(request: HttpRequest) -> HttpResponse:
    tag, reader = get_language() or "", reader_of(request)
    code = Code.of(request, tag, reader)
    columns = columns_for(tag, reader, code.offer)
    context = {
        "code": code,
        "coded": next((q for c in columns for q in c.quotes if code.offer and q.offer == code.offer), None),
        "columns": columns,
        "line": next((q.offer.line for c in columns for q in c.quotes if q.offer and q.offer.line), ""),
        "next": local_path(request.GET.get("next")),
        "subscription": subscription_of(reader),
        "policy": SalesPolicy.load(request_or_site=request),
        "takes_donations": Price.objects.on_sale(tag, Plan.Kind.DONATION).exists(),
    }
    if not columns:
        context["selling_editions"] = list(_editions_that_sell(request))
    response = render(request, "billing/offers/subscribe.html", context, status=code.status)
    return for_nobody_else(response) if request.GET else as_cacheable_as(request, response)


def columns_for(tag: str, reader: Person | None, coded: Offer | None) -> list[Column]:
    """All plans of an edition, at the prices for this visitor.

    The offer `coded` replaces what everybody is offered at the same price: offers don't add up.
    """
    offers = {offer.price_id: offer for offer in reversed(Offer.objects.shown(tag, reader))}
    if coded:
        offers[coded.price_id] = coded
    is_new = reader is None or not Subscription.objects.filter(person=reader).reading().exists()

    def quote(price: Price, market: Market) -> Quote:
        offer = offers.get(price.pk)
        return Quote(price, market, offer, trial=is_new and offer is None and price.trial_days > 0)

    return columns(tag, quote)


def columns(tag: str, quote: Callable[[Price, Market], Quote] = Quote) -> list[Column]:
    """All plans of an edition, with a quote made by `quote` for each price; by default at the full price."""
    market = Market.objects.of(tag)
    prices = Price.objects.on_sale(tag).order_by("plan__order", "plan__name", "plan_id")
    return [
        Column(plan, [quote(price, market) for price in sorted(own, key=_shortness)])
        for plan, own in groupby(prices, key=lambda price: price.plan)
    ]


def _shortness(price: Price) -> int:
    return -Term(price.term).months


def _editions_that_sell(request: HttpRequest) -> Iterator[tuple[Edition, str]]:
    """Each with the address of its page that sells."""
    for edition in editions_of(request):
        tag = edition.locale.language_code
        if Price.objects.on_sale(tag).exists():
            with translation.override(tag):
                yield edition, reverse("subscribe")
