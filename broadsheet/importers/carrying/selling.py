"""Plans of the old system, not on sale: what they cost is to be looked at first."""

from django.utils.translation import gettext as _

from broadsheet.editorial.models import Edition
from broadsheet.importers.records import Offer as TheirOffer
from broadsheet.importers.records import Plan
from broadsheet.importers.records import Price as TheirPrice
from broadsheet.membership.models import Offer, OfferPlacement, Price
from broadsheet.membership.models import Plan as OurPlan


def make_plan_of(record: Plan, edition: Edition) -> tuple[int, list[str]]:
    """Its primary key, and which of its offers did not come, each in a sentence."""
    plan = OurPlan.objects.create(
        name=record.name[:60],
        summary=record.summary[:200],
        promises="\n".join(record.promises),
        is_on_sale=False,
    )
    prices: dict[TheirPrice, Price] = {}
    for price in record.prices:
        prices[price] = Price.objects.create(
            plan=plan,
            edition=edition.locale.language_code,
            amount=price.amount,
            currency=price.currency,
            term=price.term,
            trial_days=record.trial_days,
        )
    return plan.pk, [words for offer in record.offers if (words := _make_offer(offer, prices))]


def _make_offer(offer: TheirOffer, prices: dict[TheirPrice, Price]) -> str:
    if Offer.objects.filter(code=offer.code).exists():
        return _("The offer “%(name)s” did not come: the code %(code)s is taken here.") % {
            "name": offer.name,
            "code": offer.code,
        }
    Offer.objects.create(
        name=offer.name[:80],
        line=offer.line[:80],
        code=offer.code,
        placement=OfferPlacement.SAVE if offer.is_to_stay else OfferPlacement.CODE,
        price=prices[offer.price],
        amount=offer.amount,
        count=offer.count,
        unit=offer.unit,
        terms=offer.terms,
    )
    return ""
