"""Where Stripe’s pages and the cardholder’s bank lead back to, and where a charge is confirmed."""

import logging

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from broadsheet.billing.limits import TOO_MANY_ORDERS, may_order
from broadsheet.billing.models import Checkout
from broadsheet.billing.pages.invoices import own_invoice
from broadsheet.billing.pages.own import to_account
from broadsheet.billing.pages.zone import in_its_zone
from broadsheet.billing.providers.stripe.api import Refusal, Unreachable
from broadsheet.billing.providers.stripe.charging import confirm as confirm_at_stripe
from broadsheet.billing.providers.stripe.charging import to_confirm
from broadsheet.billing.providers.stripe.declines import declined
from broadsheet.billing.providers.stripe.sessions import absolute, done_path, look
from broadsheet.billing.providers.stripe.taking_in import take_in_intent
from broadsheet.membership.errors import Refused
from broadsheet.people.current import own_or_404, person_of
from broadsheet.platform.http.redirects import see_other
from broadsheet.platform.http.robots import unlisted

logger = logging.getLogger(__name__)


@require_safe
@never_cache
@login_required
@in_its_zone
def back(request: HttpRequest, uuid: str) -> HttpResponse:
    """The buyer comes from Stripe’s page, often before its webhook does."""
    checkout = own_or_404(Checkout.objects.filter(person=person_of(request)), pk=uuid)
    for row in checkout.stripe_sessions.open():
        try:
            look(row)
        except (Unreachable, Refusal):
            # The webhook will say, or the sweep will ask.
            checkout.await_confirmation()
    return see_other(done_path(checkout))


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def confirm(request: HttpRequest, number: str) -> HttpResponse:
    """A button by which the cardholder goes to their bank, which leads back here."""
    invoice = own_invoice(request, number)
    with translation.override(invoice.edition), timezone.override(invoice.zone):
        row = to_confirm(invoice)
        if row and "payment_intent" in request.GET:
            _ask(row.reference)
            invoice.refresh_from_db()
        try:
            invoice.require_open()
        except Refused:
            messages.success(request, _("Thank you: your payment is confirmed."))
            return to_account()
        if row is None:
            return see_other(reverse("pay_invoice", args=[number]))
        mandate = invoice.subscription.mandate if invoice.subscription else None
        context = {"invoice": invoice, "mandate": mandate, "address": "", "fault": ""}
        if "payment_intent" in request.GET:
            context["fault"] = _("Your bank did not confirm the payment. Nothing was charged.")
        if request.method == "POST" and not may_order(request):
            context["fault"] = str(TOO_MANY_ORDERS)
        elif request.method == "POST" and mandate:
            here = reverse("confirm_charge", args=[number])
            try:
                context["address"] = confirm_at_stripe(row, mandate, absolute(here))
            except Unreachable:
                context["fault"] = _("We can’t reach your bank just now. Please try again in a few minutes.")
            except Refusal as refusal:
                context["fault"] = declined(refusal.code, "").fault
            if not context["address"] and not context["fault"]:
                _ask(row.reference)
                return see_other(here)
        response = unlisted(render(request, "billing/stripe/confirm.html", context))
        if context["address"]:
            # Not a redirect: banks have pages on any host, and a form may lead to none that isn’t named.
            response["Refresh"] = f"0; url={context['address']}"
        return response


def _ask(reference: str) -> None:
    try:
        take_in_intent(reference)
    except (Unreachable, Refusal):
        logger.warning("%s is asked for later", reference)
