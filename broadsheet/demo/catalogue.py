"""What The Meridian sells."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from broadsheet.billing.models import Seller
from broadsheet.editorial.models import Picture
from broadsheet.membership.lengths import Term, Unit
from broadsheet.membership.models import Audience, Market, Offer, OfferPlacement, Plan, Price

OPENED = timedelta(days=420)
"""How long ago the first offer began, and the first subscription."""
DIGITAL = """Every article in both editions
The archive, back to the first issue
Ten articles a month to give away"""
SUPPORTER = """All that Digital gives
Forty articles a month to give away
Your name in the annual report, if you like"""
CURRENCIES = {"us": ("en-us", "USD"), "uk": ("en-gb", "GBP")}


@dataclass
class Catalogue:
    """The prices by edition, plan and term, and the offers by code."""

    prices: dict[tuple[str, str, str], Price] = field(default_factory=dict)
    offers: dict[str, Offer] = field(default_factory=dict)


def open_shop(now: datetime, promotion: Picture) -> Catalogue:
    """`promotion` stands with the offer in promotion slots."""
    _introduce_seller()
    catalogue = Catalogue()
    began = now - OPENED
    digital = Plan.objects.create(
        name="Digital",
        summary="The whole magazine, on every screen you own.",
        promises=DIGITAL,
        order=1,
    )
    supporter = Plan.objects.create(
        name="Supporter",
        summary="For those who want more of this in the world.",
        promises=SUPPORTER,
        gift_links=40,
        order=2,
    )
    donation = Plan.objects.create(
        kind=Plan.Kind.DONATION,
        name="Reporting fund",
        summary="Pays for the train tickets, the translators and the second phone call.",
        order=3,
    )
    for edition, (tag, currency) in CURRENCIES.items():
        for plan, term, amount in (
            (digital, Term.YEAR, 4000),
            (digital, Term.MONTH, 450),
            (supporter, Term.YEAR, 9000),
            (supporter, Term.MONTH, 900),
            (donation, Term.ONCE, 1000),
            (donation, Term.ONCE, 2500),
            (donation, Term.ONCE, 6000),
            (donation, Term.MONTH, 500),
            (donation, Term.YEAR, 5000),
        ):
            price = Price.objects.create(plan=plan, edition=tag, amount=amount, currency=currency, term=term)
            catalogue.prices.setdefault((edition, plan.name, term), price)
        _make_offers(catalogue, edition, began, now, promotion)
    return catalogue


def _introduce_seller() -> None:
    seller = Seller.load()
    seller.name = "The Meridian Press Ltd"
    seller.address = "14 Quayside\nHarbour Town HT1 4ME"
    seller.vat_number = "GB 000 0000 00"
    seller.email = "subscriptions@meridian.example"
    seller.account_holder = "The Meridian Press Ltd"
    seller.iban = "GB00 MERI 0000 0000 0000 00"
    seller.bic = "MERIGB00"
    seller.bank = "Bank of the Demo"
    seller.note = "Thank you for paying for journalism."
    seller.save()
    Market.objects.create(edition="en-gb", tax_name="VAT", tax_rate=2000, tax_included=True)


def _make_offers(
    catalogue: Catalogue, edition: str, began: datetime, now: datetime, promotion: Picture
) -> None:
    suffix = "" if edition == "us" else "-UK"
    yearly = catalogue.prices[edition, "Digital", Term.YEAR]
    monthly = catalogue.prices[edition, "Digital", Term.MONTH]
    made = (
        Offer(
            name=f"Six weeks for 1.00 ({edition.upper()})",
            line="Subscribe and save",
            picture=promotion,
            placement=OfferPlacement.SLOT,
            code=f"SIXWEEKS{suffix}",
            price=yearly,
            amount=100,
            count=6,
            unit=Unit.WEEK,
            starts_at=began,
        ),
        Offer(
            name=f"Friends of subscribers ({edition.upper()})",
            code=f"FRIENDS{suffix}",
            price=monthly,
            amount=200,
            terms=3,
            audience=Audience.NEW,
            starts_at=began,
            limit=200,
        ),
        Offer(
            name=f"Stay another year ({edition.upper()})",
            line="Another year at a lower price",
            placement=OfferPlacement.SAVE,
            code=f"STAY{suffix}",
            price=yearly,
            amount=2800,
            count=12,
            starts_at=began,
        ),
        Offer(
            name=f"Summer reading ({edition.upper()})",
            code=f"SUMMER{suffix}",
            price=yearly,
            amount=2000,
            count=12,
            starts_at=began,
            ends_at=now - timedelta(days=80),
        ),
    )
    for offer in made:
        offer.save()
        catalogue.offers[offer.code] = offer
