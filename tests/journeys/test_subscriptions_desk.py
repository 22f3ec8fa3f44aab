"""What the subscriptions manager does when a reader rings: money in, money back, a pause, more time."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils.timezone import localdate
from playwright.sync_api import Locator, Page, expect

from broadsheet.billing.models import Invoice
from broadsheet.membership.lengths import Term
from broadsheet.membership.models import Price, Subscription
from broadsheet.people.models import Person
from broadsheet.platform import clock
from tests.journeys.conftest import sign_in
from tests.shop import BY_TRANSFER, subscribe

# Wagtail's furniture around it is Wagtail's.
OURS = "#main"


@pytest.fixture
def callers(rows: None) -> tuple[Subscription, Invoice]:
    """A subscription of somebody who pays by transfer, and hasn't yet."""
    number = Person.objects.count()
    person = Person.objects.create_user(
        f"josephine.{number}@reader.example", first_name="Josephine", last_name="Tallis"
    )
    price = Price.objects.get(plan__name="Digital", edition="en-us", term=Term.YEAR, retired_at=None)
    subscription = subscribe(person, price, BY_TRANSFER)
    return subscription, subscription.invoices.get()  # type: ignore[attr-defined]


def said(page: Page) -> Locator:
    return page.get_by_role("main").get_by_role("status").first


def test_a_caller_is_served(
    page: Page, callers: tuple[Subscription, Invoice], axe: Callable[..., None]
) -> None:
    subscription, invoice = callers
    sign_in(page, "subscriptions@meridian.example")
    page.goto("/desk/subscriptions/")
    page.get_by_role("searchbox").or_(page.get_by_label("Search term")).first.fill("josephine")
    expect(page.get_by_role("link", name=subscription.number)).to_be_visible()
    axe(page, within=OURS)
    page.get_by_role("link", name=subscription.number).click()
    expect(page.get_by_text(subscription.person.email)).to_be_visible()
    axe(page, within=OURS)

    page.get_by_role("link", name=invoice.number, exact=True).click()
    axe(page, within=OURS)
    page.get_by_role("link", name="Mark as paid").click()
    page.get_by_label("Amount").fill("39")
    page.get_by_label("Reference").fill(f"Bank 7, {invoice.number}")
    page.get_by_role("button", name="Mark as paid").click()
    expect(page.get_by_text("Nothing was recorded.")).to_be_visible()
    expect(page.get_by_label("Reference")).to_have_value(f"Bank 7, {invoice.number}")
    axe(page, within=OURS)
    page.get_by_label("Amount").fill("40")
    page.get_by_role("button", name="Mark as paid").click()
    expect(said(page)).to_contain_text("The invoice is paid")

    page.get_by_role("link", name="Refund").click()
    page.get_by_label("Amount").fill("12.50")
    page.get_by_label("Reason").fill("The app did not work for a month")
    page.get_by_role("button", name="Refund").click()
    expect(said(page)).to_contain_text("given back")
    expect(page.get_by_role("region", name="Payments, as a table")).to_contain_text("$12.50")

    page.get_by_role("link", name=subscription.number).click()
    page.get_by_role("link", name="Extend").click()
    page.get_by_label("By how many").fill("3")
    page.get_by_label("months").check()
    page.get_by_label("Reason").fill("For the trouble")
    page.get_by_role("button", name="Extend").click()
    expect(said(page)).to_contain_text("extended")

    page.get_by_role("link", name="Pause").click()
    back = localdate(clock.now()) + timedelta(weeks=5)
    calendar = page.locator(".xdsoft_datetimepicker:visible")
    page.get_by_label("It comes back on").fill(f"{back}")
    # It opens a moment later, and only what is pressed after that closes it.
    expect(calendar).to_have_count(1)
    page.get_by_text("Nothing is charged meanwhile").click()
    expect(calendar).to_have_count(0)
    page.get_by_label("Reason").fill("She is at sea")
    axe(page, within=OURS)
    page.get_by_role("button", name="Pause").click()
    expect(said(page)).to_contain_text("The subscription is paused.")
    log = page.get_by_role("region", name="What our staff did, as a table")
    for reason in ("The app did not work for a month", "For the trouble", "She is at sea"):
        expect(log).to_contain_text(reason)
    subscription.refresh_from_db()
    assert subscription.pause
    assert localdate(subscription.pause.until) == back
    assert subscription.extra.days in range(88, 94)


def test_an_offer_is_made_and_read_as_readers_will(page: Page, axe: Callable[..., None]) -> None:
    sign_in(page, "subscriptions@meridian.example")
    page.goto("/desk/offers/")
    axe(page, within=OURS)
    page.goto("/desk/plans/")
    axe(page, within=OURS)
    page.get_by_role("link", name="Digital").first.click()
    expect(page.get_by_role("region", name="Prices that hold, as a table")).to_be_visible()
    page.goto("/desk/offers/")
    page.get_by_role("link", name="Six weeks for 1.00 (US)").first.click()
    expect(page.get_by_text("$1 for 6 weeks")).to_be_visible()
    expect(page.get_by_label("Link to the offer")).to_have_value(
        f"{page.url.split('/desk/')[0]}/subscribe/?offer=SIXWEEKS"
    )
