"""Buying a subscription: what it costs, who buys, and the button; and what came of it."""

from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from broadsheet.billing import intents
from broadsheet.billing.letters import bank_details
from broadsheet.billing.models import Checkout, Payment
from broadsheet.billing.pages.buying import BuyerForm, sent_before
from broadsheet.billing.pages.offers import Code
from broadsheet.billing.pages.subscribe import subscription_of
from broadsheet.billing.pages.zone import in_its_zone
from broadsheet.editorial.models import Article, Publication
from broadsheet.membership.models import Market, Offer, Price, State, Subscription
from broadsheet.membership.selling import Quote
from broadsheet.people.current import person_of, reader_of
from broadsheet.people.models import Person
from broadsheet.people.paths import local_path
from broadsheet.platform.editions import edition_of_path
from broadsheet.platform.redirects import see_other
from broadsheet.platform.refusals import refuse
from broadsheet.platform.robots import out_of_sight, unlisted


def address_of(price: Price, code: str = "", next_path: str = "") -> str:
    """The checkout of `price` in its own edition."""
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
        return out_of_sight(refuse(request, 410, _("This is not sold any more.")))
    written = request.GET.get("offer", "")
    is_post = request.method == "POST"
    if present.edition != translation.get_language() or (present != asked and not is_post):
        return out_of_sight(redirect(address_of(present, written, next_path)))
    reader = reader_of(request)
    code = Code.of(written, present.edition, reader).at(present)
    quote = quote_for(present, reader, code)
    context = {
        "quote": quote,
        "code": code,
        "next": next_path,
        "here": address_of(present, written, next_path),
        "subscription": subscription_of(reader),
    }
    if reader is None:
        return out_of_sight(render(request, "billing/checkout_stranger.html", context))
    if is_post and (begun := sent_before(request)):
        return out_of_sight(see_other(intents.go_on(begun)))
    if context["subscription"]:
        status = HTTPStatus.CONFLICT if is_post else HTTPStatus.OK
        return out_of_sight(render(request, "billing/checkout_twice.html", context, status=status))
    form = BuyerForm(request, quote.agreed)
    if is_post and form.is_valid():
        consent = f"{quote.terms} “{quote.button}”"
        return out_of_sight(form.begin(Checkout.Kind.SUBSCRIBE, quote, consent, next_path=next_path))
    context |= {"form": form, "contact": Publication.load(request_or_site=request).contact_email}
    return out_of_sight(render(request, "billing/checkout.html", context, status=form.status))


def quote_for(price: Price, reader: Person | None, code: Code) -> Quote:
    """By the code that was given, else by the best of what everybody is offered."""
    offer = code.offer or next(
        (offer for offer in Offer.objects.shown(price.edition, reader) if offer.price_id == price.pk), None
    )
    return Quote.of(price, offer=offer, trial=Subscription.objects.may_begin_trial(reader, price))


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
@in_its_zone
def done(request: HttpRequest, uuid: str) -> HttpResponse:
    """What came of a checkout: the thank-you page, or why it came to nothing. A post goes on to pay."""
    found = get_object_or_404(
        Checkout.objects.select_related("price__plan", "subscription__price__plan", "invoice", "gift"),
        pk=uuid,
        person=person_of(request),
    )
    if request.method == "POST":
        return see_other(intents.go_on(found))
    context: dict[str, Any] = {
        "checkout": found,
        "article": article_at(found.next_path),
        "is_invoiced": found.method == Payment.Method.TRANSFER and found.invoice and found.invoice.is_open,
    }
    if context["is_invoiced"]:
        context["bank"] = bank_details(found.invoice)
    if found.subscription and found.subscription.is_live:
        context["comes_next"] = comes_next(found.subscription)
    if found.is_unfinished:
        template = "billing/done_not.html"
    elif found.state == Checkout.State.REFUSED:
        template = "billing/done_refused.html"
    else:
        template = "billing/done.html"
    return unlisted(render(request, template, context))


def comes_next(subscription: Subscription) -> str:
    charge = subscription.next_charge
    if not subscription.is_donation:
        charge = Market.objects.of(subscription.price.edition).taxed(charge).total
    due = {"day": subscription.term_end, "charge": charge.brief}
    if subscription.state == State.TRIALING:
        return _("Your trial ends on %(day)s. If you do not cancel before, %(charge)s is due then.") % due
    return _("On %(day)s it renews, and %(charge)s is due. We write to you whenever we charge you.") % due


def article_at(path: str) -> Article | None:
    """The live article at a path of this site."""
    slug = path.partition("?")[0].rstrip("/").rpartition("/")[2]
    live = Article.objects.live().filter(slug=slug, locale__language_code=edition_of_path(path))
    return next((article for article in live if article.get_url() == path), None)
