"""What the tests sell: one plan in the American edition, at a yearly and a monthly price, without tax."""

import pytest

from broadsheet.membership.lengths import Term, Unit
from broadsheet.membership.models import Offer, Place, Plan, Price


@pytest.fixture
def digital(db: None) -> Plan:
    return Plan.objects.create(name="Digital", summary="Everything, on any screen.", promises="Every article")


@pytest.fixture
def yearly(digital: Plan) -> Price:
    """40 dollars a year."""
    return Price.objects.create(plan=digital, edition="en-us", amount=4000, currency="USD", term=Term.YEAR)


@pytest.fixture
def monthly(digital: Plan) -> Price:
    """5 dollars a month."""
    return Price.objects.create(plan=digital, edition="en-us", amount=500, currency="USD", term=Term.MONTH)


@pytest.fixture
def six_weeks(yearly: Price) -> Offer:
    """1 dollar for six weeks, then 40 a year."""
    return Offer.objects.create(
        name="Autumn",
        line="Subscribe and save",
        place=Place.SLOT,
        code="AUTUMN",
        price=yearly,
        amount=100,
        count=6,
        unit=Unit.WEEK,
    )
