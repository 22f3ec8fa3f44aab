"""Fourteen months of people who bought it: invented, and the same each time.

The months are lived through: every subscription was begun, renewed, paused, cancelled and paid by the
product’s own verbs, with the clock moved to the day.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from django.db.models import F

from broadsheet.billing import intents, providers, renewal
from broadsheet.billing.models import Checkout, Invoice, Means, Payment
from broadsheet.billing.models.payment import last_day_of
from broadsheet.billing.providers.transfer import record_transfer
from broadsheet.demo import content
from broadsheet.demo.catalogue import OPENED, Catalogue
from broadsheet.demo.till.till import Later
from broadsheet.membership.errors import Refused
from broadsheet.membership.lengths import Term
from broadsheet.membership.models import (
    Actor,
    Entitlement,
    Gift,
    Offer,
    Price,
    Subscription,
    Verb,
    Withdrawal,
)
from broadsheet.membership.selling import Quote
from broadsheet.notices.models import Notice
from broadsheet.people.models import Person
from broadsheet.platform import clock

STEP = timedelta(days=3)
HOMES = {
    "us": "{number} Customs House Lane\nPort Ellery, ME 04999",
    "uk": "{number} Wharf Street\nHartwick HW1 2AB",
}
"""Edition → where its subscribers live."""


@dataclass(frozen=True, slots=True)
class Event:
    at: datetime
    happens: Callable[[], object]


class Subscribers:
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
        at = self.now - OPENED
        while at < self.now:
            at = min(at + STEP, self.now)
            while self.events and self.events[0].at <= at:
                event = self.events.pop(0)
                with clock.moved_to(event.at):
                    event.happens()
            with clock.moved_to(at):
                renewal.sweep(at)
        # Their letters went out at the time.
        Notice.objects.due(self.now).update(sent_at=F("due_at"))

    def _later(self, at: datetime, happens: Callable[[], object]) -> None:
        if at < self.now:
            self.events.append(Event(at, happens))

    def _plan(self, edition: str, number: int, name: str) -> None:
        chance = self.chance
        began = self.now - timedelta(days=chance.uniform(2, OPENED.days - 5))
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
        later = Later.ACCEPT if chance.random() < 0.9 else Later.DECLINE
        price, offer = self.catalogue.prices[edition, plan, term], self.catalogue.offers.get(code)

        def begin() -> None:
            person = self._introduce(name, email)
            home = HOMES[edition].format(number=number + 1)
            self._buy(person, price, offer, is_card=is_card, later=later, buyer_address=home)

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
        later: str = Later.ACCEPT,
        purpose: Checkout.Purpose = Checkout.Purpose.SUBSCRIBE,
        **more: Any,
    ) -> Checkout:
        quote = Quote.of(price, offer=offer)
        method = Payment.Method.CARD if is_card else Payment.Method.TRANSFER
        checkout = Checkout.objects.create(
            uuid=self._uuid(),
            purpose=purpose,
            edition=price.edition,
            person=person,
            provider=providers.taking(method).name,
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
        checkout.fulfil(self._card(later) if is_card else Means(method))
        return checkout

    def _uuid(self) -> UUID:
        return UUID(int=self.chance.getrandbits(128), version=4)

    def _card(self, later: str) -> Means:
        expires = last_day_of(self.now.year + self.chance.randint(1, 4), self.chance.randint(1, 12))
        digits = f"{self.chance.randrange(10_000):04}"
        return Means(Payment.Method.CARD, str(self._uuid()), later, digits, expires)

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

    # --- Whom the tour names -------------------------------------------------------------------

    def _plan_bruno(self, bruno: Person) -> None:
        """The subscriber that the tour signs in as, who gave two subscriptions away."""
        yearly = self.catalogue.prices["us", "Digital", Term.YEAR]
        began = self.now - timedelta(days=200)
        offer = self.catalogue.offers["SIXWEEKS"]
        home = HOMES["us"].format(number=40)
        self._later(began, lambda: self._buy(bruno, yearly, offer, buyer_address=home))

        def give(name: str, email: str, message: str) -> None:
            more: dict[str, Any] = {"recipient_name": name, "recipient_email": email, "message": message}
            self._buy(bruno, yearly, purpose=Checkout.Purpose.GIFT, **more)

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
            self._buy(donor, fund, purpose=Checkout.Purpose.DONATE)

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
