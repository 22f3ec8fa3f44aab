"""What The Meridian sells, and fourteen months of people who bought it: invented, and the same each time.

The months are lived through: every subscription was begun, renewed, paused, cancelled and paid by the
product's
own verbs, with the clock moved to the day.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from django.db.models import F

from broadsheet.billing import intents
from broadsheet.billing.fulfilment import Means, fulfil, last_day_of, record_transfer
from broadsheet.billing.models import Checkout, Invoice, Mandate, Payment, Seller
from broadsheet.demo import content
from broadsheet.membership.errors import Refused
from broadsheet.membership.lengths import Term, Unit
from broadsheet.membership.models import (
    Actor,
    Audience,
    Entitlement,
    Gift,
    Market,
    Offer,
    OfferPlacement,
    Plan,
    Price,
    Subscription,
    Verb,
    Withdrawal,
)
from broadsheet.membership.selling import Quote
from broadsheet.notices.models import Notice
from broadsheet.people.models import Person
from broadsheet.platform import clock

BEGAN = timedelta(days=420)
STEP = timedelta(days=3)
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


def open_shop(now: datetime) -> Catalogue:
    _introduce_seller()
    catalogue = Catalogue()
    began = now - BEGAN
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
        _make_offers(catalogue, edition, began, now)
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


def _make_offers(catalogue: Catalogue, edition: str, began: datetime, now: datetime) -> None:
    suffix = "" if edition == "us" else "-UK"
    yearly = catalogue.prices[edition, "Digital", Term.YEAR]
    monthly = catalogue.prices[edition, "Digital", Term.MONTH]
    made = (
        Offer(
            name=f"Six weeks for 1.00 ({edition.upper()})",
            line="Subscribe and save",
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


# --- The people who bought ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Event:
    at: datetime
    happens: Callable[[], object]


class Readership:
    def __init__(self, catalogue: Catalogue, now: datetime, staff: Person) -> None:
        self.catalogue = catalogue
        self.now = now
        self.staff = staff
        self.chance = Random("The Meridian")  # noqa: S311 (no secret)
        self.events: list[Event] = []

    def live(self, bruno: Person) -> None:
        """Everything that happened up to now, in the order in which it did."""
        self._plan_bruno(bruno)
        self._plan_callers()
        for edition, names in content.load("subscribers").items():
            for number, name in enumerate(names):
                self._plan(edition, number, name)
        self.events.sort(key=lambda event: event.at)
        at = self.now - BEGAN
        while at < self.now:
            at = min(at + STEP, self.now)
            while self.events and self.events[0].at <= at:
                event = self.events.pop(0)
                with clock.moved_to(event.at):
                    event.happens()
            with clock.moved_to(at):
                intents.sweep(at)
        # Their letters went out at the time.
        Notice.objects.due(self.now).update(sent_at=F("due_at"))

    def _later(self, at: datetime, happens: Callable[[], object]) -> None:
        if at < self.now:
            self.events.append(Event(at, happens))

    def _plan(self, edition: str, number: int, name: str) -> None:
        chance = self.chance
        began = self.now - timedelta(days=chance.uniform(2, BEGAN.days - 5))
        plan, term, code = chance.choices(
            (
                ("Digital", Term.YEAR, "SIXWEEKS"),
                ("Digital", Term.MONTH, ""),
                ("Digital", Term.MONTH, "FRIENDS"),
                ("Digital", Term.YEAR, ""),
                ("Supporter", Term.YEAR, ""),
            ),
            (50, 18, 10, 12, 10),
        )[0]
        code = f"{code}-UK" if code and edition == "uk" else code
        email = f"{name.lower().replace(' ', '.')}@reader.example"
        is_card = chance.random() < 0.8
        later = Mandate.Later.ACCEPT if chance.random() < 0.9 else Mandate.Later.DECLINE
        price, offer = self.catalogue.prices[edition, plan, term], self.catalogue.offers.get(code)

        def begin() -> None:
            person = self._introduce(name, email)
            self._buy(person, price, offer, is_card=is_card, later=later)

        self._later(began, begin)
        if not is_card:
            self._later(began + timedelta(days=chance.uniform(2, 20)), lambda: self._transfer(email))
        match chance.random():
            case x if x < 0.13:
                reason = chance.choice(("price", "time", "content", ""))
                after = timedelta(days=chance.uniform(20, 150))
                self._later(began + after, lambda: self._ask(email, Verb.CANCEL, reason=reason))
            case x if x < 0.25:
                weeks = chance.randint(2, 10)
                self._later(
                    self.now - timedelta(days=chance.uniform(1, 60)), lambda: self._pause(email, weeks)
                )

    def _introduce(self, name: str, email: str) -> Person:
        first, __, last = name.partition(" ")
        return Person.objects.create_user(
            email, first_name=first, last_name=last, date_joined=clock.now() - timedelta(days=3)
        )

    def _buy(
        self,
        person: Person,
        price: Price,
        offer: Offer | None = None,
        *,
        is_card: bool = True,
        later: str = Mandate.Later.ACCEPT,
        kind: Checkout.Kind = Checkout.Kind.SUBSCRIBE,
        **more: Any,
    ) -> Checkout:
        quote = Quote.of(price, offer=offer)
        method = Payment.Method.CARD if is_card else Payment.Method.TRANSFER
        checkout = Checkout.objects.create(
            uuid=self._uuid(),
            kind=kind,
            edition=price.edition,
            person=person,
            provider="house",
            method=method,
            price=price,
            offer=offer,
            currency=price.currency,
            due=quote.first.total.minor,
            each_term=price.amount,
            consent=quote.terms,
            buyer_name=person.get_full_name(),
            **more,
        )
        fulfil(checkout, self._card(later) if is_card else Means(method))
        return checkout

    def _uuid(self) -> UUID:
        return UUID(int=self.chance.getrandbits(128), version=4)

    def _card(self, later: str) -> Means:
        expires = last_day_of(self.now.year + self.chance.randint(1, 4), self.chance.randint(1, 12))
        digits = f"{self.chance.randrange(10_000):04}"
        return Means(Payment.Method.CARD, str(self._uuid()), digits, expires, later)

    def _transfer(self, email: str) -> None:
        for invoice in Invoice.objects.unpaid().filter(person__email=email):
            reference = f"Statement {clock.now():%Y-%m-%d}, {invoice.number}"
            record_transfer(
                invoice, invoice.money, reference, Actor.staff(self.staff, "On the bank statement")
            )

    def _subscription(self, email: str) -> Subscription | None:
        return Subscription.objects.filter(person__email=email).live().first()

    def _ask(self, email: str, verb: Verb, **wanted: Any) -> None:
        if subscription := self._subscription(email):
            try:
                intents.ask(subscription, verb, Actor.reader(subscription.person), **wanted)
            except Refused:
                return  # it had ended, or was due: so they did not

    def _pause(self, email: str, weeks: int) -> None:
        if subscription := self._subscription(email):
            self._ask(email, Verb.PAUSE, until=subscription.later(clock.now(), days=7 * weeks))

    # --- Those whom the tour names -------------------------------------------------------------------

    def _plan_bruno(self, bruno: Person) -> None:
        """The subscriber that the tour signs in as, who gave two subscriptions away."""
        yearly = self.catalogue.prices["us", "Digital", Term.YEAR]
        began = self.now - timedelta(days=200)
        offer = self.catalogue.offers["SIXWEEKS"]
        self._later(began, lambda: self._buy(bruno, yearly, offer))

        def give(name: str, email: str, message: str) -> None:
            more: dict[str, Any] = {"recipient_name": name, "recipient_email": email, "message": message}
            self._buy(bruno, yearly, kind=Checkout.Kind.GIFT, **more)

        def give_to_lotte() -> None:
            message = "For the long winter. Read the one about the reef."
            give("Lotte", "lotte.keller@reader.example", message)

        def give_to_anton() -> None:
            message = "Happy birthday! No more excuses about the news."
            give("Uncle Anton", "anton.keller@reader.example", message)

        self._later(self.now - timedelta(days=90), give_to_lotte)
        self._later(self.now - timedelta(days=6), give_to_anton)

        def unwrap() -> None:
            lotte = self._introduce("Lotte Keller", "lotte.keller@reader.example")
            Gift.objects.get(recipient_email=lotte.email).redeem(lotte)

        self._later(self.now - timedelta(days=88), unwrap)

    def _plan_callers(self) -> None:
        """What awaits the subscriptions manager: a withdrawal, a donor, a prize."""

        def declare() -> None:
            Withdrawal(
                edition="en-gb",
                name="Lorna McLeish",
                email="lorna.mcleish@reader.example",
                contract="Digital, ordered last week",
            ).receive()

        self._later(self.now - timedelta(days=2), declare)

        def donate() -> None:
            donor = self._introduce("Winifred Achebe", "winifred.achebe@reader.example")
            fund = self.catalogue.prices["uk", "Reporting fund", Term.MONTH]
            self._buy(donor, fund, kind=Checkout.Kind.DONATE)

        self._later(self.now - timedelta(days=70), donate)

        def award() -> None:
            winner = self._introduce("Otis Marlowe", "otis.marlowe@reader.example")
            Entitlement.objects.create(
                person=winner,
                starts_at=clock.now(),
                ends_at=clock.now() + timedelta(days=365),
                reason="Won the Christmas quiz",
                given_by=self.staff,
            )

        self._later(self.now - timedelta(days=30), award)
