"""What the letters about subscriptions have in common: days, prices, and where to go on."""

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from broadsheet.membership.lengths import Term
from broadsheet.membership.models import Market, Subscription
from broadsheet.platform.money import Money


def account_address() -> str:
    return f"{settings.PUBLIC_URL}{reverse('people:account')}"


def to_account() -> tuple[str, str]:
    return _("See it on your account page"), account_address()


def charge_of(subscription: Subscription) -> str:
    """“£40 a year”: what is paid next, with the tax."""
    market = Market.objects.of(subscription.price.edition)

    def said(money: Money) -> str:
        return (money if subscription.is_donation else market.taxed(money).total).brief

    charge, offer = said(subscription.next_charge), subscription.next_offer
    price = subscription.next_price or subscription.price
    if offer is None or offer.lasts_as_the_price:
        return f"{charge} {Term(price.term).each}"
    return _("%(price)s for %(length)s, then %(full)s %(each)s") % {
        "price": charge,
        "length": offer.length.lasting,
        "full": said(subscription.next_full_charge),
        "each": Term(price.term).each,
    }
