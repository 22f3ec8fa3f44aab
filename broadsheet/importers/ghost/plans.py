"""Ghost’s tiers and offers as plans: what they promise and cost, and by which codes less.

https://docs.ghost.org/members/offers
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from broadsheet.importers.records import Level, Note, Offer, Plan, Price, Record, Remark

CODE = re.compile(r"[A-Z0-9-]{1,30}")
TERMS = {"month": 1, "year": 12}
LONGEST_GIVEN = 366
"""Days that an offer may give before the first payment."""

type Row = dict[str, Any]


def plans_of(
    products: list[Row], benefits: list[Row], joins: list[Row], offers: list[Row]
) -> Iterator[Record]:
    names = {row.get("id"): _said(row, "name") for row in benefits}
    promised: dict[Any, list[str]] = defaultdict(list)
    for row in sorted(joins, key=lambda row: row.get("sort_order") or 0):
        promised[row.get("product_id")].append(names.get(row.get("benefit_id"), ""))
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
                    about = _said(offer, "name") or _said(offer, "code")
                    yield Remark(about=about, note=Note(Level.LEFT, found))
        yield Plan(
            key=str(row.get("id")),
            name=_said(row, "name"),
            summary=_said(row, "description"),
            promises=tuple(filter(None, promised[row.get("id")])),
            prices=tuple(prices),
            trial_days=_number(row.get("trial_days")),
            offers=tuple(mine),
        )


def _prices(row: Row) -> Iterator[Price]:
    currency = _said(row, "currency").upper()
    for term in TERMS:
        amount = _number(row.get(f"{term}ly_price"))
        if amount > 0 and len(currency) == 3:
            yield Price(amount=amount, currency=currency, term=term)


def _offer(row: Row, prices: list[Price]) -> Offer | str:
    """The offer as ours, or why it is none."""
    term, code = _said(row, "interval") or _said(row, "cadence"), _said(row, "code").upper()
    price = next((price for price in prices if price.term == term), None)
    if row.get("active") in {0} or _said(row, "status") == "archived":
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
        name=_said(row, "name") or code,
        line=_said(row, "portal_title"),
        code=code,
        price=price,
        amount=amount,
        count=count,
        unit=unit,
        terms=terms,
        is_to_stay=_said(row, "redemption_type") == "retention",
    )


def _lasts(row: Row, price: Price) -> tuple[int, int, str, int] | str:
    """The amount of each term, how long that is, and how many of them; or why that can’t be."""
    kind, given = _said(row, "discount_type") or _said(row, "type"), _number(row.get("discount_amount"))
    duration, months = _said(row, "duration"), _number(row.get("duration_in_months"))
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
    if duration == "repeating" and months > 0:
        return amount, TERMS[price.term], "month", -(-months // TERMS[price.term])
    return _("It makes the price lower for ever: make a plan with that price instead.")


def _said(row: Row, name: str) -> str:
    value = row.get(name)
    return value.strip() if isinstance(value, str) else ""


def _number(value: Any) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 0
