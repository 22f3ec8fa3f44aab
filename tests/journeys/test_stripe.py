"""Cards by Stripe, whose double has the pages: buying, the bank that asks, a decline and recovery, portal."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import count

import pytest
from django.db.models import F
from playwright.sync_api import Page, expect
from pytest_django import Settings

from broadsheet.billing.models import Invoice, Mandate, Payment
from broadsheet.membership.models import State, Subscription
from tests.journeys.conftest import Served, forget_limits, serving
from tests.journeys.test_buying import give_address
from tests.post import LetterBox
from tests.shop import minute_passes
from tests.stripe_double import StripeDouble
from tests.stripe_double.double import KEY, SECRET

ACCEPTED, OTHER = "4242424242424242", "5555555555554444"
ASKS, DECLINED_LATER = "4000002760003184", "4000000000000341"
numbers = count(1)


@pytest.fixture(scope="module")
def double() -> Iterator[StripeDouble]:
    double = StripeDouble()
    yield double
    double.close()


@pytest.fixture(scope="module")
def served(
    django_db_setup: None,
    _smtp_server: LetterBox,
    tmp_path_factory: pytest.TempPathFactory,
    double: StripeDouble,
) -> Iterator[Served]:
    """The same magazine, with Stripe in place of the till."""
    stripe = {"STRIPE_KEY": KEY, "STRIPE_WEBHOOK_SECRET": SECRET, "STRIPE_API": double.address}
    with serving(tmp_path_factory.mktemp("stripe"), _smtp_server.url, **stripe) as served:
        double.tell = f"{served.address}/stripe/webhook"
        yield served


@pytest.fixture(autouse=True)
def _stripe_is_on(rows: None, settings: Settings, double: StripeDouble, served: Served) -> None:
    settings.STRIPE_KEY, settings.STRIPE_API = KEY, double.address
    # What is charged here bears the publication's address, by which the served one knows it for its own.
    settings.PUBLIC_URL = served.address
    forget_limits()


@pytest.fixture
def email() -> str:
    return f"card-{next(numbers)}@reader.example"


def put_in(page: Page, double: StripeDouble, digits: str, button: str) -> None:
    page.wait_for_url(f"{double.address}/**")
    page.get_by_label("Card number").fill(digits)
    page.get_by_role("button", name=button).click()


def buy(page: Page, double: StripeDouble, email: str, smtp: LetterBox, digits: str) -> Subscription:
    page.goto("/subscribe/")
    page.get_by_role("link", name="Subscribe to Digital, Monthly").click()
    give_address(page, email, smtp)
    page.get_by_label("Your name").fill("Ada Brandt")
    card = page.get_by_label("Card", exact=True)
    if card.count():
        card.check()
    page.locator("main form button.button").last.click()
    put_in(page, double, digits, "Pay")
    if digits == ASKS:
        page.get_by_role("button", name="Yes, it is me").click()
    expect(page.get_by_role("heading", name="Thank you, and welcome")).to_be_visible()
    return Subscription.objects.get(person__email=email)


def link_in(smtp: LetterBox, email: str, subject: str) -> str:
    """The path behind the button of the letter with this subject, once it has come.

    Its host may be that of the other magazine that is served from these rows, which has no key of Stripe.
    """
    for number in count(1):
        letter = smtp.await_message(email, count=number, seconds=60)
        if letter["Subject"] == subject:
            text = letter.get_body(("plain",)).get_content()
            return re.search(r"http\S+?(/account/invoices/\S+)", text)[1]
    raise AssertionError("there are always more numbers")


def term_ends(subscription: Subscription) -> None:
    """And the scheduler's next minute has it charged."""
    back = timedelta(days=400)
    moments = ("began_at", "anchored_at", "term_starts_at", "term_ends_at")
    ends = subscription.term_ends_at - subscription.term_starts_at
    Subscription.objects.filter(pk=subscription.pk).update(
        **{name: F(name) - (ends if ends < back else back) for name in moments}
    )
    minute_passes()


def test_a_buyer_pays_on_stripes_page(
    page: Page, double: StripeDouble, email: str, smtp: LetterBox, axe: Callable[[Page], None]
) -> None:
    subscription = buy(page, double, email, smtp, ACCEPTED)
    axe(page)
    assert Payment.objects.get(invoice__subscription=subscription).provider == "stripe"
    assert Mandate.objects.get(subscription=subscription).last_digits == "4242"


def test_the_bank_asks_the_buyer_and_later_the_cardholder(
    desktop: Page, double: StripeDouble, email: str, smtp: LetterBox, axe: Callable[[Page], None]
) -> None:
    subscription = buy(desktop, double, email, smtp, ASKS)
    term_ends(subscription)
    invoice = Invoice.objects.unpaid().get(subscription=subscription)
    desktop.goto(f"/account/invoices/{invoice.number}/pay/")
    axe(desktop)
    expect(desktop.get_by_role("link", name="Confirm")).to_be_visible()
    desktop.goto(link_in(smtp, email, "Your bank wants you to confirm a payment"))
    expect(desktop.get_by_role("heading", name="Confirm your payment")).to_be_visible()
    axe(desktop)
    desktop.get_by_role("button", name="Confirm").click()
    desktop.get_by_role("button", name="No").click()
    expect(desktop.get_by_text("Your bank did not confirm the payment.")).to_be_visible()
    desktop.get_by_role("button", name="Confirm").click()
    desktop.get_by_role("button", name="Yes, it is me").click()
    expect(desktop.get_by_text("Thank you: your payment is confirmed.")).to_be_visible()
    subscription.refresh_from_db()
    assert subscription.state == State.ACTIVE


def test_a_declined_term_is_paid_by_another_card(
    phone: Page, double: StripeDouble, email: str, smtp: LetterBox
) -> None:
    subscription = buy(phone, double, email, smtp, DECLINED_LATER)
    term_ends(subscription)
    invoice = Invoice.objects.unpaid().get(subscription=subscription)
    phone.goto(f"/account/invoices/{invoice.number}/pay/")
    phone.get_by_role("button", name="by card").click()
    put_in(phone, double, DECLINED_LATER[:-3] + "002", "Pay")
    expect(phone.get_by_text("Your card was declined")).to_be_visible()
    put_in(phone, double, ACCEPTED, "Pay")
    expect(phone.get_by_text(f"Invoice {invoice.number} is paid.")).to_be_visible()
    subscription.refresh_from_db()
    assert subscription.state == State.ACTIVE
    assert Mandate.objects.get(subscription=subscription).last_digits == "4242"


def test_another_card_is_put_in_at_the_portal(
    no_script: Page, double: StripeDouble, email: str, smtp: LetterBox
) -> None:
    subscription = buy(no_script, double, email, smtp, ACCEPTED)
    no_script.goto("/account/subscription/card/")
    no_script.get_by_role("button", name="Add the card").click()
    put_in(no_script, double, OTHER, "Save")
    expect(no_script.get_by_role("heading", name="Your new card is saved")).to_be_visible()
    assert Mandate.objects.get(subscription=subscription).last_digits == "4444"
