"""Buying a subscription."""

from http import HTTPStatus
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from broadsheet.billing.checkout.order import BuyerForm, sent_before
from broadsheet.billing.models import Checkout, Invoice, Mandate, Means
from broadsheet.billing.pages.offers import Code
from broadsheet.billing.pages.own import subscription_of
from broadsheet.billing.pages.zone import in_its_zone
from broadsheet.editorial.models import Publication
from broadsheet.membership.errors import PriceChanged
from broadsheet.membership.models import Actor, Offer, Price, Subscription
from broadsheet.membership.models.gift import absorb_rights
from broadsheet.membership.selling import Quote
from broadsheet.people.current import reader_of
from broadsheet.people.models import Person
from broadsheet.people.paths import local_path
from broadsheet.platform.http.redirects import see_other, with_query
from broadsheet.platform.http.refusals import refuse
from broadsheet.platform.http.robots import out_of_sight


def address_of(price: Price, code: str = "", next_path: str = "") -> str:
    """The address of the checkout of `price`, in its own edition."""
    query = {name: value for name, value in (("offer", code), ("next", next_path)) if value}
    with translation.override(price.edition):
        address = reverse("checkout", args=[price.pk])
    return f"{address}?{urlencode(query)}" if query else address


@require_http_methods(["GET", "HEAD", "POST"])
@in_its_zone
def checkout(request: HttpRequest, price: int) -> HttpResponse:
    asked = get_object_or_404(Price.objects.select_related("plan", "replaced_by__plan"), pk=price)
    present, next_path = asked.present, local_path(request.GET.get("next"))
    if present is None or present.plan.is_donation:
        return out_of_sight(refuse(request, 410, _("This is no longer on sale.")))
    written = request.GET.get("offer", "")
    is_post = request.method == "POST"
    if present.edition != translation.get_language() or (present != asked and not is_post):
        return out_of_sight(redirect(with_query(address_of(present, written, next_path), request)))
    reader = reader_of(request)
    code = Code.of(request, present.edition, reader).at(present)
    quote = quote_for(present, reader, code)
    context = {
        "quote": quote,
        "code": code,
        "next": next_path,
        "here": address_of(present, written, next_path),
        "subscription": subscription_of(reader),
    }
    if reader is None:
        return out_of_sight(render(request, "billing/checkout/stranger.html", context, status=code.status))
    if is_post and (begun := sent_before(request)):
        return out_of_sight(see_other(begun.go_on()))
    if context["subscription"]:
        status = HTTPStatus.CONFLICT if is_post else HTTPStatus.OK
        return out_of_sight(render(request, "billing/checkout/twice.html", context, status=status))
    form = BuyerForm(request, quote.agreed)
    if is_post and form.is_valid():
        consent = f"{quote.terms} “{quote.button}”"
        return out_of_sight(form.begin(Checkout.Purpose.SUBSCRIBE, quote, consent, next_path=next_path))
    context |= {"form": form, "contact": Publication.load(request_or_site=request).contact_email}
    status = max(form.status, code.status)
    return out_of_sight(render(request, "billing/checkout/checkout.html", context, status=status))


def quote_for(price: Price, reader: Person | None, code: Code) -> Quote:
    """With the offer of the code that was given, else with the best that everybody gets."""
    offer = code.offer or next(
        (offer for offer in Offer.objects.shown(price.edition, reader) if offer.price_id == price.pk), None
    )
    return Quote.of(price, offer=offer, trial=Subscription.objects.may_begin_trial(reader, price))


def fulfil(checkout: Checkout, means: Means) -> None:
    """Begins the subscription or the recurring donation."""
    subscription = Subscription.objects.begin(
        checkout.person,
        checkout.sold,
        Actor.reader(checkout.person),
        provider=checkout.provider,
        offer=checkout.offer,
        trial=checkout.trial,
        amount=checkout.each_term,
    )
    checkout.subscription = subscription
    Mandate.objects.give(subscription, checkout.provider, means, checkout.buyer)
    checkout.keep_consent()
    if invoice := Invoice.objects.issue_term(subscription, checkout.buyer):
        checkout.pay(invoice, means)
    elif checkout.due:
        raise PriceChanged
    if not subscription.is_donation:
        absorb_rights(subscription)
