"""One's own invoices: as PDF, to be paid by card; and the card itself."""

import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from broadsheet.billing import intents
from broadsheet.billing.documents import pdf_of
from broadsheet.billing.fulfilment import buyer_of
from broadsheet.billing.letters import bank_details
from broadsheet.billing.models import Buyer, Checkout, Invoice, Mandate, Payment
from broadsheet.billing.pages.buying import sent_before
from broadsheet.billing.pages.own import of_subscriber, to_account
from broadsheet.editorial.models import Publication
from broadsheet.membership.errors import Refused
from broadsheet.membership.models import Subscription
from broadsheet.people.current import person_of
from broadsheet.platform.money import Money
from broadsheet.platform.redirects import see_other
from broadsheet.platform.robots import unlisted

any_method = require_http_methods(["GET", "HEAD", "POST"])


def own_invoice(request: HttpRequest, number: str) -> Invoice:
    """Raises Http404 where it is somebody else's."""
    own = Invoice.objects.filter(person=person_of(request)).select_related("subscription__price__plan")
    found: Invoice = get_object_or_404(own, number=number)
    return found


@require_safe
@never_cache
@login_required
def pdf(request: HttpRequest, number: str) -> HttpResponse:
    invoice = own_invoice(request, number)
    response = HttpResponse(pdf_of(invoice), content_type="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="{invoice.number}.pdf"'
    return unlisted(response)


@any_method
@never_cache
@login_required
def pay(request: HttpRequest, number: str) -> HttpResponse:
    if request.method == "POST" and (begun := sent_before(request)):
        return see_other(intents.go_on(begun))
    invoice = own_invoice(request, number)
    try:
        invoice.require_open()
    except Refused as refused:
        messages.info(request, refused.reason)
        return to_account()
    with translation.override(invoice.edition), timezone.override(invoice.zone):
        if request.method == "POST":
            return _begin(
                request,
                Checkout.Kind.PAY,
                invoice.edition,
                invoice.money,
                invoice.buyer,
                invoice=invoice,
                subscription=invoice.subscription,
            )
        context = {"invoice": invoice, "bank": bank_details(invoice)}
        return _page(request, "billing/account/pay.html", context)


@any_method
@of_subscriber
def card(request: HttpRequest, subscription: Subscription) -> HttpResponse:
    """Another card for a subscription; what is owed is charged to it at once."""
    if request.method == "POST" and (begun := sent_before(request)):
        return see_other(intents.go_on(begun))
    if not subscription.is_live:
        messages.error(request, _("It has ended: nothing is charged any more."))
        return to_account()
    unpaid = list(Invoice.objects.unpaid().filter(subscription=subscription).order_by("due_at"))
    owed = sum((invoice.money for invoice in unpaid), Money(0, subscription.currency))
    if request.method == "POST":
        return _begin(
            request,
            Checkout.Kind.CARD,
            subscription.price.edition,
            owed,
            buyer_of(subscription),
            subscription=subscription,
        )
    context = {
        "subscription": subscription,
        "mandate": Mandate.objects.filter(subscription=subscription).first(),
        "unpaid": unpaid,
        "owed": owed,
    }
    return _page(request, "billing/account/card.html", context)


def _page(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    context |= {
        "uuid": uuid.uuid4(),
        "takes_cards": Payment.Method.CARD in intents.default().methods(),
        "contact": Publication.load(request_or_site=request).contact_email,
    }
    response = render(request, template, context)
    return unlisted(response)


def _begin(
    request: HttpRequest, kind: Checkout.Kind, edition: str, due: Money, buyer: Buyer, **about: Any
) -> HttpResponse:
    """Leads on to the bank. A form sent twice is one checkout."""
    if Payment.Method.CARD not in intents.default().methods():
        raise Http404
    try:
        checkout = Checkout.objects.take(
            _written_uuid(request),
            person_of(request),
            kind=kind,
            edition=edition,
            provider=intents.default().name,
            method=Payment.Method.CARD,
            currency=due.currency,
            due=due.minor,
            address=request.META["REMOTE_ADDR"] or None,
            buyer_name=buyer.name,
            buyer_company=buyer.company,
            buyer_address=buyer.address,
            buyer_vat_number=buyer.vat_number,
            **about,
        )
    except Checkout.DoesNotExist as error:
        raise Http404 from error
    return see_other(intents.go_on(checkout))


def _written_uuid(request: HttpRequest) -> uuid.UUID:
    try:
        return uuid.UUID(request.POST.get("uuid", ""))
    except ValueError:
        return uuid.uuid4()
