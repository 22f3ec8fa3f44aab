"""A subscriber looks after their own subscription: pauses, cancels, pays with another card, withdraws."""

from collections.abc import Callable
from datetime import timedelta
from itertools import count

import pytest
from django.test import override_settings
from playwright.sync_api import Locator, Page, expect

from broadsheet import settings as product
from broadsheet.billing import renewal
from broadsheet.billing.models import Invoice, Mandate
from broadsheet.demo.people import PASSWORD
from broadsheet.demo.till.till import Later
from broadsheet.membership.lengths import Term
from broadsheet.membership.models import Entitlement, Price, State, Subscription
from broadsheet.people.models import Person
from broadsheet.platform import clock
from tests.journeys.conftest import COLOURS, PHONE, Piece, forget_limits, sign_in
from tests.shop import subscribe

numbers = count(1)


@pytest.fixture
def subscription(rows: None) -> Subscription:
    """Of a reader of this journey alone, begun a year ago but for some months."""
    forget_limits()  # all sit at one address here, which may not sign in that often
    price = Price.objects.on_sale("en-us").get(plan__name="Digital", term=Term.YEAR)
    # What is served does not know the hashes that are good enough for other tests.
    with override_settings(PASSWORD_HASHERS=product.PASSWORD_HASHERS):
        email = f"subscriber-{next(numbers)}@reader.example"
        person = Person.objects.create_user(email, PASSWORD, first_name="Wanda")
    with clock.moved_to(clock.now() - timedelta(days=200)):
        return subscribe(person, price, due=price.amount)


def main(page: Page) -> Locator:
    return page.get_by_role("main")


def test_paused_for_three_weeks_the_meter_counts_and_resumed_it_does_not(
    page: Page, subscription: Subscription, pieces: list[Piece], axe: Callable[[Page], None]
) -> None:
    sign_in(page, subscription.person.email)
    page.get_by_role("link", name="Pause").click()
    axe(page)
    page.get_by_label("3 weeks").check()
    page.get_by_role("button", name="Pause my subscription").click()
    expect(main(page).get_by_text("Nothing is charged in the meantime")).to_be_visible()
    axe(page)
    meets_the_wall(page, pieces)

    page.goto("/account/")
    page.get_by_role("button", name="Resume now").click()
    expect(main(page).get_by_text("Welcome back. You can read without limit again.")).to_be_visible()
    page.goto(pieces[5].path)
    expect(page.get_by_text(pieces[5].withheld)).to_be_visible()


def meets_the_wall(page: Page, pieces: list[Piece]) -> None:
    """The allowance of a registered reader, and one more."""
    for piece in pieces[:5]:
        page.goto(piece.path)
        expect(page.get_by_text(piece.withheld)).to_be_visible()
    page.goto(pieces[5].path)
    expect(page.locator(".wall").get_by_text("Your subscription is paused until")).to_be_visible()
    assert pieces[5].withheld not in page.content()


def test_cancelled_in_two_clicks_and_undone_by_one(
    page: Page, subscription: Subscription, axe: Callable[[Page], None]
) -> None:
    sign_in(page, subscription.person.email)
    page.get_by_role("link", name="Cancel", exact=True).click()
    axe(page)
    page.get_by_role("button", name="Cancel my subscription").click()
    expect(main(page).get_by_text("Your subscription ends on")).to_be_visible()
    axe(page)
    assert subscription.cancellation
    page.get_by_role("button", name="Undo: keep my subscription").click()
    expect(main(page).get_by_text("Your subscription continues.")).to_be_visible()
    assert not subscription.cancellation


def test_all_of_that_without_javascript(no_script: Page, subscription: Subscription) -> None:
    page = no_script
    sign_in(page, subscription.person.email)
    page.get_by_role("link", name="Pause").click()
    page.get_by_label("3 weeks").check()
    page.get_by_role("button", name="Pause my subscription").click()
    assert not Entitlement.objects.entitle(subscription.person)
    page.get_by_role("button", name="Resume now").click()
    assert Entitlement.objects.entitle(subscription.person)
    page.get_by_role("link", name="Cancel", exact=True).click()
    page.get_by_role("button", name="Cancel my subscription").click()
    page.get_by_role("button", name="Undo: keep my subscription").click()
    expect(main(page).get_by_text("Your subscription continues.")).to_be_visible()


