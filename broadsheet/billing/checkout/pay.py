"""Paying an open invoice by card."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from broadsheet.billing import providers
from broadsheet.billing.checkout.order import begin_by_card, card_page, sent_before
from broadsheet.billing.letters import bank_details
from broadsheet.billing.models import Checkout, Mandate, Means
from broadsheet.billing.pages.invoices import own_invoice
from broadsheet.billing.pages.own import to_account
from broadsheet.membership.errors import Refused
from broadsheet.platform.http.redirects import see_other


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def pay(request: HttpRequest, number: str) -> HttpResponse:
    if request.method == "POST" and (begun := sent_before(request)):
        return see_other(begun.go_on())
    invoice = own_invoice(request, number)
    try:
        invoice.require_open()
    except Refused as refused:
        messages.info(request, refused.reason)
        return to_account()
    with translation.override(invoice.edition), timezone.override(invoice.zone):
        if request.method == "POST":
            return begin_by_card(
                request,
                invoice.money,
                invoice.buyer,
                purpose=Checkout.Purpose.PAY,
                edition=invoice.edition,
                invoice=invoice,
                subscription=invoice.subscription,
            )
        failed = invoice.payments.failed().first()  # type: ignore[attr-defined]
        context = {
            "invoice": invoice,
            "bank": bank_details(invoice),
            "confirm": providers.named(failed.provider).confirm_path(invoice) if failed else "",
        }
        return card_page(request, "billing/account/pay.html", context)


def fulfil(checkout: Checkout, means: Means) -> None:
    """Also keeps the card, if the invoice is a subscription's."""
    invoice = checkout.invoice
    assert invoice is not None  # noqa: S101 (a checkout for this has one; for the type checker)
    if means.is_card:
        if invoice.subscription:
            Mandate.objects.give(invoice.subscription, checkout.provider, means, checkout.buyer)
        checkout.settle(invoice, means, checkout.money)
