"""What the buyer of a group's seats would agree to, in words and numbers."""

from dataclasses import dataclass
from typing import Self
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from broadsheet.membership.legal_buttons import legal_buttons
from broadsheet.membership.models import Group, Market, Price
from broadsheet.membership.selling import Quote
from broadsheet.platform.money import Money, Taxed


@dataclass(frozen=True, slots=True)
class GroupQuote(Quote):
    """So many seats at the price of one each, from now on."""

    seats: int = 0

    @classmethod
    def of_seats(cls, price: Price, seats: int) -> Self:
        return cls(price, Market.objects.of(price.edition), chosen=price.amount * seats, seats=seats)

    @property
    def seats_said(self) -> str:
        return ngettext("%d seat", "%d seats", self.seats) % self.seats

    @property
    def each_seat(self) -> str:
        """“£30 a year for each seat”, as the market states prices."""
        return _("%(price)s %(each)s for each seat") % {
            "price": self._said(self.taxed(self.price.money)),
            "each": self.price.each,
        }

    @property
    def terms(self) -> str:
        said = {
            "price": self.first.total.brief,
            "seats": self.seats_said,
            "then": self.then.total.brief,
            "each": self.price.each,
            "day": self.renewal_day,
        }
        return (
            _(
                "You pay %(price)s today for %(seats)s. From %(day)s it renews at %(then)s %(each)s, until"
                " you cancel. You can cancel at any time on the group’s page, in two clicks; the seats stay"
                " to the end of the term that is paid for."
            )
            % said
        )

    @property
    def agreed(self) -> str:
        return f"{Quote.agreed.fget(self)}.{self.seats}"  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class MoreSeatsQuote(Quote):
    """More seats for a group that runs: the rest of its term now, and the whole from the next one on."""

    group: Group | None = None
    seats: int = 0
    """How many it would have in all."""

    @classmethod
    def to(cls, group: Group, seats: int) -> Self:
        price = group.subscription.price
        return cls(
            price,
            Market.objects.of(price.edition),
            chosen=(group.seat_amount or 0) * seats,
            group=group,
            seats=seats,
        )

    @property
    def count(self) -> int:
        return self.seats - self._group.seats

    @property
    def _group(self) -> Group:
        if self.group is None:
            raise ValueError("seats are added to a group")
        return self.group

    @property
    def zone(self) -> ZoneInfo:
        return self._group.subscription.zone

    @property
    def rest(self) -> Money:
        """What is due now, as the price is stated."""
        return self._group.cost_of_more(self.count)

    @property
    def first(self) -> Taxed:
        return self.taxed(self.rest)

    @property
    def terms(self) -> str:
        said = {
            "price": self.first.total.brief,
            "more": ngettext("%d more seat", "%d more seats", self.count) % self.count,
            "seats": self.seats,
            "day": self._group.subscription.term_end,
            "then": self.then.total.brief,
            "each": self.price.each,
        }
        return (
            _(
                "You pay %(price)s now for %(more)s until %(day)s: the rest of the term. From then on all"
                " %(seats)d seats cost %(then)s %(each)s, until you cancel."
            )
            % said
        )

    @property
    def button(self) -> str:
        return legal_buttons().order % {"due": self.first.total}

    @property
    def agreed(self) -> str:
        sums = f"{self.first.total.minor}.{self.then.total.minor}"
        return f"{sums}.{self._group.seats}.{self.seats}"
