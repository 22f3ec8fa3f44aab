"""What somebody would agree to.

The first price, the renewal price, the term, the tax, in words and numbers.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from broadsheet.membership.legal_buttons import legal_buttons
from broadsheet.membership.lengths import Length, Term
from broadsheet.membership.models import Market, Offer, Price, Subscription
from broadsheet.people.models import Person
from broadsheet.platform import clock
from broadsheet.platform.days import later, name_of
from broadsheet.platform.money import Money, Taxed


@dataclass(frozen=True, slots=True)
class Quote:
    """The terms of one price, with an offer, a trial or neither."""

    price: Price
    market: Market
    offer: Offer | None = None
    trial: bool = False
    chosen: int | None = None
    """What a donor chose to give, in minor units."""

    @classmethod
    def of(
        cls, price: Price, *, offer: Offer | None = None, trial: bool = False, chosen: int | None = None
    ) -> Self:
        """An offer takes the place of a trial: they don't add up."""
        return cls(price, Market.objects.of(price.edition), offer, trial and offer is None, chosen)

    @classmethod
    def best(cls, edition: str, person: Person | None = None) -> Self | None:
        """What walls and slots show this visitor: the best offer, else the least price.

        None where nothing is sold, and for a reader who has a subscription.
        """
        if person and Subscription.objects.filter(person=person).reading().live().exists():
            return None
        offer = Offer.objects.best(edition, person)
        price = offer.price if offer else Price.objects.on_sale(edition).order_by("amount").first()
        if price is None:
            return None
        trial = offer is None and Subscription.objects.may_begin_trial(person, price)
        return cls.of(price, offer=offer, trial=trial)

    @property
    def each_term(self) -> Money:
        return self.price.money if self.chosen is None else Money(self.chosen, self.price.currency)

    @property
    def first(self) -> Taxed:
        """What is due at once."""
        if self.trial:
            return self.taxed(Money(0, self.price.currency))
        return self.taxed(self.offer.money if self.offer else self.each_term)

    @property
    def then(self) -> Taxed:
        """What each term after that costs."""
        return self.taxed(self.each_term)

    def taxed(self, price: Money) -> Taxed:
        if self.price.plan.is_donation:  # what is given for nothing bears no tax
            return Taxed(price, Money(0, price.currency))
        return self.market.taxed(price)

    @property
    def zone(self) -> ZoneInfo:
        """In which its days are counted."""
        return self.price.zone

    @property
    def first_until(self) -> datetime:
        """When the first term ends and the next one is charged, were it begun now."""
        now = clock.now()
        if self.trial:
            return later(now, self.zone, days=self.price.trial_days)
        length = self.offer.length if self.offer else Term(self.price.term).length
        return length.after(now, self.zone)

    @property
    def then_from(self) -> datetime:
        """When the full price is charged first."""
        offer = self.offer
        if offer is None:
            return self.first_until
        return offer.length.after(clock.now(), self.zone, times=offer.terms)

    @property
    def renewal_day(self) -> str:
        """On which the full price is charged first: “December 20, 2026”."""
        return name_of(self.then_from, self.zone)

    @property
    def renews(self) -> bool:
        return self.price.term != Term.ONCE

    @property
    def headline(self) -> str:
        """“£1 for 6 weeks”, “14 days free”, “£40 a year”: the first price, as it is said large."""
        if self.trial:
            return _("%d days free") % self.price.trial_days
        if self.offer is None:
            return f"{self._said(self.first)} {self.price.each}"
        return self.offer.at(self._said(self.first))

    @property
    def length(self) -> Length:
        """Of a whole term, as a gift gives it."""
        return Term(self.price.term).length

    @property
    def in_full(self) -> str:
        """“£40”: the price of a term without offer or trial."""
        return self._said(self.then)

    def _said(self, taxed: Taxed) -> str:
        """As it is advertised: with the tax where that is in the price, else without it."""
        return (taxed.total if self.market.tax_included else taxed.net).brief

    @property
    def renewal(self) -> str:
        """“Then £40 a year, until you cancel.”"""
        if not self.renews:
            return ""
        price = f"{self._said(self.then)} {self.price.each}"
        if self.trial or self.offer:
            return _("Then %s, until you cancel.") % price
        return _("Renews at %s, until you cancel.") % price

    @property
    def tax_note(self) -> str:
        """“Includes 20% VAT.”; empty where there is no tax."""
        if not self.market.tax_rate or self.price.plan.is_donation:
            return ""
        words = {"rate": self.market.rate, "tax": self.market.tax_name}
        if self.market.tax_included:
            return _("Includes %(rate)s %(tax)s.") % words
        return _("Plus %(rate)s %(tax)s, added at the checkout.") % words

    @property
    def terms(self) -> str:
        """The whole agreement in plain sentences: what stands by the button, and what is recorded."""
        if not self.renews:
            return _("You pay %s once. It does not renew.") % self.first.total.brief
        renewal = {"price": self.then.total.brief, "each": self.price.each, "day": self.renewal_day}
        if self.price.plan.is_donation:
            return (
                _(
                    "You give %(price)s today, and from %(day)s on %(price)s %(each)s, until you end"
                    " it. You can end it at any time on your account page."
                )
                % renewal
            )
        if self.trial:
            today = _("You pay nothing today.")
        elif self.offer:
            today = _("You pay %(price)s today, for %(length)s.") % {
                "price": self.first.total.brief,
                "length": self.offer.length.lasting,
            }
            if self.offer.terms > 1:
                today = ngettext(
                    "You pay %(price)s today, and the same %(every)s, %(terms)d time in all.",
                    "You pay %(price)s today, and the same %(every)s, %(terms)d times in all.",
                    self.offer.terms,
                ) % {
                    "price": self.first.total.brief,
                    "every": self.offer.length.every,
                    "terms": self.offer.terms,
                }
        else:
            today = _("You pay %s today.") % self.first.total.brief
        later = _(
            "From %(day)s it renews at %(price)s %(each)s, until you cancel. You can cancel or pause at any"
            " time on your account page, in two clicks; you keep what you have paid for to the end of"
            " its term."
        )
        return f"{today} {later % renewal}"

    @property
    def button(self) -> str:
        """What the button says that is pressed to agree."""
        due = self.first.total
        if self.price.plan.is_donation:
            return _("Give %s") % (f"{due} {self.price.each}" if self.renews else due)
        if due:
            return legal_buttons().order % {"due": due}
        return legal_buttons().trial % {"price": self.then.total.brief, "each": self.price.each}

    @property
    def agreed(self) -> str:
        """What tells this quote from one at other prices or terms, for a form to carry."""
        offer, price = self.offer, self.price
        terms = (
            self.first.total.minor,
            self.then.total.minor,
            price.currency,
            price.term,
            price.trial_days if self.trial else 0,
            *((offer.pk, offer.count, offer.unit, offer.terms) if offer else ()),
        )
        return ".".join(map(str, terms))


