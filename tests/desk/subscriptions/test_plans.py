from datetime import timedelta
from typing import Any

import pytest
from django.utils.timezone import localdate
from wagtail.models import ModelLogEntry
from wagtail.test.utils.form_data import inline_formset, nested_form_data

from broadsheet.membership.lengths import Term
from broadsheet.membership.models import Market, Offer, Plan, Price
from broadsheet.people.models import Person
from broadsheet.platform import clock
from tests.cast import signed_in
from tests.shop import card, checkout, days_pass, subscribe

YEARLY = {"edition": "en-us", "term": "year", "amount": "40.00", "currency": "", "trial_days": "0"}


def form(*prices: dict[str, Any], initial: int = 0, **changes: Any) -> dict[str, Any]:
    data = {
        "name": "Digital",
        "kind": "reading",
        "summary": "Everything, on any screen.",
        "promises": "Every article",
        "gift_links": "",
        "is_on_sale": "on",
        "order": "0",
        "prices": inline_formset(list(prices), initial=initial),
    }
    return nested_form_data(data | changes)


def add(person: Person, *prices: dict[str, Any], **changes: Any) -> str:
    answer = signed_in(person).post("/desk/plans/new/", form(*prices, **changes), follow=True)
    assert answer.status_code == 200
    return answer.text


def change(person: Person, plan: Plan, *prices: dict[str, Any], **changes: Any) -> str:
    answer = signed_in(person).post(f"/desk/plans/edit/{plan.pk}/", form(*prices, **changes), follow=True)
    assert answer.status_code == 200
    return answer.text


def replacement(**changes: Any) -> dict[str, Any]:
    return {"amount": "48.50", "who": "keep", "since": "", "why": "Paper is dearer"} | changes


def test_a_plan_is_added_with_its_prices_in_the_currencies_of_their_editions(farid: Person) -> None:
    add(farid, YEARLY, YEARLY | {"edition": "en-gb", "amount": "£35"})
    plan = Plan.objects.get()
    sold = plan.prices.order_by("edition").values_list("edition", "amount", "currency", "term")
    assert list(sold) == [("en-gb", 3500, "GBP", "year"), ("en-us", 4000, "USD", "year")]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"currency": "GBP"}, "sells in USD"),
        ({"amount": "£40"}, "“£” is not the currency here"),
        ({"amount": "forty"}, "Enter an amount such as 12 or 12.50."),
        ({"amount": "0.500"}, "“0.500” is not an amount in USD"),
        ({"amount": ""}, "required"),
        ({"term": "once"}, "Only a donation is paid once."),
        ({"edition": "en-au"}, "valid choice"),
        ({"trial_days": "-1"}, "greater than or equal to 0"),
    ],
)
def test_a_price_that_is_none_is_refused_with_the_reason(
    farid: Person, changes: dict[str, str], reason: str
) -> None:
    page = add(farid, YEARLY | changes)
    assert reason in page
    assert "Everything, on any screen." in page
    assert not Plan.objects.exists()


def test_a_term_has_one_price_in_an_edition(farid: Person, yearly: Price, ada: Person) -> None:
    assert "has a price for this term" in add(farid, YEARLY, YEARLY | {"amount": "45"})
    assert "has a price for this term" in change(
        farid, yearly.plan, YEARLY | {"id": yearly.pk}, YEARLY | {"amount": "45"}, initial=1
    )
    subscribe(ada, yearly)
    assert "has a price for this term" in change(farid, yearly.plan, YEARLY | {"amount": "45"})
    assert Price.objects.get() == yearly


def test_a_donation_may_be_paid_once_and_has_no_trial(farid: Person) -> None:
    once = YEARLY | {"term": "once"}
    add(farid, once, once | {"amount": "60"}, kind="donation")
    assert Price.objects.filter(term=Term.ONCE).count() == 2
    assert "A donation or a group has no trial." in add(farid, YEARLY | {"trial_days": "14"}, kind="donation")


def test_a_price_that_nobody_agreed_to_is_changed_and_taken_out(
    farid: Person, yearly: Price, monthly: Price
) -> None:
    as_month = YEARLY | {"id": monthly.pk, "term": "month", "amount": "5"}
    change(farid, yearly.plan, YEARLY | {"id": yearly.pk, "amount": "42"}, as_month, initial=2)
    yearly.refresh_from_db()
    assert yearly.amount == 4200
    change(
        farid, yearly.plan, YEARLY | {"id": yearly.pk, "amount": "42"}, as_month | {"DELETE": "1"}, initial=2
    )
    assert Price.objects.get() == yearly


def test_a_price_of_an_offer_is_not_taken_out(farid: Person, yearly: Price, six_weeks: Offer) -> None:
    page = change(farid, yearly.plan, YEARLY | {"id": yearly.pk, "DELETE": "1"}, initial=1)
    assert "an offer or somebody’s checkout is for this price" in page
    assert Price.objects.get() == yearly


def test_a_price_that_somebody_agreed_to_can_only_be_replaced(
    farid: Person, ada: Person, yearly: Price
) -> None:
    subscribe(ada, yearly)
    change(farid, yearly.plan, YEARLY | {"id": yearly.pk, "amount": "1"}, initial=1)
    yearly.refresh_from_db()
    assert yearly.amount == 4000
    page = signed_in(farid).get(f"/desk/plans/edit/{yearly.plan_id}/").text
    assert f"/desk/plans/prices/{yearly.pk}/replace/" in page
    assert "$40.00 a year" in page
    # What it is to those who have it is not changed either.
    change(farid, yearly.plan, kind="donation")
    yearly.plan.refresh_from_db()
    assert yearly.plan.kind == Plan.Kind.READING


