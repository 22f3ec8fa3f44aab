"""Another card for a subscription; what is owed is charged to it at once."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from broadsheet.billing.checkout.order import begin_by_card, card_page, sent_before
from broadsheet.billing.models import Checkout, Invoice, Mandate, Means
from broadsheet.billing.pages.own import of_subscriber, to_account
from broadsheet.membership.errors import Refused
from broadsheet.membership.models import Subscription
from broadsheet.platform.http.redirects import see_other
from broadsheet.platform.locking import held
from broadsheet.platform.money import Money


@require_http_methods(["GET", "HEAD", "POST"])
@of_subscriber
def card(request: HttpRequest, subscription: Subscription) -> HttpResponse:
    if request.method == "POST" and (begun := sent_before(request)):
        return see_other(begun.go_on())
    if not subscription.is_live:
        messages.error(request, _("It has ended, and nothing more will be charged."))
        return to_account()
    unpaid = list(Invoice.objects.unpaid().filter(subscription=subscription).order_by("due_at"))
    owed = sum((invoice.money for invoice in unpaid), Money(0, subscription.currency))
    if request.method == "POST":
        return begin_by_card(
            request,
            owed,
            subscription.mandate.buyer,
            purpose=Checkout.Purpose.CARD,
            edition=subscription.price.edition,
            subscription=subscription,
        )
    context = {
        "subscription": subscription,
        "mandate": Mandate.objects.filter(subscription=subscription).first(),
        "unpaid": unpaid,
        "owed": owed,
    }
    return card_page(request, "billing/account/card.html", context)


def fulfil(checkout: Checkout, means: Means) -> None:
    subscription = checkout.subscription
    assert subscription is not None  # noqa: S101 (a checkout for this has one; for the type checker)
    subscription.refuse_if_ended()
    with held(subscription):
        unpaid = list(Invoice.objects.unpaid().filter(subscription=subscription))
    if sum(invoice.total for invoice in unpaid) != checkout.due:
        raise Refused(_("The amount due changed in the meantime. Please check it again."))
    Mandate.objects.give(subscription, checkout.provider, means, checkout.buyer)
    for number, invoice in enumerate(unpaid):
        # The card was charged once; each invoice gets a payment with a reference of its own.
        checkout.settle(invoice, means, invoice.money, part=f"-{number}")