@dataclass(frozen=True, slots=True)
class ChangeQuote(Quote):
    """The terms of another plan or term for a subscriber, who gets the unused rest of theirs credited."""

    credit: int = 0
    """What that rest is worth, in minor units, as the price is stated."""
    kept: timedelta = timedelta()
    """What was given of the present term, and is added to the new one."""
    time_zone: str = ""
    """The subscription's."""

    @classmethod
    def to(cls, price: Price, subscription: Subscription) -> Self:
        return cls(
            price,
            Market.objects.of(price.edition),
            credit=subscription.unused_value().minor,
            kept=subscription.given_time(),
            time_zone=subscription.time_zone,
        )

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @property
    def is_at_once(self) -> bool:
        """Whether something is due, so that it begins now; else it comes with the next term."""
        return self.credit < self.price.amount

    @property
    def unused(self) -> Money:
        return Money(self.credit, self.price.currency)

    @property
    def breakdown(self) -> str:
        """What `first` is made of: “$40 less $36.50 for the unused part of your present term”."""
        if not self.credit:
            return ""
        words = {"price": self.in_full, "credit": self.unused.brief, "tax": self.market.tax_name}
        if self.market.tax_included or not self.market.tax_rate:
            return _("%(price)s less %(credit)s for the unused part of your present term") % words
        return _("%(price)s less %(credit)s for the unused part of your present term, plus %(tax)s") % words

    @property
    def first(self) -> Taxed:
        return self.taxed(Money(max(self.price.amount - self.credit, 0), self.price.currency))

    @property
    def first_until(self) -> datetime:
        return Term(self.price.term).length.after(clock.now(), self.zone) + self.kept

    @property
    def button(self) -> str:
        return legal_buttons().change % {"due": self.first.total}


@dataclass(frozen=True, slots=True)
class StayQuote(Quote):
    """What a subscriber who is about to cancel would pay for staying, by a save offer."""

    is_as_now: bool = True
    """Whether what comes after the offer costs what it costs now."""

    @classmethod
    def by(cls, offer: Offer, subscription: Subscription) -> Self:
        full = subscription.next_full_charge
        return cls(
            subscription.price,
            Market.objects.of(subscription.price.edition),
            offer,
            chosen=full.minor,
            is_as_now=full == subscription.money,
        )

    @property
    def terms(self) -> str:
        if self.offer is None:
            raise ValueError("nobody is asked to stay without an offer")
        length, terms = self.offer.length, self.offer.terms
        if self.is_as_now:
            words = ngettext(
                "Your next payment is %(price)s, for %(length)s; then %(full)s %(each)s, as now, until you"
                " cancel.",
                "Your next %(count)d payments are %(price)s each, %(every)s; then %(full)s %(each)s, as now,"
                " until you cancel.",
                terms,
            )
        else:
            words = ngettext(
                "Your next payment is %(price)s, for %(length)s; then %(full)s %(each)s, as we wrote to you,"
                " until you cancel.",
                "Your next %(count)d payments are %(price)s each, %(every)s; then %(full)s %(each)s, as we"
                " wrote to you, until you cancel.",
                terms,
            )
        return words % {
            "price": self.first.total.brief,
            "count": terms,
            "length": length.lasting,
            "every": length.every,
            "full": self.then.total.brief,
            "each": self.price.each,
        }

    @property
    def button(self) -> str:
        return _("Stay at %s") % self.first.total.brief
