"""Changing to another plan or term, with the amount due now shown first."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from broadsheet.billing import providers
from broadsheet.billing.checkout.order import BuyerForm, sent_before
from broadsheet.billing.models import Checkout, Invoice, Item, Mandate, Means
from broadsheet.billing.pages.own import ask, consent_to, of_subscriber, to_account
from broadsheet.editorial.models import Publication
from broadsheet.membership.errors import Refused
from broadsheet.membership.models import Actor, Price, Subscription, Verb
from broadsheet.membership.selling import ChangeQuote
from broadsheet.platform.http.redirects import see_other
from broadsheet.platform.locking import held
from broadsheet.platform.money import Money


@require_http_methods(["GET", "HEAD", "POST"])
@of_subscriber
def change(request: HttpRequest, subscription: Subscription) -> HttpResponse:
    """The other plans and terms; with ``?price=``, what one costs now or later, and the button."""
    is_post = request.method == "POST"
    if is_post and (begun := sent_before(request)):
        return see_other(begun.go_on())
    choices = _choices(subscription)
    if reason := _why_not(subscription, choices):
        messages.error(request, reason)
        return to_account()
    chosen = next((choice for choice in choices if str(choice.price.pk) == request.GET.get("price")), None)
    context: dict[str, Any] = {"subscription": subscription, "choices": choices}
    if chosen is None:
        if "price" in request.GET:
            messages.error(request, _("This is no longer on sale. Please choose another."))
        return render(request, "billing/account/change.html", context)
    here = f"{reverse('change_subscription')}?price={chosen.price.pk}"
    context |= {"quote": chosen, "here": here}
    if chosen.price.pk == subscription.price_id or not chosen.is_at_once:
        return _later(request, subscription, chosen, context)
    form = BuyerForm(request, chosen.agreed, initial=present_details(subscription))
    if is_post and form.is_valid():
        return form.begin(
            Checkout.Purpose.CHANGE,
            chosen,
            f"{chosen.terms} “{chosen.button}”",
            credit=chosen.credit,
            subscription=subscription,
        )
    context |= {"form": form, "contact": Publication.load(request_or_site=request).contact_email}
    return render(request, "billing/account/change_now.html", context, status=form.status)


def _choices(subscription: Subscription) -> list[ChangeQuote]:
    """Prices in the subscriber's edition and currency, with their own if a change to another is scheduled."""
    sold = Price.objects.on_sale(subscription.price.edition).filter(currency=subscription.currency)
    others = sold.exclude(pk=subscription.price_id).order_by("plan__order", "plan__name", "amount")
    if subscription.next_price_id:
        others = others.exclude(pk=subscription.next_price_id)
    found = [ChangeQuote.to(price, subscription) for price in others]
    return [ChangeQuote.to(subscription.price, subscription), *found] if subscription.next_price_id else found


def _why_not(subscription: Subscription, choices: list[ChangeQuote]) -> str:
    if not choices:
        return _("There is no other plan or term at the moment.")
    try:
        subscription.require_changeable(choices[0].price)
    except Refused as refused:
        return refused.reason
    if Invoice.objects.unpaid().filter(subscription=subscription).exists():
        return _("You have an unpaid invoice. Once it is paid, you can change your subscription.")
    return ""


def _later(
    request: HttpRequest, subscription: Subscription, chosen: ChangeQuote, context: dict[str, Any]
) -> HttpResponse:
    on = subscription.term_end
    if chosen.price.pk == subscription.price_id:
        words = _("Your subscription stays %(plan)s, %(often)s. Nothing is charged now.") % {
            "plan": subscription.plan,
            "often": subscription.price.often.lower(),
        }
        button, done = _("Keep my present plan"), _("Your subscription stays as it is.")
    else:
        words = _(
            "You have paid for %(plan)s until %(on)s, which is worth more than %(next)s costs. Nothing"
            " is charged now. Your plan changes on that day and costs %(price)s %(each)s from then on,"
            " until you cancel."
        ) % {
            "plan": subscription.plan,
            "on": on,
            "next": _("%(length)s of %(plan)s")
            % {"length": chosen.length.lasting, "plan": chosen.price.plan.name},
            "price": chosen.then.total.brief,
            "each": chosen.price.each,
        }
        button, done = _("Change on %s") % on, _("Your subscription changes on %s.") % on
    if request.method != "POST":
        context |= {"words": words, "button": button}
        return render(request, "billing/account/change_later.html", context)
    consent = consent_to(request, subscription, words, button)
    return ask(request, subscription, Verb.CHANGE, done, price=chosen.price, consent=consent)


def present_details(subscription: Subscription) -> dict[str, str]:
    """The form's fields as the subscriber pays now."""
    mandate = Mandate.objects.filter(subscription=subscription).first()
    if mandate is None:
        return {}
    known = {
        "name": mandate.buyer_name,
        "company": mandate.buyer_company,
        "address": mandate.buyer_address,
        "vat_number": mandate.buyer_vat_number,
        "method": mandate.method if mandate.method in providers.methods() else "",
    }
    return {name: value for name, value in known.items() if value}


def fulfil(checkout: Checkout, means: Means) -> None:
    subscription, price = checkout.subscription, checkout.sold
    assert subscription is not None  # noqa: S101 (a checkout for this has one; for the type checker)
    before, credit = subscription.plan, checkout.credit
    with held(subscription):
        _refuse_stale(checkout, subscription)
    subscription.change_to(price, Actor.reader(checkout.person), Money(credit, price.currency))
    Mandate.objects.give(subscription, checkout.provider, means, checkout.buyer)
    items = [Item.term(subscription, price.amount)]
    if credit:
        items.append(Item(_("Unused part of %s") % before, -credit))
    invoice = Invoice.objects.issue(
        items,
        edition=price.edition,
        currency=price.currency,
        buyer=checkout.buyer,
        person=checkout.person,
        subscription=subscription,
    )
    checkout.pay(invoice, means)
    checkout.keep_consent()


def _refuse_stale(checkout: Checkout, subscription: Subscription) -> None:
    """Raises Refused where the credit was calculated before a change: it counts once, for one term."""
    if subscription.transitions.filter(at__gte=checkout.begun_at).exists():
        raise Refused(_("Your subscription changed in the meantime. Please check it again."))
    if subscription.invoices.filter(kind=Invoice.Kind.CREDIT_NOTE, issued_at__gte=checkout.begun_at).exists():
        raise Refused(_("Your subscription changed in the meantime. Please check it again."))
    if Invoice.objects.unpaid().filter(subscription=subscription).exists():
        raise Refused(_("You have an unpaid invoice. Once it is paid, you can change your subscription."))
    if checkout.price and checkout.credit > checkout.price.amount:
        raise Refused(
            _("This costs less than what is left of your term. You can change when your next term begins.")
        )
