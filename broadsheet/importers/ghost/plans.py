"""Ghost’s tiers and offers as plans: what they promise and cost, and by which codes less.

https://docs.ghost.org/members/offers
"""

import re
from collections import defaultdict
from collections.abc import Iterator

from django.utils.translation import gettext as _

from broadsheet.importers.ghost.rows import Row, number, said
from broadsheet.importers.records import Level, Note, Offer, Plan, Price, Record, Remark

CODE = re.compile(r"[A-Z0-9-]{1,30}")
TERMS = {"month": 1, "year": 12}
LONGEST_GIVEN = 366
"""Days that an offer may give before the first payment."""
MOST_MONTHS = 120
"""What lasts longer is for ever."""


def plans_of(
    products: list[Row], benefits: list[Row], joins: list[Row], offers: list[Row]
) -> Iterator[Record]:
    names = {str(row.get("id")): said(row, "name") for row in benefits}
    promised: dict[str, list[str]] = defaultdict(list)
    for row in sorted(joins, key=lambda row: number(row, "sort_order")):
        promised[str(row.get("product_id"))].append(names.get(str(row.get("benefit_id")), ""))
    for row in products:
        if row.get("type") == "free":
            continue
        prices = list(_prices(row))
        mine: list[Offer] = []
        for offer in offers:
            if offer.get("product_id") == row.get("id"):
                found = _offer(offer, prices)
                if isinstance(found, Offer):
                    mine.append(found)
                else:
                    about = said(offer, "name") or said(offer, "code")
                    yield Remark(about=about, note=Note(Level.LEFT, found))
        yield Plan(
            key=str(row.get("id")),
            name=said(row, "name"),
            summary=said(row, "description"),
            promises=tuple(filter(None, promised[str(row.get("id"))])),
            prices=tuple(prices),
            trial_days=max(0, min(number(row, "trial_days"), LONGEST_GIVEN)),
            offers=tuple(mine),
        )


def _prices(row: Row) -> Iterator[Price]:
    currency = said(row, "currency").upper()
    for term in TERMS:
        amount = number(row, f"{term}ly_price")
        if amount > 0 and len(currency) == 3:
            yield Price(amount=amount, currency=currency, term=term)


def _offer(row: Row, prices: list[Price]) -> Offer | str:
    """The offer as ours, or why it is none."""
    term, code = said(row, "interval") or said(row, "cadence"), said(row, "code").upper()
    price = next((price for price in prices if price.term == term), None)
    if row.get("active") == 0 or said(row, "status") == "archived":
        return _("It is archived there, and stays behind.")
    if price is None:
        return _("What it makes cheaper is not in the export.")
    if not CODE.fullmatch(code):
        return _("Its code “%s” can’t be one here: make it at the desk with another.") % code
    lasts = _lasts(row, price)
    if isinstance(lasts, str):
        return lasts
    amount, count, unit, terms = lasts
    return Offer(
        name=said(row, "name") or code,
        line=said(row, "portal_title"),
        code=code,
        price=price,
        amount=amount,
        count=count,
        unit=unit,
        terms=terms,
        is_to_stay=said(row, "redemption_type") == "retention",
    )


def _lasts(row: Row, price: Price) -> tuple[int, int, str, int] | str:
    """The amount of each term, how long that is, and how many of them; or why that can’t be."""
    kind, given = said(row, "discount_type") or said(row, "type"), number(row, "discount_amount")
    duration, months = said(row, "duration"), number(row, "duration_in_months")
    if kind == "trial" or duration == "trial":
        if not 0 < given <= LONGEST_GIVEN or given % 7:
            return _("It is free for %d days, and offers here count weeks: make it at the desk.") % given
        return 0, given // 7, "week", 1
    if kind not in {"percent", "fixed"} or given <= 0:
        return _("There are no offers of this kind here: make it at the desk.")
    amount = price.amount - (given if kind == "fixed" else round(price.amount * min(given, 100) / 100))
    if amount < 0:
        return _("It takes more off than the price is.")
    if duration == "once":
        return amount, TERMS[price.term], "month", 1
    if duration == "repeating" and 0 < months <= MOST_MONTHS:
        return amount, TERMS[price.term], "month", -(-months // TERMS[price.term])
    return _("It makes the price lower for ever: make a plan with that price instead.")
