"""Readers who pay by card at Stripe, as the desk meets them: renewed, declined, refunded, disputed.

The demo has no key, so that nothing is asked of Stripe: what it would have told is invented, and taken in by
the product's own verbs, with the clock moved to the day.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import F

from broadsheet.billing import renewal
from broadsheet.billing.models import Checkout, Difference, Dispute, Invoice, Means, Payment
from broadsheet.billing.models.payment import last_day_of
from broadsheet.billing.providers.protocol import Declined, Done, Outcome, Remedy
from broadsheet.membership.lengths import Term
from broadsheet.membership.models import PROVIDER, Actor, Price, Subscription
from broadsheet.membership.selling import Quote
from broadsheet.notices.models import Notice
from broadsheet.people.models import Person
from broadsheet.platform import clock
from broadsheet.platform.money import Money

NO_MONEY = "There is not enough money on the account."


@dataclass
class Cards:
    now: datetime
    staff: Person
    made: int = field(default=0)
    """How many objects Stripe has by now."""

    def live(self) -> None:
        self._recovers()
        self._is_refunded()
        self._disputes()
        self._lost_a_dispute()
        self._differ()
        # Their letters went out at the time.
        Notice.objects.due(self.now).update(sent_at=F("due_at"))

    # --- What happened to whom ---------------------------------------------------------------------------

    def _recovers(self) -> None:
        """Three months paid, a fourth declined and paid three days later."""
        began = self.now - timedelta(days=100)
        paid = self._subscribe("Marguerite Ashdown", Term.MONTH, began, "4242")
        self._term(paid, Done(self._id("pi")))
        self._term(paid, Done(self._id("pi")))
        declined = Declined(NO_MONEY, f"{self._id('pi')}-failed", Remedy.LATER, "insufficient_funds")
        self._term(paid, declined)
        invoice = Invoice.objects.unpaid().get(subscription=paid)
        if invoice.next_try_at and invoice.next_try_at < self.now:
            with clock.moved_to(invoice.next_try_at):
                self._conclude(invoice, Done(self._id("pi")))

    def _is_refunded(self) -> None:
        """Half of a year given back, at Stripe and not at the desk: the books found it."""
        began = self.now - timedelta(days=40)
        paid = self._subscribe("Ezra Lindholm", Term.YEAR, began, "0077")
        with clock.moved_to(began + timedelta(days=9)):
            payment = self._payment(paid)
            payment.take_in_refund(payment.money.share(1, 2), self._id("re"), "Refunded at Stripe")

    def _disputes(self) -> None:
        """To be answered within six days."""
        paid = self._subscribe("Colette Amsel", Term.MONTH, self.now - timedelta(days=12), "5556")
        with clock.moved_to(self.now - timedelta(days=1)):
            dispute = self._dispute(paid, "product_not_received", self.now + timedelta(days=6))
            Difference.objects.find(
                Difference.Kind.DISPUTE, dispute.reference, dispute.payment, str(dispute.money)
            )
            self._end(paid)

    def _lost_a_dispute(self) -> None:
        paid = self._subscribe("Jonas Priddy", Term.YEAR, self.now - timedelta(days=90), "8210")
        with clock.moved_to(self.now - timedelta(days=70)):
            dispute = self._dispute(paid, "fraudulent", self.now - timedelta(days=60))
            kind, reference = Difference.Kind.DISPUTE, dispute.reference
            Difference.objects.find(kind, reference, dispute.payment, str(dispute.money))
            self._end(paid)
        with clock.moved_to(self.now - timedelta(days=41)):
            Dispute.objects.filter(pk=reference).update(state=Dispute.State.LOST)
            dispute.payment.take_in_refund(dispute.money, reference, "Dispute lost")
            Difference.objects.resolve(kind, reference, "Lost")

    def _differ(self) -> None:
        """What the night found: a payment that nobody here knows, and one that our staff have looked into."""
        with clock.moved_to(self.now - timedelta(hours=9)):
            amount = Money(900, "USD")
            Difference.objects.find(Difference.Kind.UNKNOWN, self._id("pi"), detail=str(amount))
        with clock.moved_to(self.now - timedelta(days=16)):
            Difference.objects.find(Difference.Kind.UNRETURNED, self._id("re"), detail=str(Money(450, "USD")))
        with clock.moved_to(self.now - timedelta(days=15)):
            found = Difference.objects.get(kind=Difference.Kind.UNRETURNED)
            found.settle(self.staff, "Sent to her bank account instead; she confirmed it by mail.")

    # --- As Stripe tells of it ---------------------------------------------------------------------------

    def _id(self, kind: str) -> str:
        self.made += 1
        return f"{kind}_demo{self.made:04}"

    def _subscribe(self, name: str, term: Term, at: datetime, digits: str) -> Subscription:
        price = Price.objects.get(plan__name="Digital", edition="en-us", term=term, retired_at=None)
        first, _space, last = name.partition(" ")
        email = f"{first}.{last}@reader.example".lower()
        with clock.moved_to(at):
            person = Person.objects.create_user(email, first_name=first, last_name=last)
            quote = Quote.of(price)
            checkout = Checkout.objects.create(
                uuid=UUID(int=self.made + 1, version=4),
                purpose=Checkout.Purpose.SUBSCRIBE,
                edition=price.edition,
                person=person,
                provider="stripe",
                method=Payment.Method.CARD,
                price=price,
                currency=price.currency,
                due=quote.first.total.minor,
                each_term=price.amount,
                consent=quote.terms,
                buyer_name=name,
                buyer_address=f"{30 + self.made} Customs House Lane\nPort Ellery, ME 04999",
            )
            expires = last_day_of(self.now.year + 3, 8)
            paid, card = self._id("pi"), self._id("pm")
            checkout.fulfil(Means(Payment.Method.CARD, paid, card, digits, expires))
        return Subscription.objects.get(person=person)

    def _term(self, subscription: Subscription, outcome: Outcome) -> None:
        """The next term begins, and Stripe is asked to charge it."""
        subscription.refresh_from_db()
        with clock.moved_to(subscription.term_ends_at):
            renewal.sweep(clock.now())
            self._conclude(Invoice.objects.unpaid().get(subscription=subscription), outcome)

    def _conclude(self, invoice: Invoice, outcome: Outcome) -> None:
        invoice.conclude(outcome, invoice.charge_key, provider="stripe", method=Payment.Method.CARD)

    def _payment(self, subscription: Subscription) -> Payment:
        return Payment.objects.succeeded().filter(invoice__subscription=subscription).latest("at")

    def _dispute(self, subscription: Subscription, reason: str, answer_by: datetime) -> Dispute:
        payment = self._payment(subscription)
        return Dispute.objects.create(
            reference=self._id("du"),
            payment=payment,
            amount=payment.amount,
            currency=payment.currency,
            reason=reason,
            answer_by=answer_by,
        )

    def _end(self, subscription: Subscription) -> None:
        """As the sales policy has it after a dispute."""
        subscription.refresh_from_db()
        subscription.end(Actor(PROVIDER.who, why="The cardholder disputes a payment"))
        Invoice.objects.close(subscription)