def test_a_declined_renewal_is_made_up_with_another_card(
    page: Page, subscription: Subscription, axe: Callable[[Page], None]
) -> None:
    recovers(page, declined(subscription), axe)


def test_a_declined_renewal_is_made_up_without_javascript(
    no_script: Page, subscription: Subscription
) -> None:
    recovers(no_script, declined(subscription), lambda page: None)


def declined(subscription: Subscription) -> Subscription:
    """The year is over, and the card says no."""
    Mandate.objects.filter(subscription=subscription).update(reference=Later.DECLINE)
    start = clock.now() - timedelta(days=366)
    Subscription.objects.filter(pk=subscription.pk).update(
        term_starts_at=start, anchored_at=start, term_ends_at=clock.now() - timedelta(minutes=1)
    )
    renewal.sweep(clock.now())
    subscription.refresh_from_db()
    assert subscription.state == State.PAST_DUE
    return subscription


def recovers(page: Page, subscription: Subscription, look: Callable[[Page], None]) -> None:
    sign_in(page, subscription.person.email)
    expect(main(page).get_by_text("A payment is due")).to_be_visible()
    look(page)
    page.get_by_role("link", name="Pay now").first.click()
    look(page)
    page.get_by_role("button", name="by card").click()
    page.get_by_role("button", name="Decline", exact=True).click()
    expect(main(page).get_by_text("The bank declined the card.")).to_be_visible()
    page.get_by_role("button", name="Try again").click()
    page.get_by_role("button", name="Accept", exact=True).click()
    expect(main(page).get_by_text("is paid.")).to_be_visible()
    look(page)
    page.goto("/account/")
    expect(main(page).get_by_text("Active. Renews on")).to_be_visible()
    subscription.refresh_from_db()
    assert subscription.state == State.ACTIVE


def test_the_invoice_is_there_as_pdf(page: Page, subscription: Subscription) -> None:
    sign_in(page, subscription.person.email)
    number = Invoice.objects.get(subscription=subscription).number
    link = page.get_by_role("link", name=f"Invoice {number} as PDF")
    answer = page.request.get(str(link.get_attribute("href")))
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.body().startswith(b"%PDF")


def test_a_change_is_paid_as_it_was_shown(
    page: Page, subscription: Subscription, axe: Callable[[Page], None]
) -> None:
    sign_in(page, subscription.person.email)
    page.get_by_role("link", name="Change the plan").click()
    axe(page)
    page.get_by_role("link", name="Choose Supporter, yearly").click()
    axe(page)
    button = page.get_by_role("button", name="Change and pay")
    due = button.inner_text().removeprefix("Change and pay ")
    button.click()
    expect(page.locator(".order-due").get_by_text(due)).to_be_visible()
    page.get_by_role("button", name="Accept", exact=True).click()
    expect(main(page).get_by_text("It is now Supporter.")).to_be_visible()
    assert str(Invoice.objects.filter(subscription=subscription).latest("pk").money) == due


def test_a_stranger_withdraws_from_a_contract(
    page: Page, rows: None, axe: Callable[[Page], None], open_window: Callable[..., Page]
) -> None:
    for window in (page, open_window(java_script_enabled=False)):
        forget_limits()
        window.goto("/")
        window.get_by_role("link", name="Withdraw from contract here").click()
        window.get_by_label("Your name").fill("Mallory")
        window.get_by_label("Your e-mail address").fill(f"mallory-{next(numbers)}@stranger.example")
        window.get_by_label("What you are withdrawing from").fill("Digital, ordered last week")
        window.get_by_role("button", name="Continue").click()
        window.get_by_role("button", name="Confirm withdrawal").click()
        expect(main(window).get_by_text("Received on")).to_be_visible()
    axe(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_of_a_subscriber_are_readable_by_all(
    open_window: Callable[..., Page],
    subscription: Subscription,
    axe: Callable[..., None],
    scheme: str,
) -> None:
    page = open_window(viewport=PHONE, color_scheme=scheme)
    sign_in(page, subscription.person.email)
    for path in (
        "",
        "subscription/pause/",
        "subscription/cancel/",
        "subscription/change/",
        "subscription/card/",
    ):
        page.goto(f"/account/{path}")
        axe(page, COLOURS)
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], path