def test_a_price_at_somebodys_checkout_can_only_be_replaced(
    farid: Person, ada: Person, yearly: Price
) -> None:
    begun = checkout(ada, yearly)
    change(farid, yearly.plan, YEARLY | {"id": yearly.pk, "term": "month"}, initial=1)
    yearly.refresh_from_db()
    assert yearly.term == Term.YEAR
    editor = signed_in(farid).get(f"/desk/plans/edit/{yearly.plan_id}/").text
    assert f"/desk/plans/prices/{yearly.pk}/replace/" in editor
    signed_in(farid).post(f"/desk/plans/prices/{yearly.pk}/replace/", replacement())
    begun.fulfil(card())
    begun.refresh_from_db()
    assert begun.subscription is not None
    assert begun.subscription.amount == 4000


def test_a_replaced_price_is_kept_by_those_who_have_it(
    farid: Person, ada: Person, yearly: Price, six_weeks: Offer
) -> None:
    subscription = subscribe(ada, yearly)
    page = signed_in(farid).get(f"/desk/plans/prices/{yearly.pk}/replace/").text
    assert "1 subscriber has it." in page
    signed_in(farid).post(f"/desk/plans/prices/{yearly.pk}/replace/", replacement())
    yearly.refresh_from_db()
    six_weeks.refresh_from_db()
    assert yearly.replaced_by is not None
    assert yearly.replaced_by.amount == 4850
    assert yearly.replaced_from is None
    assert six_weeks.price == yearly.replaced_by
    assert subscription.next_charge.minor == 4000
    entry = ModelLogEntry.objects.get(action="price.replace")
    assert entry.user == farid
    assert entry.message == "Replaced: $40.00 by $48.50, for new subscribers"
    assert entry.comment == "Paper is dearer"


def test_a_replaced_price_reaches_renewals_after_notice(farid: Person, ada: Person, monthly: Price) -> None:
    began = clock.now()
    subscription = subscribe(ada, monthly)
    since = localdate(began) + timedelta(days=40)
    signed_in(farid).post(
        f"/desk/plans/prices/{monthly.pk}/replace/", replacement(amount="6", who="renewals", since=f"{since}")
    )
    with clock.moved_to(days_pass(began, 95)):
        subscription.refresh_from_db()
    assert subscription.amount == 600


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"amount": "40"}, "This is the price already."),
        ({"amount": "€48"}, "“€” is not the currency here"),
        ({"amount": "4800,000"}, "“4800,000” is not an amount in USD"),
        ({"amount": ""}, "required"),
        ({"why": ""}, "required"),
        ({"who": "renewals"}, "Say from which day."),
        ({"who": "renewals", "since": "2020-01-01"}, "thirty days ahead"),
        ({"who": "renewals", "since": "soon"}, "valid date"),
    ],
)
def test_a_replacement_that_can_not_be_is_refused_with_the_reason(
    farid: Person, yearly: Price, changes: dict[str, str], reason: str
) -> None:
    answer = signed_in(farid).post(
        f"/desk/plans/prices/{yearly.pk}/replace/",
        replacement(since="", **changes) if "since" not in changes else replacement(**changes),
    )
    assert reason in answer.text
    if "why" not in changes:
        assert "Paper is dearer" in answer.text
    assert Price.objects.get() == yearly
    assert not ModelLogEntry.objects.filter(action="price.replace").exists()


def test_a_retired_price_closes_its_offers_and_is_retired_once(
    farid: Person, yearly: Price, six_weeks: Offer
) -> None:
    address = f"/desk/plans/prices/{yearly.pk}/retire/"
    assert "1 offer for it closes." in signed_in(farid).get(address).text
    yearly.refresh_from_db()
    assert yearly.retired_at is None
    signed_in(farid).post(address, {"why": "Too dear"})
    yearly.refresh_from_db()
    assert yearly.retired_at
    assert six_weeks not in Offer.objects.open()
    again = signed_in(farid).post(address, {"why": "Too dear"})
    assert "This price is not sold any more." in again.text


def test_a_plan_that_somebody_has_is_not_deleted(farid: Person, ada: Person, yearly: Price) -> None:
    subscribe(ada, yearly)
    page = signed_in(farid).post(f"/desk/plans/delete/{yearly.plan_id}/", follow=True).text
    assert "Take it off sale instead." in page
    assert Plan.objects.exists()


def test_a_plan_that_nobody_has_is_deleted_with_its_prices(farid: Person, yearly: Price) -> None:
    assert signed_in(farid).post(f"/desk/plans/delete/{yearly.plan_id}/").status_code == 302
    assert not Plan.objects.exists()


def test_a_market_says_how_an_edition_is_taxed(farid: Person) -> None:
    client = signed_in(farid)
    data = {"edition": "en-gb", "tax_name": "", "tax_rate": "2000", "tax_included": "on"}
    assert "A tax needs a name" in client.post("/desk/markets/new/", data).text
    client.post("/desk/markets/new/", data | {"tax_name": "VAT"})
    market = Market.objects.get(edition="en-gb")
    assert "VAT" in client.get("/desk/markets/").text
    client.post(f"/desk/markets/edit/{market.pk}/", data | {"tax_name": "VAT", "tax_rate": "500"})
    assert Market.objects.of("en-gb").rate == "5%"
